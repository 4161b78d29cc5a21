/**
 * `.npmrc`, as npm's own parser reads it (github.com/npm/ini): only `=` divides key and value, so that
 * `//host/path/:_authToken` is one key; of several equal keys the last one counts; `;` and `#` begin a comment
 * also after a value; a key may stand without a value.
 */
import { ParseError } from "./format.ts";
import type { Line } from "./lines.ts";
import { type Item, type Section, sectioned } from "./sections.ts";

/** Paths are `[section, key]`; npm's own settings all stand in the section `""`. */
export const npmrc = sectioned({ id: "npmrc", separator: "=", sections, canonical: (key) => key });

function sections(text: string, lines: readonly Line[]): Section[] {
  let current: Section = { name: "", items: [] };
  const all = [current];
  for (const [index, { start, end }] of lines.entries()) {
    const line = text.slice(start, end);
    const header = /^\[([^\]]*)\]\s*$/.exec(line);
    if (header) {
      current = { name: header[1]?.trim() ?? "", header: index, items: [] };
      all.push(current);
    } else if (/^\[[^\]=]*$/.test(line)) {
      throw new ParseError("A section header is not closed.", index + 1);
    } else if (!/^\s*([;#=]|$)/.test(line)) {
      current.items.push(parseItem(line, start, index));
    }
  }
  return all;
}

function parseItem(line: string, start: number, index: number): Item {
  const [, indent = "", name = "", separator = "", rest] =
    /^(\s*)([^=]*?)(\s*(?:=\s*|$))(.*)$/.exec(line) ?? [];
  const place = { key: decodeKey(name), first: index, last: index, indent, separator };
  const valued = separator.includes("=");
  return {
    ...place,
    source: valued ? valueSource(rest ?? "") : undefined,
    start: start + indent.length + name.length + separator.length,
  };
}

/** The value without the comment after it; a `;` or `#` inside quotes or after a backslash begins none. */
function valueSource(rest: string): string {
  const value = rest.trim();
  if (/^(".*"|'.*')$/.test(value)) return value;
  return /^(?:\\.|[^\\;#])*\\?/.exec(value)?.[0].trimEnd() ?? "";
}

function decodeKey(name: string): string {
  if (!/^(".*"|'.*')$/.test(name)) return valueSource(name).replace(/\\([\\;#])/g, "$1");
  try {
    return String(JSON.parse(name.startsWith("'") ? name.slice(1, -1) : name));
  } catch {
    return name.startsWith("'") ? name.slice(1, -1) : name;
  }
}
