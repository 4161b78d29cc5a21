/** pip's settings as pip itself reads them: where they are, which outranks which (pip's documentation, "Configuration"). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { ini } from "../../formats/ini.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, roamingFolder, xdgConfigFolder } from "../paths.ts";

interface PipFiles {
  global: string[];
  /** Lowest rank first. */
  user: string[];
  /** Markers of the virtual environments that could be meant (PEP 405), best first. */
  environments: string[];
  /** Their configuration files, in the same order. */
  site: string[];
  /** What PIP_CONFIG_FILE names, when that is a file that could be read. */
  named?: string;
}

export interface Setting {
  value: string;
  /** The file, or the environment variable. */
  where: string;
  section: string;
}

/** Every file that could matter, whether it exists or not. */
export function pipFiles(place: Place): PipFiles {
  const { join, isAbsolute } = pathsOf(place);
  const { home, env, platform, project_dir } = place;
  const name = platform === "win32" ? "pip.ini" : "pip.conf";
  const venvs = [
    ...(project_dir === undefined ? [] : [join(project_dir, ".venv")]),
    ...(env.VIRTUAL_ENV ? [env.VIRTUAL_ENV] : []),
  ];
  const named = env.PIP_CONFIG_FILE;
  return {
    global: globalFolders(place).map((folder) => join(folder, name)),
    user: [
      join(home, platform === "win32" ? "pip" : ".pip", name),
      ...userFolders(place).map((folder) => join(folder, name)),
    ],
    environments: venvs.map((venv) => join(venv, "pyvenv.cfg")),
    site: venvs.map((venv) => join(venv, name)),
    ...(named && isAbsolute(named) && !readsNothing(place) && { named }),
  };
}

/** PIP_CONFIG_FILE set to the null device keeps pip from reading any file. */
export function readsNothing({ env, platform }: Place): boolean {
  return platform === "win32"
    ? env.PIP_CONFIG_FILE?.toLowerCase() === "nul"
    : env.PIP_CONFIG_FILE === "/dev/null";
}

/** PIP_CONFIG_FILE set to what pip cannot find, or finds in one folder alone, is as good as not set. */
export function namesNoFile(place: Place, texts: Texts): boolean {
  const { named } = pipFiles(place);
  return (
    Boolean(place.env.PIP_CONFIG_FILE) &&
    !readsNothing(place) &&
    (named === undefined || !exists(named, texts))
  );
}

/**
 * The one file that is ours to edit: that of the virtual environment for a project, else what PIP_CONFIG_FILE names
 * (pip then leaves the user's file unread), else the user's.
 *
 * @throws Problem `invalid_input`, `unsupported` when the project has no virtual environment
 */
export function ownFile(place: Place, texts: Texts): string {
  const files = pipFiles(place);
  if (place.scope === "project") return projectFile(place, files, texts);
  if (files.named !== undefined && exists(files.named, texts)) return files.named;
  return userFile(files, place, texts);
}

/** The files that pip reads, lowest rank first. */
export function pipLayers(place: Place, texts: Texts): string[] {
  if (readsNothing(place)) return [];
  const files = pipFiles(place);
  const named = files.named !== undefined && exists(files.named, texts) ? [files.named] : [];
  const [legacy = ""] = files.user;
  const user = named.length > 0 ? [] : [legacy, userFile(files, place, texts)];
  const site = files.site.filter((_, index) => exists(files.environments[index] ?? "", texts)).slice(0, 1);
  return [...files.global, ...user, ...site, ...named];
}

/**
 * One setting of one file. pip takes an empty value for none.
 *
 * @throws Problem `file_unparsable`
 */
export function fileSetting(file: string, section: string, name: string, texts: Texts): Setting | undefined {
  const value = readValue(ini, file, texts, [section, name])?.trim();
  return value ? { value, where: file, section } : undefined;
}

/** One setting from the environment: `PIP_INDEX_URL` for `index-url`. */
export function environmentSetting(place: Place, name: string): Setting | undefined {
  const variable = `PIP_${name.replaceAll("-", "_").toUpperCase()}`;
  const value = place.env[variable];
  return value ? { value, where: variable, section: ":env:" } : undefined;
}

/**
 * What `pip COMMAND` goes by: the environment, else the command's own section in any file, else `[global]`.
 *
 * @throws Problem `file_unparsable`
 */
export function effective(name: string, command: string, place: Place, texts: Texts): Setting | undefined {
  const layers = pipLayers(place, texts);
  const inSection = (section: string) =>
    layers
      .map((file) => fileSetting(file, section, name, texts))
      .findLast((setting) => setting !== undefined);
  return environmentSetting(place, name) ?? inSection(command) ?? inSection("global");
}

/** Whether `pip install` asks a program called `keyring`. */
export function asksKeyring(place: Place, texts: Texts): boolean {
  return effective("keyring-provider", "install", place, texts)?.value === "subprocess";
}

function projectFile(place: Place, files: PipFiles, texts: Texts): string {
  if (place.project_dir === undefined) {
    throw new Problem(
      "invalid_input",
      "The project's folder is missing.",
      "Give project_dir, the absolute path of the folder that holds .venv.",
    );
  }
  const file = files.site.find((_, index) => exists(files.environments[index] ?? "", texts));
  if (file !== undefined) return file;
  throw new Problem(
    "unsupported",
    `pip has no configuration of a project, only of a virtual environment, and ${place.project_dir} has none.`,
    `Make one with \`python -m venv .venv\` in ${place.project_dir}, or use scope "user".`,
    { allowed: ["user"] },
  );
}

/** On macOS there are two candidates: the second counts only where the first one's folder does not exist. */
function userFile(files: PipFiles, place: Place, texts: Texts): string {
  const [, first = "", second] = files.user;
  return place.platform === "darwin" && second !== undefined && !exists(first, texts) && exists(second, texts)
    ? second
    : first;
}

function exists(file: string, texts: Texts): boolean {
  return (texts.get(file) ?? null) !== null;
}

function userFolders(place: Place): string[] {
  const { home, platform } = place;
  if (platform === "win32") return [win32.join(roamingFolder(place), "pip")];
  if (platform === "darwin")
    return [posix.join(home, "Library/Application Support/pip"), posix.join(home, ".config/pip")];
  return [posix.join(xdgConfigFolder(place), "pip")];
}

function globalFolders({ env, platform }: Place): string[] {
  if (platform === "win32") return [win32.join(env.PROGRAMDATA || "C:\\ProgramData", "pip")];
  if (platform === "darwin") return ["/Library/Application Support/pip"];
  const folders = (env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter(Boolean);
  return [...folders.map((folder) => posix.join(folder, "pip")), "/etc"];
}
