/**
 * A string that will not print. In JSON, logs, templates and inspect it shows as `[secret …last4]`;
 * `.reveal()` is called only where the value leaves for the place it is meant for (test/secrets.test.ts lists them).
 * Every value that this process has seen is remembered, so that `redact` can remove it from whatever goes out.
 */
import { inspect } from "node:util";

const seen = new Map<string, readonly string[]>();

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    // Shorter values would make `redact` cut ordinary words out of ordinary text.
    if (value.length >= 8 && !seen.has(value)) seen.set(value, spellings(value));
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
 * JSON-escaped form, and the beginning of one where the text was cut off in the middle of it.
 *
 * @param except a secret that was asked for and may stay
 */
export function redact(text: string, except?: Secret): string {
  const allowed = except?.reveal();
  let clean = text;
  for (const [value, forms] of seen) {
    if (value === allowed) continue;
    for (const form of forms) if (clean.includes(form)) clean = clean.replaceAll(form, "[redacted]");
    for (const form of forms) clean = withoutBeginning(clean, form);
  }
  return clean;
}

/** Enough of a secret to be told from ordinary words. */
const beginning = 16;

function withoutBeginning(text: string, form: string): string {
  if (form.length <= beginning) return text;
  const head = form.slice(0, beginning);
  let clean = text;
  for (let at = clean.indexOf(head); at >= 0; at = clean.indexOf(head, at)) {
    let length = beginning;
    while (length < form.length && clean[at + length] === form[length]) length += 1;
    clean = `${clean.slice(0, at)}[redacted]${clean.slice(at + length)}`;
  }
  return clean;
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
