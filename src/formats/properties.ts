/**
 * `.properties`, as java.util.Properties loads them: `=`, `:` or white space divide key and value; a backslash at a
 * line's end continues it; of several equal keys the last one counts; `#` and `!` begin a comment only as a line's
 * first sign; white space at a value's end is part of it. Java knows no byte order mark: it is part of the first key.
 */
import { editor, type Value } from "./editor.ts";
import { ParseError, type TextFormat } from "./format.ts";
import {
  byteOrderMark,
  insertAfter,
  type Line,
  lineBreak,
  lineNumber,
  removeLines,
  splice,
  splitLines,
} from "./lines.ts";

interface Property extends Value {
  separator: string;
  /** Indices of the lines that it stands on. */
  first: number;
  last: number;
}

const letters: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };
// A break after a backslash, and the indentation of the line that goes on.
const continuation = /\\(?:\r\n|\n|\r)[ \t\f]*/y;

const edited = editor({
  id: "properties",
  values: (text) => parse(text).properties,
  canonical: ([key = ""]) => [key],

  insert(text, [key = ""], source) {
    const { lines, properties, written } = parse(text);
    const model = properties.findLast(({ separator }) => /^[ \t]*[=:][ \t]*$/.test(separator));
    const entry = encodeKey(key) + (model?.separator ?? "=") + source;
    const anchor = lines[written];
    return anchor ? insertAfter(text, anchor, entry) : entry + lineBreak(text) + text;
  },

  remove(text, { start }) {
    const { lines, properties } = parse(text);
    const property = properties.find((candidate) => candidate.start === start);
    if (!property) return text;
    const { first, last } = property;
    // An empty line that a backslash goes on to is one only as long as it has its break.
    const [continued, empty] = [lines[first - 2], lines[first - 1]];
    if (isContinued(text, continued) && empty?.start === empty?.end)
      return splice(text, lines[first]?.start ?? 0, lines[last]?.next ?? 0, "");
    return removeLines(text, lines, first, last);
  },
});

/** Paths are `[key]`, the key as Java has it; sources are values with their escapes. */
export const properties: TextFormat = {
  ...edited,
  write(text, path, source) {
    if (/(?<!\\)(?:\\\\)*\\$/.test(source))
      throw new RangeError("A backslash at its end would join the value to what comes after it.");
    return edited.write(text, path, source);
  },
  encode: (value) => spell(value).replace(/^ | $/g, "\\ "),
  decode(source) {
    try {
      return unspell(source, 0);
    } catch {
      return undefined;
    }
  },
};

interface Parsed {
  lines: Line[];
  properties: Property[];
  /** Index of the last line that is not blank, or continues one that is not; -1: all are. */
  written: number;
}

/** @throws ParseError */
function parse(text: string): Parsed {
  const lines = linesOf(text);
  const properties: Property[] = [];
  let written = -1;
  for (let first = 0; first < lines.length; first++) {
    const { start = 0, end = 0 } = lines[first] ?? {};
    const content = text.slice(start, end).replace(/^[ \t\f]+/, "");
    if (content !== "") written = first;
    // What a lone backslash goes on to is read like any line.
    if (/^(?:[#!]|\\?$)/.test(content)) continue;
    let last = first;
    while (isContinued(text, lines[last])) {
      if (++last === lines.length)
        throw new ParseError(
          "The last line ends with a backslash, and nothing follows that continues it.",
          last,
        );
    }
    const property = parseProperty(text, start, lines[last]?.end ?? end);
    if (property) properties.push({ ...property, first, last });
    first = written = last;
  }
  return { lines, properties, written };
}

/** A byte order mark is the beginning of the first line here. */
function linesOf(text: string): Line[] {
  const lines = splitLines(text);
  if (text === byteOrderMark) return [{ start: 0, end: 1, next: 1 }];
  return lines.map((line, index) => (index === 0 ? { ...line, start: 0 } : line));
}

function isContinued(text: string, line: Line | undefined): boolean {
  return line !== undefined && /(?<!\\)(?:\\\\)*\\$/.test(text.slice(line.start, line.end));
}

/** @returns `undefined` when there is nothing on the line once it is put together */
function parseProperty(
  text: string,
  start: number,
  end: number,
): Omit<Property, "first" | "last"> | undefined {
  const from = skipBlank(text, start, end);
  if (from === end) return undefined;
  let at = from;
  while (at < end && !/[=: \t\f]/.test(text.charAt(at))) {
    const next = afterContinuation(text, at);
    at = next > at ? next : at + (text[at] === "\\" ? 2 : 1);
  }
  const key = unspell(text.slice(from, at), lineNumber(text, start));
  let to = skipBlank(text, at, end);
  const divided = /[=:]/.test(text.charAt(to)) && to < end;
  if (divided) while (++to < end && /[ \t\f]/.test(text.charAt(to)));
  // Lines that go on to nothing are not part of it, so that it can be written elsewhere.
  const rest = text.slice(to, end).replace(/(?<!\\)((?:\\\\)*)(?:\\(?:\r\n|\n|\r)[ \t\f]*)+$/, "$1");
  const source = divided || to < end ? rest : undefined;
  unspell(source ?? "", lineNumber(text, start));
  return { path: [key], source, start: to, separator: text.slice(at, to) };
}

/** White space, and lines that go on. */
function skipBlank(text: string, start: number, end: number): number {
  let at = start;
  for (;;) {
    const next = afterContinuation(text, at);
    if (next > at) at = next;
    else if (at < end && /[ \t\f]/.test(text.charAt(at))) at++;
    else return at;
  }
}

function afterContinuation(text: string, at: number): number {
  continuation.lastIndex = at;
  return continuation.test(text) ? continuation.lastIndex : at;
}

/** @throws ParseError for `\u` without four hex digits, with which Java refuses the whole file */
function unspell(source: string, line: number): string {
  return source.replace(/\\(?:(?:\r\n|\n|\r)[ \t\f]*|u([0-9A-Fa-f]{0,4})|([\s\S]?))/g, (_, hex, sign) => {
    if (hex !== undefined) {
      if (hex.length < 4) throw new ParseError("\\u is not followed by four hex digits.", line);
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    return sign === undefined ? "" : (letters[sign] ?? sign);
  });
}

/** Java reads these files as ISO 8859-1, so that what is not ASCII has to be spelled out. */
function spell(value: string): string {
  return value.replace(/[\\\t\n\r\f]|[^ -~]/g, (sign) => {
    if (sign === "\\") return "\\\\";
    const letter = Object.keys(letters).find((name) => letters[name] === sign);
    return `\\${letter ?? `u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`}`;
  });
}

function encodeKey(key: string): string {
  return spell(key).replace(/[ =:#!]/g, "\\$&");
}
