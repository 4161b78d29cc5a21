/** What every value must be before it may stand in a file or travel to a registry. */
import { isLoopback } from "../loopback.ts";
import { Problem } from "../problem.ts";

// Half a surrogate pair has no encoding. A line break inside a value would start a line of the attacker's choosing in any of the files.
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * @param name the argument, for the message; the value itself is never shown
 * @returns the value
 * @throws Problem `invalid_input` when it is empty or holds CR, LF, NUL or another control character
 */
export function checkText(name: string, value: string): string {
  if (value === "") throw new Problem("invalid_input", `The ${name} is empty.`, `Give a ${name}.`);
  if (forbidden.test(value)) {
    throw new Problem(
      "invalid_input",
      `The ${name} holds a line break or another control character.`,
      `Give the ${name} on one line; when it was read from a file, remove the file's last line break.`,
    );
  }
  return value;
}

/**
 * The user half of `user:password`, as Basic authentication sends it.
 *
 * @throws Problem `invalid_input` when it cannot be one (RFC 7617, section 2: no colon)
 */
export function checkUsername(value: string): string {
  if (checkText("user name", value).includes(":")) {
    throw new Problem(
      "invalid_input",
      "The user name holds a colon.",
      "Give the user name alone, without the token.",
    );
  }
  return value;
}

/**
 * The URL of a registry. Plain http is for this machine alone: anywhere else the token would be readable on the way.
 *
 * @throws Problem `invalid_input` for anything but http(s) without user, query and fragment; `unsafe_location` for
 * http to another machine
 */
export function parseRegistryUrl(text: string): URL {
  checkText("registry URL", text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text)) {
    throw new Problem(
      "invalid_input",
      "The registry URL is not an http or https URL.",
      "Give it as https://HOST/PATH/.",
    );
  }
  if (url.username || url.password) {
    throw new Problem(
      "invalid_input",
      "The registry URL holds a user name or password.",
      "Give the URL without them.",
    );
  }
  if (url.search || url.hash) {
    throw new Problem(
      "invalid_input",
      "The registry URL has a query or a fragment.",
      "Give the URL up to its path.",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new Problem(
      "unsafe_location",
      `A token would travel to ${url.host} unencrypted.`,
      `Use https://${url.host}, or a registry on this machine.`,
    );
  }
  return url;
}

/** `user:password` as it stands in a URL. */
export function userinfo(username: string, password: string): string {
  return `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
}

/** One half of it, read; as it stands where it is not percent-encoded well. */
export function decodeUserinfo(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A URL from the user's own files, fit to be shown: no user, password, query or fragment. `undefined` when it is none. */
export function withoutCredentials(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.username = url.password = url.search = url.hash = "";
  return url.href;
}

/** Whether two URLs are the same registry; credentials and the final slash do not count. */
export function sameRegistry(a: string | undefined, b: string): boolean {
  const plain = (url: string) => withoutCredentials(url)?.replace(/\/+$/, "");
  return a !== undefined && plain(a) !== undefined && plain(a) === plain(b);
}

/** How an edit is marked that writes no secret, over text that may hold one. */
export function inPlaceOf(former: string | undefined): { sensitive: boolean; bringsNone: true } {
  return { sensitive: mayHoldCredentials(former), bringsNone: true };
}

/** Whether source text from a file may hold a user name, a password or a query, and is not to be shown. */
export function mayHoldCredentials(source: string | undefined): boolean {
  return source !== undefined && /[@?]/.test(source);
}
