/** The credential that uv comes to an index with, in uv's order (docs.astral.sh/uv, "HTTP credentials"). */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { sameRegistry } from "../input.ts";
import { type Credential, netrcCredential, urlCredential } from "../netrc/credential.ts";
import type { Place } from "../package-manager.ts";
import { hasKeyring } from "../python/keyring.ts";
import { stringIn, tablesIn, tomlFile } from "../python/toml-file.ts";
import { storedFor } from "../store.ts";
import { asksKeyring, type Index, loginsFile } from "./config.ts";

/** Whom an index asks for, and every password that uv would find, the one that it takes first. */
export interface Found {
  username: string | undefined;
  credentials: Credential[];
}

/**
 * @param asked the index as our store knows it
 * @throws Problem `file_unparsable`
 */
export function credentialsFor(index: Index, asked: string, place: Place, texts: Texts): Found {
  const { name, url, layer } = index;
  const prefix = `UV_INDEX_${(name ?? "").toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const variable = (what: string) => (name === undefined ? undefined : place.env[`${prefix}_${what}`]);
  const password = variable("PASSWORD");
  const inUrl = urlCredential(url, layer.file);
  const username = variable("USERNAME") || inUrl.username;
  return {
    username,
    credentials: [
      ...(password ? [{ username, secret: new Secret(password), where: `${prefix}_PASSWORD` }] : []),
      ...(inUrl.secret ? [inUrl] : []),
      ...credentialsAhead(url, username, place, texts),
      ...keyringCredential(index, username, asked, place, texts),
    ],
  };
}

/**
 * What uv takes before it asks a keyring: netrc, then what `uv auth login` kept. A user's name has to be the same.
 *
 * @throws Problem `file_unparsable`
 */
export function credentialsAhead(
  url: string,
  username: string | undefined,
  place: Place,
  texts: Texts,
): Credential[] {
  if (!URL.canParse(url)) return [];
  return [netrcCredential(new URL(url).hostname, place, texts), ...uvLogins(url, place, texts)].filter(
    (found) => found.secret && (username === undefined || found.username === username),
  );
}

/** What our program says, where uv asks it. */
function keyringCredential(
  { url, isAlways }: Index,
  username: string | undefined,
  asked: string,
  place: Place,
  texts: Texts,
): Credential[] {
  const isAsked = asksKeyring(place, texts) && (username !== undefined || isAlways);
  if (!isAsked || !hasKeyring(place, texts) || !sameRegistry(url, asked)) return [];
  const stored = storedFor(asked, place, texts);
  return stored && (username === undefined || stored.username === username)
    ? [{ ...stored, where: place.store }]
    : [];
}

function uvLogins(url: string, place: Place, texts: Texts): Credential[] {
  const file = loginsFile(place);
  const { origin, pathname } = new URL(url);
  return tablesIn(tomlFile(file, texts), "credential").flatMap((entry): Credential[] => {
    const service = stringIn(entry, "service") ?? "";
    const password = stringIn(entry, "password");
    if (password === undefined || !URL.canParse(service)) return [];
    const of = new URL(service);
    return of.origin === origin && pathname.startsWith(of.pathname)
      ? [{ username: stringIn(entry, "username"), secret: new Secret(password), where: file }]
      : [];
  });
}
