/**
 * HOW A FILE IS EDITED. Text in, text out; nothing else changes: comments, order, spacing, line endings, byte order
 * mark and last newline stay as they were, and a text that does not parse is refused.
 *
 * Values are handled as *source text*, the characters that stand in the file: what `read` gives, `write` takes, so
 * that an edit can be taken back exactly.
 */
export interface Format {
  id: FormatId;
  /** The source text of the value that the client would use, or `undefined` when there is none. @throws ParseError */
  read(text: string, path: Path): string | undefined;
  /**
   * The text with the value set; edits in place where it exists, else adds it.
   * @throws ParseError, and RangeError for a path or a source that this format cannot hold
   */
  write(text: string, path: Path, source: string): string;
  /** The text without the value; takes back, byte for byte, what `write` added. @throws ParseError */
  erase(text: string, path: Path): string;
}

export type FormatId = "npmrc" | "ini" | "json" | "netrc";

/**
 * npmrc: `[section, key]`, with `""` for what stands before any section. ini (pip's dialect): `[section, key]`.
 * json (strict, as docker reads it): the member names from the root.
 * netrc: `[machine, "login" | "password" | "account"]`.
 */
export type Path = readonly string[];

/** The text is not of this format, or has a shape that cannot be edited without harm. */
export class ParseError extends Error {
  override readonly name = "ParseError";
  /** 1-based. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
