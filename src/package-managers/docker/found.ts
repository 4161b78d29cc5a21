/** What a file in docker's format says about one registry. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import type { Place, Status } from "../package-manager.ts";
import { storedFor } from "../store.ts";
import { type AuthFile, helperFor, type Login, loginIn, member, ourHelper } from "./config.ts";

export type Found = Omit<Status, "url" | "shadowed_by">;

/** @throws Problem `file_unparsable`, `unsupported` */
export function findLogin(host: string, file: AuthFile, place: Place, texts: Texts): Found {
  const helper = helperFor(host, file, texts);
  const found = entryFor(host, file, texts);
  const login = loginIn(found?.entry);
  return { ...kept(), warnings: warningsOf(host, file, helper, found, login) };

  function kept(): Omit<Found, "warnings"> {
    if (helper === ourHelper) {
      const stored = storedFor(host, place, texts);
      return stored ? { configured: true, where: place.store, ...stored } : { configured: false };
    }
    if (helper !== undefined)
      return found ? { configured: true, where: `docker-credential-${helper}` } : { configured: false };
    if (!login) return { configured: false };
    const { username, password } = login;
    return { configured: true, where: file.path, username, secret: new Secret(password) };
  }
}

interface KeyedEntry {
  key: string;
  entry: unknown;
}

/** The entry in `auths`: under the host itself, else under an old-fashioned URL of that host, as clients have it. */
function entryFor(host: string, { path, reader }: AuthFile, texts: Texts): KeyedEntry | undefined {
  const entries = entriesOf(path, texts);
  return (
    entries.find(({ key }) => key === host) ??
    entries.find(({ key }) => (reader === "docker" || /^https?:\/\//.test(key)) && hostOf(key) === host)
  );
}

/** Logins for a part of a host: keys with a path, as podman has them. */
export function scopedLogins(host: string, { path }: AuthFile, texts: Texts): (Login & { key: string })[] {
  return entriesOf(path, texts)
    .filter(({ key }) => key.startsWith(`${host}/`))
    .flatMap(({ key, entry }) => {
      const login = loginIn(entry);
      return login ? [{ key, ...login }] : [];
    });
}

function entriesOf(path: string, texts: Texts): KeyedEntry[] {
  const auths = member(path, texts, ["auths"]);
  if (typeof auths !== "object" || auths === null) return [];
  return Object.entries(auths).map(([key, entry]) => ({ key, entry }));
}

function warningsOf(
  host: string,
  { path }: AuthFile,
  helper: string | undefined,
  found: KeyedEntry | undefined,
  login: Login | undefined,
): string[] {
  return [
    ...(helper !== undefined && login !== undefined
      ? [
          `${path} still holds a password for ${host}, although docker-credential-${helper} keeps the one in use.`,
        ]
      : []),
    ...(found && hasIdentityToken(found.entry)
      ? [`${path} holds an identity token for ${host}, which clients prefer to user and password.`]
      : []),
    ...(found && found.key !== host
      ? [`${path} has the login under \`${found.key}\`; other clients look under \`${host}\` alone.`]
      : []),
  ];
}

function hasIdentityToken(entry: unknown): boolean {
  return (
    typeof entry === "object" && entry !== null && "identitytoken" in entry && entry.identitytoken !== ""
  );
}

function hostOf(key: string): string | undefined {
  return key.replace(/^https?:\/\//, "").split("/")[0];
}
