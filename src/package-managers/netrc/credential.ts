/** The credential that a client with a URL goes by: the URL's own, else that of netrc. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { decodeUserinfo, userinfo } from "../input.ts";
import type { Place, Status } from "../package-manager.ts";
import { netrcEntry, netrcFile, stopsPython } from "./entry.ts";

export type Credential = Pick<Status, "username" | "secret" | "where">;

/**
 * As requests does it: a user name in the URL, even alone, keeps it from looking into netrc.
 *
 * @param where what names the URL: a file, a variable
 * @throws Problem `file_unparsable`
 */
export function credentialFor(url: string, where: string, place: Place, texts: Texts): Credential {
  const own = urlCredential(url, where);
  return own.username === undefined && URL.canParse(url)
    ? netrcCredential(new URL(url).hostname, place, texts)
    : own;
}

/** What stands in the URL itself. */
export function urlCredential(url: string, where: string): Credential {
  if (!URL.canParse(url)) return {};
  const { username, password } = new URL(url);
  if (!username) return {};
  return {
    username: decodeUserinfo(username),
    ...(password && { secret: new Secret(decodeUserinfo(password)), where }),
  };
}

/** @throws Problem `file_unparsable` */
export function netrcCredential(host: string, place: Place, texts: Texts): Credential {
  const file = netrcFile(place, texts);
  if (file === undefined) return {};
  const own = netrcEntry(file, host, texts);
  const entry = own.login || own.password ? own : netrcEntry(file, "", texts);
  return {
    username: entry.login,
    ...(entry.password && { secret: new Secret(entry.password), where: file }),
  };
}

/** The URL with user and password in it, each percent-encoded once. */
export function withLogin(url: URL, login: string, password: string): string {
  return `${url.protocol}//${userinfo(login, password)}@${url.host}${url.pathname}`;
}

/** Why a netrc entry would not be found although it is there. */
export function netrcWarnings(place: Place, texts: Texts): string[] {
  const file = netrcFile(place, texts);
  return file !== undefined && stopsPython(texts.get(file) ?? "")
    ? [`Python's reader stops at a comment in ${file}, and its clients then ignore the whole file.`]
    : [];
}
