/** Which credential npm sends to a registry (npm-registry-fetch's and `npm config`'s rules, which differ). */
import { Secret } from "../../secret.ts";
import type { Layer, Setting } from "./npmrc.ts";

export interface Credential {
  /** The key that it was found under. */
  key: string;
  setting: Setting;
  username?: string;
  /** Absent when it stands in a variable that is not set. */
  secret?: Secret;
  /** Found under a parent path or without the slash: good for `install`, unknown to `whoami` and `publish`. */
  near: boolean;
}

type Get = (key: string) => Setting | undefined;

/** `//host/path/:_authToken`: host with port, the path with its final slash. */
export function tokenKey(url: URL): string {
  return `//${url.host}${url.pathname}:_authToken`;
}

/** The setting that the highest layer has, as npm would use it. */
export function effective(layers: readonly Layer[], key: string): Setting | undefined {
  return layers.map((layer) => layer.get(key)).findLast((setting) => setting !== undefined);
}

/**
 * The credential that `npm install` comes with: looked for at the registry's own key, then upwards along its path.
 *
 * @param credentialAt what is found under one key; npm's settings by default
 * @throws Problem `file_unparsable`
 */
export function findCredential(
  url: URL,
  get: Get,
  credentialAt: (prefix: string, get: Get) => Omit<Credential, "near"> | undefined = npmCredentialAt,
): Credential | undefined {
  const own = `//${url.host}${url.pathname}`;
  for (let at = own; at.length > 2; at = at.replace(/([^/]+|\/)$/, "")) {
    const found = credentialAt(at, get);
    if (found) return { ...found, near: at !== own };
  }
  return undefined;
}

/** `PREFIX:_authToken`, `:_auth`, or `:username` with `:_password`. */
export function npmCredentialAt(prefix: string, get: Get): Omit<Credential, "near"> | undefined {
  const [token, auth, password] = ["_authToken", "_auth", "_password"].map((name) =>
    get(`${prefix}:${name}`),
  );
  if (token) return { key: `${prefix}:_authToken`, setting: token, ...secretIn(token, token.value) };
  if (auth) {
    const [username = "", ...rest] = Buffer.from(auth.value, "base64").toString("utf8").split(":");
    return { key: `${prefix}:_auth`, setting: auth, username, ...secretIn(auth, rest.join(":")) };
  }
  const username = get(`${prefix}:username`);
  if (!password || !username) return undefined;
  const plain = Buffer.from(password.value, "base64").toString("utf8");
  return {
    key: `${prefix}:_password`,
    setting: password,
    username: username.value,
    ...secretIn(password, plain),
  };
}

function secretIn({ variable, written, value }: Setting, secret: string): { secret?: Secret } {
  const unset = variable !== undefined && (value === written || value === "");
  return unset || secret === "" ? {} : { secret: new Secret(secret) };
}
