/** Poetry's settings as Poetry reads them: where they are, which outranks which (python-poetry.org/docs/configuration). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { type Place, sourceName } from "../package-manager.ts";
import { pathsOf, projectFolder, roamingFolder, xdgConfigFolder } from "../paths.ts";
import { stringIn, tableIn, tomlFile } from "../python/toml-file.ts";

interface PoetryFiles {
  config: string;
  /** Poetry's own file for passwords, which it makes 0600. */
  auth: string;
  project?: { pyproject: string; lock: string; settings: string };
}

export interface Setting {
  value: string;
  /** The file, or the environment variable. */
  where: string;
}

/** @throws Problem `invalid_input` for a project without its folder */
export function poetryFiles(place: Place): PoetryFiles {
  const { join } = pathsOf(place);
  const folder = place.env.POETRY_CONFIG_DIR || configFolder(place);
  const root = place.scope === "project" ? projectFolder(place) : place.project_dir;
  return {
    config: join(folder, "config.toml"),
    auth: join(folder, "auth.toml"),
    ...(root !== undefined && {
      project: {
        pyproject: join(root, "pyproject.toml"),
        lock: join(root, "poetry.lock"),
        settings: join(root, "poetry.toml"),
      },
    }),
  };
}

/** The variable that stands for a setting, such as `http-basic.fly.password`. */
export function variableOf(...path: readonly string[]): string {
  return `POETRY_${path.join("_").replaceAll("-", "_").toUpperCase()}`;
}

/** The files that may have a setting, lowest rank first: the later ones are laid over the earlier ones. */
export function settingFiles(place: Place): string[] {
  const { config, auth, project } = poetryFiles(place);
  return [config, auth, ...(project ? [project.settings] : [])];
}

/**
 * A setting of one file.
 *
 * @throws Problem `file_unparsable`
 */
export function fileSetting(file: string, path: readonly string[], texts: Texts): Setting | undefined {
  const value = stringIn(tableIn(tomlFile(file, texts), ...path.slice(0, -1)), path.at(-1) ?? "");
  return value === undefined ? undefined : { value, where: file };
}

/**
 * What Poetry goes by: the environment, else the files.
 *
 * @throws Problem `file_unparsable`
 */
export function effective(path: readonly string[], place: Place, texts: Texts): Setting | undefined {
  const variable = variableOf(...path);
  const value = place.env[variable];
  if (value !== undefined) return { value, where: variable };
  return settingFiles(place)
    .map((file) => fileSetting(file, path, texts))
    .findLast((setting) => setting !== undefined);
}

/** The user's file that names the repositories; the other one is laid over it, if it should name ours too. */
export function fileForUploads(place: Place, texts: Texts): string {
  const { config, auth } = poetryFiles(place);
  return fileSetting(auth, uploadPath, texts) ? auth : config;
}

export const uploadPath = ["repositories", sourceName, "url"];
export const usernamePath = ["http-basic", sourceName, "username"];
export const passwordPath = ["http-basic", sourceName, "password"];

function configFolder(place: Place): string {
  if (place.platform === "win32") return win32.join(roamingFolder(place), "pypoetry");
  if (place.platform === "darwin") return posix.join(place.home, "Library/Application Support/pypoetry");
  return posix.join(xdgConfigFolder(place), "pypoetry");
}
