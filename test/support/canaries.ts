/** Finds secrets in whatever went out, by means of its own: the code under test must not judge itself. */

/** What of a secret tells it from other words begins with this many characters, by which it is looked up. */
const beginning = 16;

export class Canaries {
  readonly #values = new Set<string>();
  readonly #parts = new Map<string, { part: string; value: string }[]>();

  add(value: string): void {
    if (value.length < beginning) throw new Error("Too short to be told from other words.");
    if (this.#values.has(value)) return;
    this.#values.add(value);
    for (const part of partsOf(value)) {
      const head = part.slice(0, beginning);
      this.#parts.set(head, [...(this.#parts.get(head) ?? []), { part, value }]);
    }
  }

  get count(): number {
    return this.#values.size;
  }

  /** The secrets of which a text holds all or a good part, in plain, base64 (at any place in it) or percent-encoded form. */
  in(text: string): string[] {
    const found = new Set<string>();
    for (let at = 0; at + beginning <= text.length; at++)
      for (const { part, value } of this.#parts.get(text.slice(at, at + beginning)) ?? [])
        if (text.startsWith(part, at)) found.add(value);
    return [...this.#values].filter((value) => found.has(value));
  }
}

/** Any 16 characters of it in a row; longer, so that other secrets of the same beginning are not meant, for base64. */
function partsOf(value: string): Set<string> {
  const parts = new Set<string>();
  for (let at = 0; at + beginning <= value.length; at++) {
    const part = value.slice(at, at + beginning);
    parts.add(part).add(encodeURIComponent(part));
  }
  for (const before of ["", "x", "xx"]) {
    const encoded = Buffer.from(before + value).toString("base64");
    // The first group is mixed with what stands before, the last one with what stands behind.
    const own = encoded.slice(before ? 4 : 0, -4);
    for (let at = 0; at + 24 <= own.length; at += 4) {
      const part = own.slice(at, at + 24);
      parts.add(part).add(part.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return parts;
}
