/** Finds tokens in a text, as they are and as package managers and URLs encode them. */
import { Secret } from "../secret.ts";
import { decodings } from "./decode.ts";
import { type Format, formats } from "./formats.ts";

export interface Hit {
  format: Format;
  secret: Secret;
  /** Where it begins in the text, in UTF-16 units; of an encoded one, where the encoding of it begins. */
  at: number;
  /** Where a person sees it begin: of one in base64, where all of that begins. */
  from: number;
  /** Behind it, in the text. */
  end: number;
  length: number;
}

/** How often a token can be encoded: the login in docker's file, and that file in a cluster's manifest. */
const deepest = 3;

const byPrefix = new Map(formats.map((format) => [format.prefix, format]));
const prefixes = new RegExp([...byPrefix.keys()].join("|"), "g");

export class Scanner {
  readonly #seen = new Map<string, Secret>();
  readonly #most: number;
  /** Whether there was another value, and no room for it. */
  full = false;

  /** @param most different values; a hostile file may hold any number of them */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param text each character a byte, or UTF-16 @returns one for each place, in order */
  scan(text: string, depth = 0): Hit[] {
    const hits = new Map(this.#plain(text).map((hit) => [hit.at, hit]));
    if (depth < deepest)
      for (const { text: decoded, from, placeOf } of decodings(text))
        for (const inner of this.scan(decoded, depth + 1)) {
          const at = placeOf(inner.at);
          // Of two readings of one place the longer one is whole.
          if (inner.length > (hits.get(at)?.length ?? 0))
            hits.set(at, { ...inner, at, from: from ?? placeOf(inner.from), end: placeOf(inner.end) });
        }
    return [...hits.values()].sort((a, b) => a.at - b.at);
  }

  #plain(text: string): Hit[] {
    const hits: Hit[] = [];
    prefixes.lastIndex = 0;
    for (let found = prefixes.exec(text); found; found = prefixes.exec(text)) {
      const { 0: prefix, index: at } = found;
      const format = byPrefix.get(prefix);
      const value = format && formOf(text, at, format);
      if (!format || !value) continue;
      // Also what is no token has been read: what begins inside is none either.
      prefixes.lastIndex = at + value.length;
      const secret = format.accepts(value) ? this.#secret(value) : undefined;
      if (secret) hits.push({ format, secret, at, from: at, end: prefixes.lastIndex, length: value.length });
    }
    return hits;
  }

  /** From now on it is known to be one, wherever it would show. */
  #secret(value: string): Secret | undefined {
    const known = this.#seen.get(value);
    if (known) return known;
    this.full ||= this.#seen.size >= this.#most;
    if (this.full) return undefined;
    const secret = new Secret(value);
    this.#seen.set(value, secret);
    return secret;
  }
}

/** What has the form at this place, and stands for itself. */
function formOf(text: string, at: number, { apart, pattern }: Format): string | undefined {
  if (apart?.before.test(text.charAt(at - 1)) && !isEscape(text.slice(Math.max(0, at - 2), at)))
    return undefined;
  pattern.lastIndex = at;
  const [value] = pattern.exec(text) ?? [];
  return value !== undefined && apart?.behind.test(text.charAt(at + value.length)) ? undefined : value;
}

/** A line's end as JSON and programs write it, of which the letter belongs to no word. */
function isEscape(pair: string): boolean {
  return /^\\[nrt]$/.test(pair);
}
