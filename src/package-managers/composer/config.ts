/** Composer's files as Composer itself finds and reads them (getcomposer.org/doc/03-cli.md, doc/06-config.md; Factory and Config of its source). */
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, projectFolder, roamingFolder, xdgConfigFolder } from "../paths.ts";

export interface ComposerFiles {
  config: string;
  auth: string;
  /** The project's own; given when there is a project. */
  project?: { config: string; auth: string };
}

/** What tells that Composer has used a folder: its own files, and the one by which it shuts out web servers. */
const traces = ["config.json", "auth.json", ".htaccess", "composer.json"];

/** Every file that could matter. @throws Problem `invalid_input` */
export function everyFile(place: Place): string[] {
  const { join } = pathsOf(place);
  const project = projectFiles(place);
  return [
    ...homes(place).flatMap((home) => traces.map((name) => join(home, name))),
    ...(project ? Object.values(project) : []),
  ];
}

/** @throws Problem `invalid_input` */
export function composerFiles(place: Place, texts: Texts): ComposerFiles {
  const { join } = pathsOf(place);
  const all = homes(place);
  const used = (home: string) => traces.some((name) => (texts.get(join(home, name)) ?? null) !== null);
  const home = all.find(used) ?? all[0] ?? "";
  const project = projectFiles(place);
  return {
    config: join(home, "config.json"),
    auth: join(home, "auth.json"),
    ...(project && { project }),
  };
}

/** The folders that could be COMPOSER_HOME: the first that exists is it, else the first. */
function homes(place: Place): string[] {
  const { join, isAbsolute } = pathsOf(place);
  const { home, env, platform } = place;
  if (env.COMPOSER_HOME) {
    if (isAbsolute(env.COMPOSER_HOME)) return [env.COMPOSER_HOME];
    throw new Problem(
      "invalid_input",
      "COMPOSER_HOME is a relative path.",
      "Set COMPOSER_HOME to an absolute path, or unset it.",
    );
  }
  if (platform === "win32") return [join(roamingFolder(place), "Composer")];
  // Composer goes by XDG where a variable of it is set, or /etc/xdg exists, as it does on Linux but not on macOS.
  const xdg = platform !== "darwin" || Object.keys(env).some((name) => name.startsWith("XDG_"));
  return [...(xdg ? [join(xdgConfigFolder(place), "composer")] : []), join(home, ".composer")];
}

function projectFiles(place: Place): ComposerFiles["project"] {
  if (place.scope !== "project" && place.project_dir === undefined) return undefined;
  const { resolve, dirname, join } = pathsOf(place);
  const config = resolve(projectFolder(place), place.env.COMPOSER || "composer.json");
  return { config, auth: join(dirname(config), "auth.json") };
}

/** A value of a file, parsed. @throws Problem `file_unparsable` */
export function valueIn(file: string, texts: Texts, path: readonly string[]): unknown {
  const source = readValue(json, file, texts, path);
  return source === undefined ? undefined : JSON.parse(source);
}

/** A member of something that need not be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
