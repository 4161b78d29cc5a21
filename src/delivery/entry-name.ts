/** What an entry of the keychain may be called: a word that needs no quotes in any shell, and is no token. */
import { redact } from "../secret.ts";

export function isEntryName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && redact(name) === name;
}

/** What an entry is called after its token; `undefined` when nothing is left of the name. */
export function entryNameOf(token: string): string | undefined {
  const word = token.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+|-+$/g, "");
  return word === "" ? undefined : word.slice(0, 100);
}
