/** Every setting and its form. How they are read and merged is in config.ts. */
import * as z from "zod";
import { lifetime } from "../expiry.ts";
import { endpoints, flag, list, pairs, repositoryKey, secret, url } from "./forms.ts";
import { httpSettings } from "./http-settings.ts";
import { registrySettings } from "./registry-settings.ts";

/**
 * Every setting: its key in the file (and, with dashes, as a flag), its name in the environment, and its form, which is
 * made only where somebody has set it: all of them cost the start of the server several milliseconds. `preset`: its value
 * otherwise. What is `secret` has no flag, since others can read those.
 */
export const settings = {
  home: {
    env: "FLY_TOKENS_HOME",
    guarded: true,
    form: () => z.string().min(1),
    about: "Folder for everything of ours; default: the XDG folders",
  },
  provider: {
    env: "FLY_TOKENS_PROVIDER",
    guarded: false,
    form: () => z.string(),
    about: "Which issuer to use: local, flyio or jfrog",
  },
  local_url: {
    env: "FLY_TOKENS_LOCAL_URL",
    guarded: true,
    form: url,
    preset: "http://127.0.0.1:7411",
    about: "Where the local registry is, or is to be started",
  },
  local_endpoints: {
    env: "FLY_TOKENS_LOCAL_ENDPOINTS",
    guarded: true,
    form: endpoints,
    preset: {},
    about: "Other registries that accept the local registry's tokens: go=URL,cargo=URL",
  },
  local_key: {
    env: "FLY_TOKENS_LOCAL_KEY",
    guarded: false,
    secret: true,
    form: secret,
    about: "A user's key at the local registry; default: the admin key that it made itself",
  },
  inline_secrets: {
    env: "FLY_TOKENS_INLINE_SECRETS",
    guarded: true,
    form: () => z.enum(["allow", "deny"]),
    preset: "allow",
    about: "Whether a tool's result may show a new token",
  },
  confirm: {
    env: "FLY_TOKENS_CONFIRM",
    guarded: true,
    form: () => z.enum(["auto", "always", "never"]),
    preset: "auto",
    about: "When a person must agree before something is destroyed",
  },
  read_only: {
    env: "FLY_TOKENS_READ_ONLY",
    guarded: true,
    form: flag,
    preset: false,
    about: "Offer only the tools that change nothing",
  },
  tools: {
    env: "FLY_TOKENS_TOOLS",
    guarded: true,
    form: list,
    about: "Offer only these tools (names, comma-separated)",
  },
  max_expiry: {
    env: "FLY_TOKENS_MAX_EXPIRY",
    guarded: true,
    form: () => z.string().transform((text) => lifetime(text)),
    about: "Longest life of a new token, such as 90d",
  },
  policy: {
    env: "FLY_TOKENS_POLICY",
    guarded: true,
    form: () => z.string().min(1),
    about: "The operator's policy, a JSON file; default: policy.json beside config.json, if it is there",
  },
  github_token: {
    env: "FLY_TOKENS_GITHUB_TOKEN",
    guarded: false,
    secret: true,
    form: secret,
    about: "For deliver_to github_actions: may write secrets of the repository; without it gh is asked",
  },
  github_api_url: {
    env: "GITHUB_API_URL",
    guarded: true,
    form: url,
    preset: "https://api.github.com",
    about: "Where GitHub's REST API is",
  },
  log: {
    env: "FLY_TOKENS_LOG",
    guarded: false,
    form: () => z.enum(["silent", "error", "info", "debug"]),
    preset: "error",
    about: "How much is written to stderr",
  },
  ...registrySettings,
  ...httpSettings,
  jfrog_url: {
    env: "JFROG_URL",
    guarded: true,
    form: url,
    about: "JFrog Fly: the platform, https://SUBDOMAIN.jfrog.io",
  },
  jfrog_access_token: {
    env: "JFROG_ACCESS_TOKEN",
    guarded: false,
    secret: true,
    form: secret,
    about: "JFrog Fly: the credential for JFROG_URL; or `fly-tokens login jfrog`",
  },
  fly_url: {
    env: "FLY_URL",
    guarded: true,
    form: url,
    about: "JFrog Fly: the platform, when FLY_ACCESS_TOKEN is its credential",
  },
  jfrog_repositories: {
    env: "FLY_TOKENS_JFROG_REPOSITORIES",
    guarded: true,
    form: () =>
      z.union([
        z.record(z.string(), repositoryKey()),
        z.string().transform(pairs).pipe(z.record(z.string(), repositoryKey())),
      ]),
    preset: {},
    about: "JFrog Fly: repository keys that are not the usual ones: pypi=pip,maven=libs",
  },
  jfrog_scope_read_only: {
    env: "FLY_TOKENS_JFROG_SCOPE_READ_ONLY",
    guarded: true,
    form: () => z.string().min(1).max(500),
    about: "JFrog Fly: the scope of read-only tokens; default: artifact:KEY:r for each repository key",
  },
  jfrog_scope_read_write: {
    env: "FLY_TOKENS_JFROG_SCOPE_READ_WRITE",
    guarded: true,
    form: () => z.string().min(1).max(500),
    about:
      "JFrog Fly: the scope of the others; default: artifact:KEY:r,w for each repository key, r,w,d for docker and helm",
  },
  jfrog_reference_tokens: {
    env: "FLY_TOKENS_JFROG_REFERENCE_TOKENS",
    guarded: false,
    form: flag,
    preset: false,
    about: "JFrog Fly: hand out reference tokens (64 characters) instead of JWTs",
  },
  fly_access_token: {
    env: "FLY_ACCESS_TOKEN",
    guarded: false,
    secret: true,
    form: secret,
    about: "Fly.io: a credential, if it has the form of one; JFrog Fly uses the same name",
  },
  fly_api_token: {
    env: "FLY_API_TOKEN",
    guarded: false,
    secret: true,
    form: secret,
    about: "Fly.io: the credential, when FLY_ACCESS_TOKEN is not Fly.io's",
  },
  fly_config_dir: {
    env: "FLY_CONFIG_DIR",
    guarded: true,
    form: () => z.string().min(1),
    about: "Fly.io: the folder of flyctl's config.yml; default ~/.fly",
  },
  fly_org: {
    env: "FLY_ORG",
    guarded: false,
    form: () => z.string().min(1),
    about: "Fly.io: the organization of calls that name none",
  },
  fly_api_base_url: {
    env: "FLY_API_BASE_URL",
    guarded: true,
    form: url,
    preset: "https://api.fly.io",
    about: "Fly.io: where its GraphQL API is",
  },
  fly_flaps_base_url: {
    env: "FLY_FLAPS_BASE_URL",
    guarded: true,
    form: url,
    preset: "https://api.machines.dev",
    about: "Fly.io: where its Machines API is",
  },
  fly_registry_host: {
    env: "FLY_REGISTRY_HOST",
    guarded: true,
    form: () => z.string().regex(/^[a-z0-9.-]+(:\d+)?$/i, "a host, or host:port"),
    preset: "registry.fly.io",
    about: "Fly.io: its docker registry",
  },
} as const;

export type SettingKey = keyof typeof settings;

/** The keys of those that are secrets. */
export const secretKeys = (Object.keys(settings) as SettingKey[]).filter((key) => "secret" in settings[key]);
