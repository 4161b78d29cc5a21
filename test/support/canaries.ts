/** Finds secrets in whatever went out, by means of its own: the code under test must not judge itself. */

export class Canaries {
  readonly #values = new Map<string, RegExp>();

  add(value: string): void {
    if (value.length < 16) throw new Error("Too short to be told from other words.");
    if (!this.#values.has(value)) this.#values.set(value, patternOf(value));
  }

  get count(): number {
    return this.#values.size;
  }

  /** The secrets of which a text holds all or a good part, in plain, base64 (at any place in it) or percent-encoded form. */
  in(text: string): string[] {
    return [...this.#values].filter(([, pattern]) => pattern.test(text)).map(([value]) => value);
  }
}

/** Any 16 characters of it in a row; longer, so that other secrets of the same beginning are not meant, for base64. */
function patternOf(value: string): RegExp {
  const parts = new Set<string>();
  for (let at = 0; at + 16 <= value.length; at++) {
    const part = value.slice(at, at + 16);
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
  return new RegExp([...parts].map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"));
}
