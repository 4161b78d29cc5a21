/**
 * Settings: flags ▸ environment ▸ `.env` ▸ file ▸ defaults. Merged once, checked once, frozen.
 * Where credentials go and what the operator allows (`guarded`) is never taken from a `.env` that merely lies in the
 * working folder: a cloned project could bring one. Name such a file with `--env-file` to trust it.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse as parseDotenv } from "dotenv";
import * as z from "zod";
import { settings } from "./config/settings.ts";
import { parseJson } from "./json.ts";
import { Problem } from "./problem.ts";

type Key = keyof typeof settings;
type Form<K extends Key> = z.output<ReturnType<(typeof settings)[K]["form"]>>;
type Values = {
  [K in Key as (typeof settings)[K] extends { preset: unknown } ? K : never]: Form<K>;
} & { [K in Key as (typeof settings)[K] extends { preset: unknown } ? never : K]?: Form<K> | undefined };

export interface Config extends Omit<Values, "home"> {
  folders: { config: string; data: string; state: string };
  /** What was ignored, and why; for stderr. */
  notices: readonly string[];
}

export interface ConfigSources {
  flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  home: string;
  platform: NodeJS.Platform;
}

/**
 * Reads and checks all settings.
 * @throws Problem `not_configured` naming the setting and where it came from; never its value
 */
export function loadConfig(sources: ConfigSources): Config {
  const notices: string[] = [];
  const named = sources.flags["env-file"];
  const trusted = typeof named === "string";
  const dotenv = fromNames(readDotenv(resolve(sources.cwd, trusted ? named : ".env"), trusted));
  for (const key of Object.keys(dotenv)) {
    if (trusted || !settings[key as keyof typeof settings].guarded) continue;
    delete dotenv[key];
    notices.push(
      `${settings[key as keyof typeof settings].env} in the working folder's .env was ignored; to trust that file, start with --env-file .env`,
    );
  }
  const env = fromNames(sources.env);
  const flags = fromNames(
    Object.fromEntries(
      Object.entries(settings).map(([key, { env: name }]) => [name, sources.flags[key.replaceAll("_", "-")]]),
    ),
  );
  const early = { ...dotenv, ...env, ...flags };
  const folders = foldersOf(
    typeof early.home === "string" ? resolve(sources.cwd, early.home) : undefined,
    sources,
  );
  const { home: _home, ...values } = checked({ ...readFile(join(folders.config, "config.json")), ...early });
  return Object.freeze({ ...values, folders, notices });
}

/** @throws Problem `not_configured` for a value that has not the form of its setting, and for a name that is none */
function checked(given: Readonly<Record<string, unknown>>): Values {
  const values = Object.entries(settings).flatMap(([key, setting]) => {
    if (given[key] === undefined) return "preset" in setting ? [[key, setting.preset]] : [];
    const parsed = setting.form().safeParse(given[key]);
    if (parsed.success) return [[key, parsed.data]];
    throw invalid(setting.env, parsed.error.issues[0]?.message ?? "unknown");
  });
  const stranger = Object.keys(given).find((key) => !Object.hasOwn(settings, key));
  if (stranger !== undefined) throw invalid(stranger, "there is none of that name");
  return Object.fromEntries(values) as Values;
}

function invalid(name: string, why: string): Problem {
  return new Problem(
    "not_configured",
    `The setting ${name} is not valid: ${why}.`,
    "Correct or remove it; .env.example names every setting and its form.",
  );
}

function fromNames(values: ConfigSources["flags"]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const value = values[setting.env];
    if (value !== undefined && value !== "" && !isPlaceholder(String(value), setting.env)) found[key] = value;
  }
  return found;
}

/**
 * A host may hand on, as it stands in its configuration, what it was to fill in: a setting of the bundle that nobody
 * filled in, or the name of a variable that is not set (`${NAME}`, `${env:NAME}`, `${NAME:-}`, `$NAME`).
 */
function isPlaceholder(value: string, name: string): boolean {
  const inside = /^\$\{(.+)\}$/.exec(value)?.[1] ?? /^\$(\w+)$/.exec(value)?.[1] ?? "";
  return /^user_config\.\w+$/.test(inside) || inside.replace(/^env:|:-$/g, "") === name;
}

function readDotenv(path: string, required: boolean): Record<string, string> {
  try {
    return parseDotenv(readFileSync(path));
  } catch (cause) {
    if (!required) return {};
    throw new Problem(
      "not_configured",
      `The file ${path} could not be read.`,
      "Correct the path after --env-file.",
      { cause },
    );
  }
}

function readFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Problem(
      "not_configured",
      `The file ${path} exists but could not be read.`,
      "Correct its permissions, or remove it.",
      { cause },
    );
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Problem("not_configured", `The file ${path} is not a JSON object.`, "Correct it, or remove it.");
}

/** The XDG base directories; on Windows the local application data. */
function foldersOf(
  home: string | undefined,
  { env, home: user, platform }: ConfigSources,
): Config["folders"] {
  if (home) return { config: join(home, "config"), data: join(home, "data"), state: join(home, "state") };
  if (platform === "win32") {
    const base = join(env.LOCALAPPDATA ?? join(user, "AppData", "Local"), "fly-tokens");
    return { config: join(base, "config"), data: join(base, "data"), state: join(base, "state") };
  }
  const base = (name: string, fallback: string) =>
    join(env[name]?.startsWith("/") ? env[name] : join(user, fallback), "fly-tokens");
  return {
    config: base("XDG_CONFIG_HOME", ".config"),
    data: base("XDG_DATA_HOME", ".local/share"),
    state: base("XDG_STATE_HOME", ".local/state"),
  };
}
