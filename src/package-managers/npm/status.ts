/** What npm's files say about one registry. */

import type { Texts } from "../../disk/change.ts";
import { isLoopback } from "../../loopback.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import type { Place, Status } from "../package-manager.ts";
import { type Credential, effective, findCredential, tokenKey } from "./credentials.ts";
import { fileSetting, type Layer, npmFiles, npmLayers, type Setting } from "./npmrc.ts";

/** What a client's files come to. */
export interface Found {
  url: URL;
  /** The name of the setting that leads to the registry, or would: `registry`, `@acme:registry`. */
  key: string;
  /** The setting that leads there, if one does. */
  registry: Setting | undefined;
  credential: Credential | undefined;
  layers: readonly Layer[];
}

/** How a client reads them. */
export interface Reading {
  /** Lowest rank first. */
  layers: readonly Layer[];
  /** Which credential it comes with; as npm does by default. */
  find?: typeof findCredential;
  /** What it does where the variable behind a reference is missing. */
  unset?: typeof unsetVariable;
  /** What this client in particular has against them. */
  warnings?(found: Found): string[];
}

/** @throws Problem `invalid_input`, `file_unparsable` */
export function statusOf(registry: string, place: Place, read: (url: URL) => Reading): Status {
  const url = parseRegistryUrl(registry);
  const { layers, find = findCredential, warnings = () => [], unset = unsetVariable } = read(url);
  const keys = registryKeys(registry, layers);
  const leads = (key: string) => sameRegistry(effective(layers, key)?.value, registry);
  const key = keys.find(leads) ?? keys[0] ?? "registry";
  const inUse = leads(key) ? effective(layers, key) : undefined;
  const credential = find(url, (key) => effective(layers, key));
  const current = inUse ?? effective(layers, "registry");
  const variable = credential?.setting.variable;
  return {
    configured: inUse !== undefined && (credential?.secret !== undefined || credential?.external === true),
    url: current && withoutCredentials(current.value),
    username: credential?.username,
    secret: credential?.secret,
    where: credential && (variable ?? credential.setting.where),
    shadowed_by: [...registryShadows(keys, registry, layers, place), ...credentialShadows(url, layers)],
    warnings: [
      ...warnings({ url, key, registry: inUse, credential, layers }),
      ...(variable !== undefined && !credential?.secret ? [unset(variable)] : []),
      ...(credential && !isLoopback(url.hostname) && url.protocol !== "https:"
        ? [`The token travels to ${url.host} unencrypted.`]
        : []),
    ],
  };
}

/** @throws Problem `invalid_input`, `file_unparsable` */
export function npmStatus(registry: string, place: Place, texts: Texts): Status {
  return statusOf(registry, place, () => ({
    layers: npmLayers(place, texts),
    warnings: ({ url, registry, credential, layers }) => [
      ...(registry && !registry.value.endsWith("/")
        ? [
            `The registry in ${registry.where} lacks its final slash: \`npm install\` works, \`npm publish\` and \`npm whoami\` do not.`,
          ]
        : []),
      ...(credential?.near
        ? [
            `${credential.setting.where} has the credential under \`${credential.key}\` instead of \`${tokenKey(url)}\`: \`npm install\` works, \`npm publish\` and \`npm whoami\` do not.`,
          ]
        : []),
      ...bareCredentials(layers),
      ...pnpmNote(url, credential, place, texts),
    ],
  }));
}

/** The keys that lead to the registry: `registry`, or `@scope:registry` for one npm scope; `registry` when none does. */
function registryKeys(registry: string, layers: readonly Layer[]): string[] {
  const all = new Set(["registry", ...layers.flatMap((layer) => layer.scopeKeys())]);
  const ours = [...all].filter((key) =>
    layers.some((layer) => sameRegistry(layer.get(key)?.value, registry)),
  );
  return ours.length > 0 ? ours : ["registry"];
}

function registryShadows(
  keys: readonly string[],
  registry: string,
  layers: readonly Layer[],
  place: Place,
): string[] {
  const own = Math.max(
    0,
    layers.findLastIndex(({ kind }) => kind === "user" || kind === place.scope),
  );
  return layers.slice(own + 1).flatMap((layer) =>
    keys.flatMap((key) => {
      const setting = layer.get(key);
      if (!setting || sameRegistry(setting.value, registry)) return [];
      const other = withoutCredentials(setting.value) ?? "something that is not a URL";
      return [`${setting.where} sets \`${key}\` to ${other}, and outranks the ${place.scope} configuration.`];
    }),
  );
}

function credentialShadows(url: URL, layers: readonly Layer[]): string[] {
  const key = tokenKey(url);
  const user = layers.findIndex(({ kind }) => kind === "user");
  const ours = effective(layers.slice(0, user + 1), key);
  return layers.slice(user + 1).flatMap((layer) => {
    const setting = layer.get(key);
    if (!setting || setting.value === ours?.value) return [];
    return [
      `${setting.where} sets another token for ${url.host}${url.pathname}, and outranks the user configuration.`,
    ];
  });
}

/** What clients do where the variable behind a reference is missing. */
export function unsetVariable(variable: string): string {
  return `The token is read from the environment variable ${variable}: where it is not set, npm and bun send the reference itself and get 401, pnpm sends nothing, and yarn 1 stops at every command.`;
}

/** npm ≥ 9 refuses to run at all with a credential that names no registry (ERR_INVALID_AUTH). */
function bareCredentials(layers: readonly Layer[]): string[] {
  return ["_authToken", "_auth", "_password", "username"].flatMap((key) => {
    const setting = effective(layers, key);
    return setting
      ? [
          `${setting.where} has a bare \`${key}\`, with which npm refuses to run; it belongs under \`//host/path/:${key}\`.`,
        ]
      : [];
  });
}

function pnpmNote(url: URL, credential: Credential | undefined, place: Place, texts: Texts): string[] {
  const { pnpm } = npmFiles(place);
  const stored = findCredential(url, (key) => fileSetting(pnpm, key, place, texts));
  if (!stored || stored.secret?.reveal() === credential?.secret?.reveal()) return [];
  return [`pnpm alone: ${pnpm} has another token for ${url.host}, and pnpm prefers it to the user's .npmrc.`];
}
