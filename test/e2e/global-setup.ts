/** What the end-to-end tests drive is made first: the programs in their folder, and the bundle as it is published. */
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where npm gets packages on this machine, so that one can be installed as users do it without loading all of it again. */
    npm: { cache: string; registry: string; cafile: string | undefined };
  }
}

const root = join(import.meta.dirname, "../..");
const programs = "test/e2e/programs";

/** Runs before any test is isolated, once. */
export function setup(project: TestProject): void {
  const [wanted, installed] = ["package-lock.json", "node_modules/.package-lock.json"].map((file) =>
    newest([join(programs, file)]),
  );
  // A link leads to the programs of another checkout, which npm would remove.
  const isLink = lstatSync(join(root, programs, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink();
  if (!isLink && Number(installed) < Number(wanted)) npm(["ci", "--prefix", join(root, programs)]);
  const sources = ["src", "tools", "prompts", "scripts", "package.json", "package-lock.json"];
  if (newest(["dist/main.js"]) <= newest(sources)) npm(["run", "--silent", "build"]);
  const setting = (name: string) => npm(["config", "get", name]).trim();
  // npm prints what is not set as "null".
  const cafile = setting("cafile");
  project.provide("npm", {
    cache: setting("cache"),
    registry: setting("registry"),
    cafile: cafile === "null" ? undefined : cafile,
  });
}

function npm(args: string[]): string {
  return execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** The latest time of a change (epoch milliseconds) among files and folders with all that is in them; 0 where there is none. */
function newest(names: readonly string[]): number {
  const times = names.flatMap((name) => {
    const path = join(root, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return [];
    // A folder's own time tells of files that were removed.
    return [
      stat.mtimeMs,
      ...(stat.isDirectory() ? [newest(readdirSync(path).map((each) => join(name, each)))] : []),
    ];
  });
  return Math.max(0, ...times);
}
