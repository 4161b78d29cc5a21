/** npm's settings as npm itself reads them: where they are, which outranks which, what a value means (npmrc(5), config(7)). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { npmrc } from "../../formats/npmrc.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";

export interface NpmFiles {
  global: string;
  user: string;
  project?: string;
  /** pnpm's own credentials, which it prefers to the user's `.npmrc`. */
  pnpm: string;
}

export interface Setting {
  /** With environment variables in place of their references. */
  value: string;
  /** As it is written, references and all. */
  written: string;
  /** The file, or the environment variable. */
  where: string;
  /** The environment variable that `written` is a reference to, when it is one and nothing else. */
  variable?: string | undefined;
}

export interface Layer {
  /** `elsewhere`: a file that is not npm's. */
  kind: "global" | "user" | "project" | "elsewhere" | "environment";
  get(key: string): Setting | undefined;
  /** The keys that give one npm scope a registry of its own: `@acme:registry`. */
  scopeKeys(): string[];
}

/** @throws Problem `invalid_input` when a path is not absolute */
export function npmFiles(place: Place): NpmFiles {
  const { join, dirname, isAbsolute } = pathsOf(place);
  const file = (name: string, fallback: string): string => {
    const path =
      environmentSetting(place.env, name)?.value.replace(/^~(?=[/\\])/, () => place.home) ?? fallback;
    if (isAbsolute(path)) return path;
    throw new Problem(
      "invalid_input",
      `npm's ${name} is the relative path ${path}.`,
      `Set npm_config_${name} to an absolute path.`,
    );
  };
  const windows = place.platform === "win32";
  const programs = windows
    ? join(place.env.APPDATA ?? join(place.home, "AppData/Roaming"), "npm")
    : dirname(dirname(process.execPath));
  const prefix = environmentSetting(place.env, "prefix")?.value ?? place.env.PREFIX ?? programs;
  return {
    global: file("globalconfig", join(prefix, "etc/npmrc")),
    user: file("userconfig", join(place.home, ".npmrc")),
    pnpm: join(pnpmFolder(place), "auth.ini"),
    ...(place.project_dir !== undefined && { project: join(place.project_dir, ".npmrc") }),
  };
}

/**
 * The places where npm looks, lowest rank first. A project file that is also the user file counts once, as npm has it.
 *
 * @throws Problem `invalid_input`; each `get` and `scopeKeys`: `file_unparsable`
 */
export function npmLayers(place: Place, texts: Texts): Layer[] {
  const { global, user, project } = npmFiles(place);
  return [
    npmrcLayer("global", global, place, texts),
    npmrcLayer("user", user, place, texts),
    ...(project !== undefined && project !== user ? [npmrcLayer("project", project, place, texts)] : []),
    { kind: "environment", get: (key) => environmentSetting(place.env, key), scopeKeys: () => [] },
  ];
}

/** An npmrc file. */
export function npmrcLayer(kind: Layer["kind"], file: string, place: Place, texts: Texts): Layer {
  return {
    kind,
    get: (key) => fileSetting(file, key, place, texts),
    scopeKeys: () =>
      [...(texts.get(file) ?? "").matchAll(/^\s*(@[\w.~-]+:registry)\s*=/gm)].flatMap(([, key]) => key ?? []),
  };
}

/** Settings that something else than an npmrc file has, by npm's names; those without a value are absent. */
export function settingsLayer(
  kind: Layer["kind"],
  settings: Readonly<Record<string, { value: string | undefined; where: string } | undefined>>,
): Layer {
  return {
    kind,
    get(key) {
      const { value, where = "" } = settings[key] ?? {};
      return value ? { value, written: value, where } : undefined;
    },
    scopeKeys: () => Object.keys(settings).filter((key) => key.startsWith("@")),
  };
}

/** @throws Problem `file_unparsable` */
export function fileSetting(file: string, key: string, place: Place, texts: Texts): Setting | undefined {
  const source = readValue(npmrc, file, texts, ["", key]);
  if (source === undefined) return undefined;
  const written = decode(source);
  return { value: expand(written, place.env), written, where: file, variable: referenceIn(written) };
}

/** `npm_config_KEY` in any case; `_` stands for `-` except in keys that begin with `//`; an empty one counts as absent. */
export function environmentSetting(
  env: Place["env"],
  key: string,
  prefix = "npm_config_",
): Setting | undefined {
  const named = ([name]: [string, unknown]) => {
    if (!name.toLowerCase().startsWith(prefix)) return false;
    const rest = name.slice(prefix.length);
    return key === (rest.startsWith("//") ? rest : rest.replace(/(?!^)_/g, "-").toLowerCase());
  };
  const [where, written] = Object.entries(env).findLast((entry) => named(entry) && entry[1]) ?? [];
  return where && written
    ? { value: expand(written, env), written, where, variable: referenceIn(written) }
    : undefined;
}

/**
 * Puts in the values of `${VAR}` and `${VAR?}`. An unset `${VAR}` stays as it is (and is sent like that), an unset
 * `${VAR?}` becomes nothing; a backslash before it switches it off.
 */
function expand(text: string, env: Place["env"]): string {
  return text.replace(
    /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g,
    (whole, slashes: string, name: string, optional?: string) => {
      if (slashes.length % 2) return whole.slice((slashes.length + 1) / 2);
      return slashes.slice(slashes.length / 2) + (env[name] ?? (optional ? "" : `\${${name}}`));
    },
  );
}

function referenceIn(written: string): string | undefined {
  return /^\$\{([^${}?]+)\??\}$/.exec(written)?.[1];
}

/** From source text to value: quotes, `\;` and `\#`, and comments behind a value. */
function decode(source: string): string {
  const text = source.trim();
  if (/^(".*"|'.*')$/s.test(text)) return unquote(text.startsWith("'") ? text.slice(1, -1) : text);
  const value = /^(?:\\.|[^\\;#])*/s.exec(text)?.[0] ?? "";
  return value.replace(/\\([\\;#])/g, "$1").trim();
}

function unquote(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : json;
  } catch {
    return json;
  }
}

function pnpmFolder({ platform, home, env }: Place): string {
  if (platform === "win32")
    return win32.join(env.LOCALAPPDATA ?? win32.join(home, "AppData/Local"), "pnpm/config");
  if (env.XDG_CONFIG_HOME) return posix.join(env.XDG_CONFIG_HOME, "pnpm");
  return posix.join(home, platform === "darwin" ? "Library/Preferences/pnpm" : ".config/pnpm");
}

/** The project's folder and those above it, as far as the home folder or the root. */
export function projectFolders(place: Place): string[] {
  const { dirname } = pathsOf(place);
  const folders: string[] = [];
  for (let at = place.project_dir; at !== undefined && at !== folders.at(-1); at = dirname(at)) {
    if (at === place.home && folders.length > 0) break;
    folders.push(at);
  }
  return folders;
}

export function pathsOf(place: Place): typeof posix {
  return place.platform === "win32" ? win32 : posix;
}
