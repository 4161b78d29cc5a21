/**
 * `.netrc`: words divided by white space (inetutils, netrc(5)), read as Python's netrc module reads them, because pip
 * does: of several entries for one machine the last one counts, `default` is for every machine that has none. Other
 * clients take the first match, so a new entry goes before `default`.
 */
import { editor, type Value } from "./editor.ts";
import type { Path } from "./format.ts";
import { insertAfter, type Line, lineBreak, removeLines, splice, splitLines } from "./lines.ts";
import { type Entry, type Field, parseNetrc } from "./netrc-words.ts";

/**
 * Paths are `[machine, "login" | "password" | "account"]`; the entry `default` has the name `""`. Sources are words,
 * quotes and backslashes as they stand.
 */
export const netrc = editor({ id: "netrc", values, canonical: (path) => path, insert, remove });

function values(text: string): Value[] {
  const { entries, macros } = parseNetrc(text);
  const fields = entries.flatMap(({ machine, fields }, index) => {
    // One that a later one overrules has a place of its own, which no caller asks for.
    const later = entries.slice(index + 1).filter((entry) => entry.machine === machine).length;
    return fields.map(({ kind, value, end }): Value => {
      const path = [machine, kind, ...(later === 0 ? [] : [String(later)])];
      return { path, source: text.slice(value, end), start: value };
    });
  });
  return [...fields, ...macros.map((source): Value => ({ path: ["", "macdef", ""], source, start: 0 }))];
}

function counting(entries: readonly Entry[], machine: string): Entry | undefined {
  return entries.findLast((entry) => entry.machine === machine);
}

function insert(text: string, [machine = "", kind = ""]: Path, source: string): string {
  const { entries } = parseNetrc(text);
  const last = counting(entries, machine)?.fields.at(-1);
  return last
    ? addField(text, last, `${kind} ${source}`)
    : addEntry(text, entries, `machine ${machine} ${kind} ${source}`);
}

/** On a line of its own where the field before it has one, else on the same line. */
function addField(text: string, last: Field, field: string): string {
  const line = lineAt(splitLines(text), last.end);
  const indent = line ? text.slice(line.start, last.start) : "";
  const alone =
    line &&
    line.start <= last.start &&
    isBlank(indent) &&
    /^[ \t]*(#|$)/.test(text.slice(last.end, line.end));
  return alone ? insertAfter(text, line, indent + field) : splice(text, last.end, last.end, ` ${field}`);
}

/** At the end, or before `default` and the comment above it. */
function addEntry(text: string, entries: readonly Entry[], entry: string): string {
  const lines = splitLines(text);
  const fallback = counting(entries, "");
  if (!fallback) {
    const last = lines.at(-1);
    return last ? insertAfter(text, last, entry) : entry + lineBreak(text);
  }
  let index = lines.findLastIndex(({ start }) => start <= fallback.start);
  if (!isBlank(text.slice(lines[index]?.start, fallback.start))) {
    const end = text.slice(0, fallback.start).trimEnd().length;
    return splice(text, end, end, ` ${entry}`);
  }
  while (/^[ \t]*#/.test(content(text, lines[index - 1]))) index -= 1;
  const start = lines[index]?.start ?? 0;
  return splice(text, start, start, entry + lineBreak(text));
}

/** Removes a field, and with the last one of an entry the entry. */
function remove(text: string, { start }: Value): string {
  const { entries } = parseNetrc(text);
  const entry = entries.find(({ fields }) => fields.some(({ value }) => value === start));
  const field = entry?.fields.find(({ value }) => value === start);
  if (!entry || !field) return text;
  const rest = cut(text, field.start, field.end);
  return entry.fields.length === 1 ? cut(rest, entry.start, entry.end) : rest;
}

/** Removes words: their lines if nothing else stands there, else with the white space that divides them from the rest. */
function cut(text: string, start: number, end: number): string {
  const lines = splitLines(text);
  const first = lines.findLastIndex((line) => line.start <= start);
  const last = lines.findLastIndex((line) => line.start < end);
  const before = text.slice(lines[first]?.start, start);
  const after = text.slice(end, lines[last]?.end);
  if (!isBlank(before)) return splice(text, start - (/[ \t]*$/.exec(before)?.[0].length ?? 0), end, "");
  if (isBlank(after)) return removeLines(text, lines, first, last);
  return splice(text, start, end + after.length - after.trimStart().length, "");
}

function lineAt(lines: readonly Line[], end: number): Line | undefined {
  return lines.findLast(({ start }) => start < end);
}

function content(text: string, line: Line | undefined): string {
  return line ? text.slice(line.start, line.end) : "";
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
