/** Editing of formats that are `key = value` lines under `[section]` headers, whatever the dialect. */
import { editor, type Value } from "./editor.ts";
import { type Format, type FormatId, ParseError, type Path } from "./format.ts";
import {
  byteOrderMark,
  insertAfter,
  type Line,
  lineBreak,
  removeLines,
  splice,
  splitLines,
} from "./lines.ts";

export interface Item {
  /** As the client compares it. */
  key: string;
  source: string | undefined;
  /** Where the source begins. */
  start: number;
  /** Indices of the lines that it stands on, continuation lines included. */
  first: number;
  last: number;
  indent: string;
  /** What stands between key and value, such as ` = `. */
  separator: string;
}

export interface Section {
  name: string;
  /** Index of the header's line; absent for what stands before any header. */
  header?: number;
  items: Item[];
}

export interface Dialect {
  id: FormatId;
  /** Used where the text shows no habit of its own. */
  separator: string;
  /** @throws ParseError */
  sections(text: string, lines: readonly Line[]): Section[];
  canonical(key: string): string;
}

/** The format of a dialect; paths are `[section, key]`. */
export function sectioned(dialect: Dialect): Format {
  function parse(text: string) {
    if (text.includes("\0")) throw new ParseError("The text has a NUL character in it.", 1);
    const lines = splitLines(text);
    return { lines, sections: dialect.sections(text, lines) };
  }

  function values(text: string): Value[] {
    return parse(text).sections.flatMap(({ name, items }) =>
      items.map(({ key, source, start }) => ({ path: [name, key], source, start })),
    );
  }

  function insert(text: string, [name = "", key = ""]: Path, source: string): string {
    const { lines, sections } = parse(text);
    const section = sections.findLast((candidate) => candidate.name === name);
    const model =
      section?.items.findLast(isModel) ?? sections.flatMap(({ items }) => items).findLast(isModel);
    const entry = key + (model?.separator ?? dialect.separator) + source;
    if (!section) return appendSection(text, `[${name}]`, entry);
    const anchor = lastLine(text, lines, section, section === sections.at(-1));
    const gap = isLonely(lines, section) ? lineBreak(text) : "";
    const indent = section.items.at(-1)?.indent ?? "";
    if (anchor) return insertAfter(text, anchor, gap + indent + entry);
    const top = text.startsWith(byteOrderMark) ? 1 : 0;
    return splice(text, top, top, entry + lineBreak(text));
  }

  function remove(text: string, { start }: Value): string {
    const { lines, sections } = parse(text);
    const section = sections.find(({ items }) => items.some((item) => item.start === start));
    const item = section?.items.find((candidate) => candidate.start === start);
    if (!section || !item) return text;
    return removeLines(text, lines, firstToRemove(lines, section, item), item.last);
  }

  return editor({
    id: dialect.id,
    values,
    canonical: ([name = "", key = ""]) => [name, dialect.canonical(key)],
    insert,
    remove,
  });
}

function isModel({ source }: Item): boolean {
  return source !== undefined && /^\S/.test(source);
}

/** The line after which a new key goes: comments and blank lines that lead the next section stay with that one. */
function lastLine(text: string, lines: readonly Line[], section: Section, final: boolean): Line | undefined {
  if (final) return lines.findLast(({ start, end }) => text.slice(start, end).trim() !== "");
  return lines[section.items.at(-1)?.last ?? section.header ?? -1];
}

/** A blank line before it and a final line break only where the text has one, so that it can be told and taken back. */
function appendSection(text: string, header: string, entry: string): string {
  const nl = lineBreak(text);
  if (text === "" || text === byteOrderMark) return `${text}${header}${nl}${entry}${nl}`;
  return /[\r\n]$/.test(text)
    ? `${text}${nl}${header}${nl}${entry}${nl}`
    : `${text}${nl}${nl}${header}${nl}${entry}`;
}

/** An empty section that looks as if `appendSection` had begun it; a blank line before its first key tells it from one. */
function isLonely(lines: readonly Line[], { header, items }: Section): boolean {
  return header !== undefined && items.length === 0 && header === lines.length - 1 && isSetOff(lines, header);
}

/** From where to remove an item: with its section, if that is as `appendSection` makes it; with the blank line of a lonely one. */
function firstToRemove(lines: readonly Line[], { header, items }: Section, { first, last }: Item): number {
  if (header === undefined || items.length > 1 || last < lines.length - 1 || !isSetOff(lines, header))
    return first;
  if (first === header + 1) return Math.max(0, header - 1);
  return first === header + 2 && isEmpty(lines[header + 1]) ? first - 1 : first;
}

/** Whether nothing or a blank line is before a header. */
function isSetOff(lines: readonly Line[], header: number): boolean {
  return header === 0 || isEmpty(lines[header - 1]);
}

function isEmpty(line: Line | undefined): boolean {
  return line !== undefined && line.start === line.end;
}
