/** The notations of clients' files: how the whole is read as data, and how a value is written in the file's style. */
import type { Format, Path } from "../formats/format.ts";
import { json } from "../formats/json.ts";
import { jsonc } from "../formats/jsonc.ts";
import { jsoncValue } from "../formats/jsonc-document.ts";
import { lineBreak } from "../formats/lines.ts";
import { toml } from "../formats/toml.ts";
import { parseToml } from "../formats/toml-value.ts";

export interface Notation {
  format: Format;
  /** Whether a table of servers is one value, whose source can be written and taken back as a whole. */
  nests: boolean;
  /** All of a text as data. @throws ParseError */
  data(text: string): Readonly<Record<string, unknown>>;
  /** The source of a value at a path, as it would stand in a text. */
  source(value: unknown, path: Path, text: string): string;
}

/** RFC 8259, and nothing else: a comment is refused, because the client does not read past it. */
export const strictJson: Notation = {
  format: json,
  nests: true,
  data(text) {
    json.read(text, ["mcpServers"]); // refuses what is not strict, and names the line
    return jsoncValue(text);
  },
  source: jsonSource,
};

/** With comments and trailing commas. */
export const jsonWithComments: Notation = {
  format: jsonc,
  nests: true,
  data: jsoncValue,
  source: jsonSource,
};

export const tomlTables: Notation = {
  format: toml,
  nests: false,
  data: parseToml,
  source: (value) => (Array.isArray(value) ? `[${value.map(tomlString).join(", ")}]` : tomlString(value)),
};

function tomlString(value: unknown): string {
  return toml.encode(String(value));
}

/**
 * As `JSON.stringify` lays it out at that depth, so that it is still the same after the client has written its file
 * anew; in a file without line breaks on one line.
 */
function jsonSource(value: unknown, path: Path, text: string): string {
  const filled = text.replace(/[\s{}[\]\uFEFF]/g, "") !== "";
  if (filled && !/[\r\n]/.test(text.trim())) return JSON.stringify(value);
  const depth = path.length + (path.at(-1)?.endsWith("]") ? 1 : 0);
  const unit = unitOf(text);
  return JSON.stringify(value, null, unit).replaceAll("\n", lineBreak(text) + unit.repeat(depth));
}

/** One step of indentation: that of the first member; tabs where json.ts begins a text. */
function unitOf(text: string): string {
  return /^([ \t]+)"/m.exec(text)?.[1] ?? (/[{[]/.test(text) ? "  " : "\t");
}
