/**
 * Settings: flags ▸ environment ▸ `.env` ▸ file ▸ defaults. Merged once, checked once, frozen.
 * Where credentials go and what the operator allows (`guarded`) is never taken from a `.env` that merely lies in the
 * working folder: a cloned project could bring one. Name such a file with `--env-file` to trust it.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse as parseDotenv } from "dotenv";
import * as z from "zod";
import { lifetime } from "./expiry.ts";
import { Problem } from "./problem.ts";
import { Secret } from "./secret.ts";

const flag = z.union([z.boolean(), z.stringbool()]);
const secret = (shortest = 1) =>
  z
    .string()
    .min(shortest)
    .transform((text) => new Secret(text));
const list = z.union([
  z.array(z.string()),
  z.string().transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  ),
]);
const url = z
  .url({ protocol: /^https?$/ })
  .refine(isPlain, "a URL here has no user name, password, query or fragment")
  .transform((text) => text.replace(/\/+$/, ""));

const repositoryKey = z.string().regex(/^[\w.-]{1,64}$/, "a repository key has letters, digits and _.- only");

const endpoints = z.union([
  z.record(z.string(), url),
  z.string().transform(pairs).pipe(z.record(z.string(), url)),
]);

/**
 * Every setting: its key in the file (and, with dashes, as a flag), its name in the environment, and its form. What is
 * `secret` has no flag, since others can read those.
 */
export const settings = {
  home: {
    env: "FLY_TOKENS_HOME",
    guarded: true,
    form: z.string().min(1).optional(),
    about: "Folder for everything of ours; default: the XDG folders",
  },
  provider: {
    env: "FLY_TOKENS_PROVIDER",
    guarded: false,
    form: z.string().optional(),
    about: "Which issuer to use: local, flyio or jfrog",
  },
  local_url: {
    env: "FLY_TOKENS_LOCAL_URL",
    guarded: true,
    form: url.default("http://127.0.0.1:7411"),
    about: "Where the local registry is, or is to be started",
  },
  local_endpoints: {
    env: "FLY_TOKENS_LOCAL_ENDPOINTS",
    guarded: true,
    form: endpoints.default({}),
    about: "Other registries that accept the local registry's tokens: go=URL,cargo=URL",
  },
  local_key: {
    env: "FLY_TOKENS_LOCAL_KEY",
    guarded: false,
    secret: true,
    form: secret().optional(),
    about: "A user's key at the local registry; default: the admin key that it made itself",
  },
  inline_secrets: {
    env: "FLY_TOKENS_INLINE_SECRETS",
    guarded: true,
    form: z.enum(["allow", "deny"]).default("allow"),
    about: "Whether a tool's result may show a new token",
  },
  confirm: {
    env: "FLY_TOKENS_CONFIRM",
    guarded: true,
    form: z.enum(["auto", "always", "never"]).default("auto"),
    about: "When a person must agree before something is destroyed",
  },
  read_only: {
    env: "FLY_TOKENS_READ_ONLY",
    guarded: true,
    form: flag.default(false),
    about: "Offer only the tools that change nothing",
  },
  tools: {
    env: "FLY_TOKENS_TOOLS",
    guarded: true,
    form: list.optional(),
    about: "Offer only these tools (names, comma-separated)",
  },
  max_expiry: {
    env: "FLY_TOKENS_MAX_EXPIRY",
    guarded: true,
    form: z
      .string()
      .transform((text) => lifetime(text))
      .optional(),
    about: "Longest life of a new token, such as 90d",
  },
  log: {
    env: "FLY_TOKENS_LOG",
    guarded: false,
    form: z.enum(["silent", "error", "info", "debug"]).default("error"),
    about: "How much is written to stderr",
  },
  npm_upstream: {
    env: "FLY_TOKENS_NPM_UPSTREAM",
    guarded: true,
    form: z.union([z.literal("off"), url]).optional(),
    about: "Where the local registry sends npm for packages it does not have, or off",
  },
  pypi_upstream: {
    env: "FLY_TOKENS_PYPI_UPSTREAM",
    guarded: true,
    form: z.union([z.literal("off"), url]).optional(),
    about: "The same for the simple index of pip",
  },
  http_token: {
    env: "FLY_TOKENS_HTTP_TOKEN",
    guarded: true,
    secret: true,
    form: secret(16).optional(),
    about: "The bearer that `fly-tokens http` asks for; at least 16 characters",
  },
  jfrog_url: {
    env: "JFROG_URL",
    guarded: true,
    form: url.optional(),
    about: "JFrog Fly: the platform, https://SUBDOMAIN.jfrog.io",
  },
  jfrog_access_token: {
    env: "JFROG_ACCESS_TOKEN",
    guarded: false,
    secret: true,
    form: secret().optional(),
    about: "JFrog Fly: the credential for JFROG_URL; or `fly-tokens login jfrog`",
  },
  fly_url: {
    env: "FLY_URL",
    guarded: true,
    form: url.optional(),
    about: "JFrog Fly: the platform, when FLY_ACCESS_TOKEN is its credential",
  },
  jfrog_repositories: {
    env: "FLY_TOKENS_JFROG_REPOSITORIES",
    guarded: true,
    form: z
      .union([
        z.record(z.string(), repositoryKey),
        z.string().transform(pairs).pipe(z.record(z.string(), repositoryKey)),
      ])
      .default({}),
    about: "JFrog Fly: repository keys that are not the usual ones: pypi=pip,maven=libs",
  },
  jfrog_scope_read_only: {
    env: "FLY_TOKENS_JFROG_SCOPE_READ_ONLY",
    guarded: true,
    form: z.string().min(1).max(500).optional(),
    about: "JFrog Fly: the scope of read-only tokens; default: artifact:KEY:r for each repository key",
  },
  jfrog_scope_read_write: {
    env: "FLY_TOKENS_JFROG_SCOPE_READ_WRITE",
    guarded: true,
    form: z.string().min(1).max(500).optional(),
    about: "JFrog Fly: the scope of the others; default: artifact:KEY:r,w for each repository key",
  },
  jfrog_reference_tokens: {
    env: "FLY_TOKENS_JFROG_REFERENCE_TOKENS",
    guarded: false,
    form: flag.default(false),
    about: "JFrog Fly: hand out reference tokens (64 characters) instead of JWTs",
  },
  fly_access_token: {
    env: "FLY_ACCESS_TOKEN",
    guarded: false,
    secret: true,
    form: secret().optional(),
    about: "Fly.io: a credential, if it has the form of one; JFrog Fly uses the same name",
  },
  fly_api_token: {
    env: "FLY_API_TOKEN",
    guarded: false,
    secret: true,
    form: secret().optional(),
    about: "Fly.io: the credential, when FLY_ACCESS_TOKEN is not Fly.io's",
  },
  fly_config_dir: {
    env: "FLY_CONFIG_DIR",
    guarded: true,
    form: z.string().min(1).optional(),
    about: "Fly.io: the folder of flyctl's config.yml; default ~/.fly",
  },
  fly_org: {
    env: "FLY_ORG",
    guarded: false,
    form: z.string().min(1).optional(),
    about: "Fly.io: the organization of calls that name none",
  },
  fly_api_base_url: {
    env: "FLY_API_BASE_URL",
    guarded: true,
    form: url.default("https://api.fly.io"),
    about: "Fly.io: where its GraphQL API is",
  },
  fly_flaps_base_url: {
    env: "FLY_FLAPS_BASE_URL",
    guarded: true,
    form: url.default("https://api.machines.dev"),
    about: "Fly.io: where its Machines API is",
  },
  fly_registry_host: {
    env: "FLY_REGISTRY_HOST",
    guarded: true,
    form: z
      .string()
      .regex(/^[a-z0-9.-]+(:\d+)?$/i, "a host, or host:port")
      .default("registry.fly.io"),
    about: "Fly.io: its docker registry",
  },
} as const;

