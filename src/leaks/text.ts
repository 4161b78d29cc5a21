/** Bytes as a text in which tokens can be found: they are ASCII, so that every byte may be taken for a character. */

interface Encoding {
  name: "latin1" | "utf16le" | "utf16be";
  /** Bytes of its mark at the beginning. */
  mark: number;
}

/** @param head the first bytes of a file */
export function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return { name: "utf16le", mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { name: "utf16be", mark: 2 };
  const isMarked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  return { name: "latin1", mark: isMarked ? 3 : 0 };
}

export function textOf(bytes: Buffer, { name }: Encoding): string {
  if (name !== "utf16be") return bytes.toString(name);
  const even = bytes.subarray(0, bytes.length & ~1);
  return Buffer.from(even).swap16().toString("utf16le");
}

/** Goes through a text and knows the line and the column where it is, in characters as people count them, from 1. */
export class Cursor {
  line = 1;
  column = 1;
  readonly #continues: (unit: number) => boolean;

  constructor({ name }: Encoding) {
    // In UTF-8 the bytes behind the first of a character, in UTF-16 the second half of one.
    this.#continues =
      name === "latin1" ? (unit) => (unit & 0xc0) === 0x80 : (unit) => (unit & 0xfc00) === 0xdc00;
  }

  /** Goes on over `text.slice(from, to)`. */
  pass(text: string, from: number, to: number): void {
    let at = from;
    for (let end = text.indexOf("\n", at); end >= 0 && end < to; end = text.indexOf("\n", at)) {
      this.line += 1;
      this.column = 1;
      at = end + 1;
    }
    for (; at < to; at++) if (!this.#continues(text.charCodeAt(at))) this.column += 1;
  }
}
