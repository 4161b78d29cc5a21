/** The login that Composer comes to a host with (getcomposer.org/doc/articles/authentication-for-private-packages.md). */
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { Secret } from "../../secret.ts";
import type { Edit } from "../edit.ts";
import type { Place, Target } from "../package-manager.ts";
import { type ComposerFiles, memberOf, valueIn } from "./config.ts";

export interface Login {
  /** Absent for a bearer token. */
  username?: string;
  secret: Secret;
  /** The file, or the environment variable. */
  where: string;
}

/** Puts the target's login into `auth.json`; where the user has a bearer token for the host, in its place, because that would outrank it. */
export function loginEdits(file: string, host: string, target: Target, texts: Texts): Edit[] {
  const { username, secret } = target;
  const edit = { file, format: json, sensitive: true };
  const token = secret.reveal();
  const bearer = valueIn(file, texts, ["bearer", host]);
  if (bearer !== undefined)
    return bearer === token ? [] : [{ ...edit, path: ["bearer", host], source: JSON.stringify(token) }];
  const basic = valueIn(file, texts, ["http-basic", host]);
  if (memberOf(basic, "username") === username && memberOf(basic, "password") === token) return [];
  // One value, so that no half of it is ever taken back.
  const source = `{ "username": ${JSON.stringify(username)}, "password": ${JSON.stringify(token)} }`;
  return [{ ...edit, path: ["http-basic", host], source }];
}

/** The logins for a host, lowest rank first: the last of a kind counts, and a bearer token before user and password. */
export function loginsFor(host: string, files: ComposerFiles, place: Place, texts: Texts): Login[] {
  const variable = environmentLogins(place);
  const sources: [where: string, read: (kind: string) => unknown][] = [
    [files.config, (kind) => valueIn(files.config, texts, ["config", kind, host])],
    [files.auth, (kind) => valueIn(files.auth, texts, [kind, host])],
    ["COMPOSER_AUTH", (kind) => memberOf(memberOf(variable, kind), host)],
  ];
  if (files.project) {
    const { config, auth } = files.project;
    sources.push([config, (kind) => valueIn(config, texts, ["config", kind, host])]);
    sources.push([auth, (kind) => valueIn(auth, texts, [kind, host])]);
  }
  const logins = sources.flatMap(([where, read]) => [
    ...basicIn(read("http-basic"), where),
    ...bearerIn(read("bearer"), where),
  ]);
  return logins.sort((a, b) => Number(a.username === undefined) - Number(b.username === undefined));
}

/** `undefined` when the variable is not set, `null` when Composer would stop at it. */
export function environmentLogins({ env }: Place): unknown {
  if (!env.COMPOSER_AUTH) return undefined;
  try {
    return JSON.parse(env.COMPOSER_AUTH);
  } catch {
    return null;
  }
}

function basicIn(entry: unknown, where: string): Login[] {
  const [username, password] = [memberOf(entry, "username"), memberOf(entry, "password")];
  return typeof username === "string" && typeof password === "string" && password !== ""
    ? [{ username, secret: new Secret(password), where }]
    : [];
}

function bearerIn(token: unknown, where: string): Login[] {
  return typeof token === "string" && token !== "" ? [{ secret: new Secret(token), where }] : [];
}