type SettingKey = keyof typeof settings;

/** The keys of those that are secrets. */
export const secretKeys = (Object.keys(settings) as SettingKey[]).filter((key) => "secret" in settings[key]);

const form = z.strictObject(
  Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, setting.form])) as {
    [Key in keyof typeof settings]: (typeof settings)[Key]["form"];
  },
);

export interface Config extends Omit<z.output<typeof form>, "home"> {
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
  const parsed = form.safeParse({ ...readFile(join(folders.config, "config.json")), ...early });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const key = String(issue?.path[0] ?? (issue?.code === "unrecognized_keys" ? issue.keys[0] : ""));
    const name = key in settings ? settings[key as keyof typeof settings].env : key;
    throw new Problem(
      "not_configured",
      `The setting ${name} is not valid: ${issue?.message ?? "unknown"}.`,
      "Correct or remove it; .env.example names every setting and its form.",
    );
  }
  const { home: _home, ...values } = parsed.data;
  return Object.freeze({ ...values, folders, notices });
}

/** `go=https://…,cargo=https://…` */
function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .filter((part) => part.trim() !== "")
      .map((part) => part.split(/=(.*)/s, 2).map((word) => word.trim())),
  );
}

function isPlain(text: string): boolean {
  return URL.canParse(text) && !/[@?#]/.test(text);
}

function fromNames(values: ConfigSources["flags"]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const value = values[setting.env];
    // A host that installs the bundle may hand on the placeholder of a setting that nobody filled in.
    if (value !== undefined && value !== "" && !/^\$\{user_config\.\w+\}$/.test(String(value)))
      found[key] = value;
  }
  return found;
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
