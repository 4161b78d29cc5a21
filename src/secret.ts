/**
 * A string that will not print. In JSON, logs, templates and inspect it shows as `[secret …last4]`;
 * `.reveal()` is called only where the value leaves for the place it is meant for (test/architecture.test.ts lists them).
 * Every value that this process has seen is remembered, so that `redact` can remove it from whatever goes out.
 */
import { inspect } from "node:util";

const seen = new Map<string, readonly string[]>();

export class Secret {
  readonly #value: string;

  /** @param parts what of it is a secret by itself, where that is not all of it */
  constructor(value: string, parts: readonly string[] = partsOf(value)) {
    this.#value = value;
    for (const part of parts) if (!seen.has(part)) seen.set(part, spellings(part));
  }

  /** The value itself. Hand it over at once; keep no copy. */
  reveal(): string {
    return this.#value;
  }

  /** `[secret …abcd]`; without the last four characters when the value is too short to spare them. */
  toString(): string {
    return this.#value.length >= 24 ? `[secret …${this.#value.slice(-4)}]` : "[secret]";
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * Removes every secret that this process has seen from a text, in plain, base64, base64url, percent-encoded and
 * JSON-escaped form, and the beginning of one where the text was cut off in the middle of it; and whatever has the form
 * of a token.
 *
 * @param except a secret that was asked for and may stay
 */
export function redact(text: string, except?: Secret): string {
  const allowed = except ? partsOf(except.reveal()) : [];
  const forms = [...seen].flatMap(([value, all]) => (allowed.includes(value) ? [] : all));
  let clean = except ? text : text.replace(shapes, removed);
  for (const form of forms) if (clean.includes(form)) clean = clean.replaceAll(form, removed);
  // Only now, and the longest first: tokens of one issuer begin alike, and what one has in common with another must not
  // keep the rest of it from being found.
  const heads = new Map<string, string[]>();
  for (const form of forms) {
    if (form.length <= beginning || !clean.includes(form.slice(0, beginning))) continue;
    const head = form.slice(0, beginning);
    heads.set(head, [...(heads.get(head) ?? []), form]);
  }
  for (const [head, alike] of heads) clean = withoutBeginnings(clean, head, alike);
  return clean;
}

const removed = "[redacted]";

/**
 * What can only be a token, of whomever: an issuer may quote one that this process has never seen. None has a length:
 * what an issuer says is cut off somewhere, and of 64 characters 60 are as good as all.
 */
const shapes =
  /\b(?:eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}|cmVmd[A-Za-z0-9]{16,}|fm(?:2|1r|1a)_[A-Za-z0-9+/]{24,}={0,2}|fo1_[A-Za-z0-9_-]{24,}|fly[tkc]_[A-Za-z0-9]{40,})/g;

/**
 * What of a value is a secret by itself: all of it; of a header the tokens in it; of a macaroon what follows its prefix,
 * since it is the same token under another. Shorter parts would make `redact` cut ordinary words out of ordinary text.
 */
export function partsOf(value: string): string[] {
  const tokens = value.split(/[\s,]+/).filter((one) => one.length >= 32);
  const bodies = tokens.flatMap((one) => /^fm(?:2|1r|1a)_(.{32,})$/.exec(one)?.[1] ?? []);
  return [...new Set([...(value.length >= 8 ? [value] : []), ...tokens, ...bodies])];
}

/** Enough of a secret to be told from ordinary words. */
const beginning = 16;

function withoutBeginnings(text: string, head: string, forms: readonly string[]): string {
  let clean = text;
  for (let at = clean.indexOf(head); at >= 0; at = clean.indexOf(head, at)) {
    const length = Math.max(...forms.map((form) => commonLength(clean, at, form)));
    clean = `${clean.slice(0, at)}${removed}${clean.slice(at + length)}`;
  }
  return clean;
}

function commonLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  return length;
}

function spellings(value: string): readonly string[] {
  const forms = new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  const bytes = Buffer.from(value);
  // Inside `user:token` the value may start at any of three positions of a base64 group; what is taken is the part
  // of the encoding that does not depend on its neighbours.
  for (const shift of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = Math.ceil((shift * 4) / 3);
    const length = Math.floor(((shift + bytes.length) * 8) / 6);
    const standard = padded.toString("base64").slice(from, length);
    forms.add(standard).add(standard.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return [...forms];
}
