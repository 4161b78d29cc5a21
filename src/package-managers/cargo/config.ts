/** cargo's settings as cargo itself reads them: where they are, which outranks which (doc.rust-lang.org/cargo/reference/config.html). */
import type { Texts } from "../../disk/change.ts";
import { parseToml } from "../../formats/toml-value.ts";
import { Problem } from "../../problem.ts";
import { parsing } from "../edit.ts";
import { sameRegistry } from "../input.ts";
import { type Place, sourceName } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

export interface Setting {
  value: unknown;
  /** The file, or the environment variable. */
  where: string;
}

/** One file of several, which outranks those before it. */
export interface Layer {
  file: string;
  get(path: readonly string[]): Setting | undefined;
}

/** Every file that cargo may read here; of two in one folder the older name, without an ending, is the one that counts. */
export function cargoFiles(place: Place): string[] {
  const { join } = pathsOf(place);
  const home = cargoHome(place);
  return [...new Set([...folders(place), home].map((folder) => join(folder, "config.toml")))]
    .concat(join(home, "credentials.toml"))
    .flatMap((file) => [file, file.replace(/\.toml$/, "")]);
}

export function userConfig(place: Place, texts: Texts): string {
  return current(pathsOf(place).join(cargoHome(place), "config"), texts);
}

/** @throws Problem `invalid_input` for the scope `project` without a project */
export function ownConfig(place: Place, texts: Texts): string {
  const [nearest] = folders(place);
  return nearest === undefined
    ? userConfig(place, texts)
    : current(pathsOf(place).join(nearest, "config"), texts);
}

export function credentialsFile(place: Place, texts: Texts): string {
  return current(pathsOf(place).join(cargoHome(place), "credentials"), texts);
}

/** The files beside which one of the older name stands, so that cargo does not read them. */
export function unreadFiles(place: Place, texts: Texts): string[] {
  return cargoFiles(place).filter(
    (file) =>
      texts.get(file) != null && texts.get(file.replace(/\.toml$/, "")) != null && file.endsWith(".toml"),
  );
}

/**
 * The configuration files, lowest rank first: the user's, then from the root down to the project's.
 *
 * @throws Problem `file_unparsable`
 */
export function cargoLayers(place: Place, texts: Texts): Layer[] {
  const { join } = pathsOf(place);
  const user = cargoHome(place);
  const chain = folders(place);
  return [...chain, ...(chain.includes(user) ? [] : [user])]
    .map((folder) => layerOf(current(join(folder, "config"), texts), texts))
    .reverse();
}

/** @throws Problem `file_unparsable` */
export function layerOf(file: string, texts: Texts): Layer {
  const text = texts.get(file);
  const data: unknown = text == null ? {} : parsing(file, () => parseToml(text));
  return {
    file,
    get(path) {
      const value = path.reduce<unknown>((table, name) => tableOf(table)[name], data);
      return value === undefined ? undefined : { value, where: file };
    },
  };
}

/** The setting of the environment, else of the highest file. */
export function effective(
  layers: readonly Layer[],
  path: readonly string[],
  place: Place,
): Setting | undefined {
  return fromEnvironment(path, place) ?? layers.map((layer) => layer.get(path)).findLast(Boolean);
}

/** `CARGO_` and the names in capitals; an empty one counts as absent. */
export function fromEnvironment(path: readonly string[], { env }: Place): Setting | undefined {
  const where = variableOf(path);
  const value = env[where];
  return value ? { value, where } : undefined;
}

export function variableOf(path: readonly string[]): string {
  return ["cargo", ...path]
    .join("_")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_");
}

/** The URL of a sparse index, as `Target` has it. */
export function indexUrl(setting: Setting | undefined): string | undefined {
  return typeof setting?.value === "string" ? setting.value.replace(/^sparse\+/, "") : undefined;
}

/**
 * The names under which a registry is known; cargo refuses to work when there are two for one index.
 *
 * @returns ours first, if it is one of them
 */
export function namesOf(url: string, layers: readonly Layer[], place: Place): string[] {
  const all = layers.flatMap((layer) => Object.keys(tableOf(layer.get(["registries"])?.value)));
  return [...new Set([sourceName, ...all])].filter((name) =>
    sameRegistry(indexUrl(effective(layers, ["registries", name, "index"], place)), url),
  );
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function current(file: string, texts: Texts): string {
  return texts.get(file) == null ? `${file}.toml` : file;
}

/** The `.cargo` folders of a project and of all folders that it is in, the nearest first; none for the user's scope. */
function folders(place: Place): string[] {
  const { join, dirname } = pathsOf(place);
  if (place.scope === "user") return [];
  if (place.project_dir === undefined) {
    throw new Problem(
      "invalid_input",
      "The project's folder is missing.",
      "Give project_dir, the absolute path of the folder that holds Cargo.toml.",
    );
  }
  const found: string[] = [];
  for (let at = place.project_dir; ; at = dirname(at)) {
    found.push(join(at, ".cargo"));
    if (dirname(at) === at) return found;
  }
}

/** @throws Problem `invalid_input` when CARGO_HOME is not absolute */
function cargoHome(place: Place): string {
  const { join, isAbsolute } = pathsOf(place);
  const home = place.env.CARGO_HOME || join(place.home, ".cargo");
  if (isAbsolute(home)) return join(home);
  throw new Problem(
    "invalid_input",
    `CARGO_HOME is the relative path ${home}, which is another folder wherever cargo is started.`,
    "Set CARGO_HOME to an absolute path.",
  );
}
