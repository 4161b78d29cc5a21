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

/** A format whose sources are strings in a notation of its own. */
export interface TextFormat extends Format {
  /** The source text of a string. @throws RangeError for one that the format cannot hold */
  encode(value: string): string;
  /** The string that a source text stands for; `undefined` when it stands for something else. */
  decode(source: string): string | undefined;
}

export type FormatId =
  | "npmrc"
  | "ini"
  | "json"
  | "jsonc"
  | "netrc"
  | "toml"
  | "yaml"
  | "xml"
  | "properties"
  | "env"
  | "dotenv"
  | "gitignore"
  | "hcl"
  | "whole";

/**
 * npmrc: `[section, key]`, with `""` for what stands before any section. ini (pip's dialect): `[section, key]`.
 * json (strict, as docker reads it): the member names from the root; jsonc (with comments): the same, and a last step
 * `name[key=value]` as below.
 * netrc: `[machine, "login" | "password" | "account"]`. toml, yaml, xml: the names from the root, where
 * `name[key=value]` is the one item of several whose `key` is `value`; in xml `@name` is an attribute, `.` the element's
 * own text, and a final element is meant with its markup. env (`go env`'s file), dotenv, properties: `[key]`. gitignore: `[line]`. hcl: the block headers from the root,
 * then an attribute or a block. whole: `[]`, the text as it is, for files that are ours alone.
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

/** One step of a path: a name, and for `name[key=value]` which of several; `name[=value]` is the one that is the value itself. */
export function parseStep(step: string): { name: string; key?: string; value?: string } {
  const [, name = step, key, value] = /^(.*?)\[([^=\]]*)=(.*)\]$/s.exec(step) ?? [];
  return key === undefined || value === undefined ? { name } : { name, key, value };
}
