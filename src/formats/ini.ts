/**
 * `pip.conf` and its like, as Python's configparser reads them (docs.python.org/3/library/configparser.html, strict
 * mode) and pip names their keys: `=` or `:` divides key and value; lines that are indented deeper continue the
 * value; keys are compared without regard to case, and pip takes `_` for `-`. What makes configparser give up (a
 * second section or key of the same name, a line that is neither, a byte order mark) makes pip give up: it is refused.
 */
import { ParseError } from "./format.ts";
import { byteOrderMark, type Line } from "./lines.ts";
import { type Item, type Section, sectioned } from "./sections.ts";

/** Paths are `[section, key]`. A value over several lines is one source text, comments between them included. */
export const ini = sectioned({ id: "ini", separator: " = ", sections, canonical });

function canonical(key: string): string {
  return key.toLowerCase().replaceAll("_", "-");
}

function sections(text: string, lines: readonly Line[]): Section[] {
  if (text.startsWith(byteOrderMark)) {
    throw new ParseError("The text begins with a byte order mark, which Python's reader refuses.", 1);
  }
  const all: Section[] = [];
  const names = new Set<string>();
  let item: Item | undefined;
  let depth = 0;
  for (const [index, { start, end }] of lines.entries()) {
    const line = text.slice(start, end);
    const content = line.trim();
    if (content === "" || /^[#;]/.test(content)) continue;
    const indent = line.slice(0, line.indexOf(content));
    if (item && indent.length > depth) {
      item.last = index;
      item.source = text.slice(item.start, start + indent.length + content.length);
      continue;
    }
    depth = indent.length;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      item = undefined;
      all.push({ name: header, header: index, items: [] });
      if (header !== "DEFAULT") once(names, [header], index);
      continue;
    }
    const section = all.at(-1);
    if (!section) throw new ParseError("A line stands before the first section header.", index + 1);
    const [, name = "", separator = "", source = ""] = /^([^=:]*?)(\s*[=:]\s*)(.*)$/.exec(content) ?? [];
    if (name === "")
      throw new ParseError("A line is neither a section header nor a key with its value.", index + 1);
    once(names, [section.name, name.toLowerCase()], index);
    const from = source === "" ? end : start + indent.length + name.length + separator.length;
    item = { key: canonical(name), source, start: from, first: index, last: index, indent, separator };
    section.items.push(item);
  }
  return all;
}

function once(names: Set<string>, path: readonly string[], index: number): void {
  const name = JSON.stringify(path);
  if (names.has(name)) {
    throw new ParseError(
      `A ${path.length === 1 ? "section" : "key"} stands there twice, which pip refuses.`,
      index + 1,
    );
  }
  names.add(name);
}
