/**
 * The values that open something: `flyt_` (a token) or `flyk_` (a user's key), 43 random base62 digits (256 bits) and
 * a checksum of 6. Only the SHA-256 of a value is ever kept; that is enough, because a value cannot be guessed.
 */
import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const prefixes = { token: "flyt_", key: "flyk_" } as const;

export type CredentialKind = keyof typeof prefixes;

/** A new value, 54 characters. */
export function makeCredential(kind: CredentialKind): string {
  const body = prefixes[kind] + randomBase62(43);
  return body + checksum(body);
}

/** What a value is by its form; `undefined` when it is neither or its checksum is wrong. Asks no database. */
export function credentialKind(value: string): CredentialKind | undefined {
  const [, body, sum] = /^(fly[tk]_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(value) ?? [];
  if (!body || checksum(body) !== sum) return undefined;
  return body.startsWith(prefixes.token) ? "token" : "key";
}

/** SHA-256, hex: what the database knows of a value. */
export function hashOf(value: string): string {
  return hash("sha256", value);
}

/** Uniform: bytes that would favour some digits are thrown away. */
export function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) if (byte < 248) text += digits.charAt(byte % 62);
  }
  return text;
}

/** CRC-32 in base62, six digits. */
function checksum(text: string): string {
  let rest = crc32(text);
  let result = "";
  for (let place = 0; place < 6; place++) {
    result = digits.charAt(rest % 62) + result;
    rest = Math.floor(rest / 62);
  }
  return result;
}
