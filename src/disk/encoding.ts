/** Bytes to text and back, so that what is not edited comes out as it went in. */

export type Encoding = "utf8" | "latin1";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes as text: UTF-8 with its byte order mark as U+FEFF, else Latin-1, in which every byte is a character.
 * @returns `undefined` for UTF-16, whose characters are not to be found byte by byte
 */
export function decode(bytes: Buffer): { text: string; encoding: Encoding } | undefined {
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff") return undefined;
  try {
    return { text: utf8.decode(bytes), encoding: "utf8" };
  } catch {
    return { text: bytes.toString("latin1"), encoding: "latin1" };
  }
}

/** Text as bytes; `undefined` when the encoding has no way to write it. */
export function encode(text: string, encoding: Encoding): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}
