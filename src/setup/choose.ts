/** Which package managers are meant: by name, several, or those that a project uses. */
import { readdir } from "node:fs/promises";
import type { Context } from "../context.ts";
import { nearest } from "../nearest.ts";
import type { PackageManager, Place } from "../package-managers/package-manager.ts";
import { Problem } from "../problem.ts";
import { onlyHere } from "../remote.ts";

/** Whose registry it is, as a call says it. */
type Issuer = Parameters<Context["use"]>[1];

/** What several tools of one ecosystem read: it counts only where nothing says more. */
const shared = ["package.json", "pyproject.toml", "setup.py", "setup.cfg"];

/** By its id, or that of another program that it sets up too. @throws Problem `not_found` */
export function managerNamed(name: string, { packageManagers }: Context): PackageManager {
  const found = packageManagers.find(({ id, also }) => id === name || also?.includes(name));
  if (found) return found;
  const allowed = packageManagers.map(({ id }) => id);
  throw new Problem(
    "not_found",
    `There is no package manager "${name.slice(0, 40)}" here.`,
    "Use one of those that are allowed.",
    { argument: "manager", allowed, ...nearest(name, allowed) },
  );
}

/**
 * @param names an id, several with commas, or `auto`: what is installed and has its files in the folder
 * @param folder where the project is, absolute
 * @throws Problem `not_found`, `unsupported` for a scope that one of the named has not, `file_unreadable`
 */
export async function chooseManagers(
  names: string,
  { scope }: Place,
  folder: string,
  context: Context,
  issuer?: Issuer,
): Promise<PackageManager[]> {
  if (names === "auto" && context.remote)
    throw onlyHere('"auto" is about', "Name the package managers that your project uses.");
  if (names === "auto") return detect(scope, folder, context, issuer);
  const managers = names.split(",").map((name) => managerNamed(name.trim(), context));
  const without = managers.find(({ scopes }) => !scopes.includes(scope));
  if (!without) return [...new Set(managers)];
  throw new Problem(
    "unsupported",
    `${without.title} has no ${scope} configuration for credentials.`,
    `Use scope ${without.scopes.join(" or ")}.`,
    { allowed: without.scopes },
  );
}

async function detect(
  scope: Place["scope"],
  folder: string,
  context: Context,
  issuer: Issuer,
): Promise<PackageManager[]> {
  const names = await filesIn(folder);
  const { registries } = context.use("registries", issuer);
  const candidates: { manager: PackageManager; sure: boolean }[] = [];
  for (const manager of context.packageManagers) {
    const signs = manager.signs.filter((sign) => names.some((name) => matches(name, sign)));
    if (signs.length === 0 || !manager.scopes.includes(scope)) continue;
    if (!(await context.installed(manager.tool))) continue;
    const served = await registries.endpoint(manager.ecosystem).catch(unsupported);
    if (served) candidates.push({ manager, sure: signs.some((sign) => !shared.includes(sign)) });
  }
  const found = candidates.filter(
    ({ manager: { ecosystem, id }, sure }) =>
      sure ||
      // Nothing says which of the ecosystem's tools it is: the one that everybody has. In a project pip needs a virtual
      // environment, and that is not for us to guess.
      ((id === "npm" || (id === "pip" && scope === "user")) &&
        !candidates.some((other) => other.sure && other.manager.ecosystem === ecosystem)),
  );
  if (found.length > 0) return found.map(({ manager }) => manager);
  throw new Problem(
    "not_found",
    `Nothing in ${folder} tells of a package manager that is installed here and served by the registry.`,
    "Name one, or give the project's folder as project_dir.",
    { allowed: context.packageManagers.map(({ id }) => id) },
  );
}

/** Whether a sign such as `requirements*.txt` fits a file's name. */
function matches(name: string, sign: string): boolean {
  const pattern = sign
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`, "i").test(name);
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new Problem(
      "file_unreadable",
      `The folder ${folder} could not be read.`,
      "Give the project's folder as project_dir.",
      { cause },
    );
  }
}

function unsupported(error: unknown): undefined {
  if (error instanceof Problem && error.code === "unsupported") return undefined;
  throw error;
}
