/** The grammar of `.netrc`, as Python's netrc module reads it: words, entries of keyword and value, macros, comments. */
import { ParseError } from "./format.ts";
import { byteOrderMark, lineNumber } from "./lines.ts";

export interface Field {
  kind: "login" | "password" | "account";
  /** Where its keyword begins. */
  start: number;
  /** Where its value begins and ends. */
  value: number;
  end: number;
}

export interface Entry {
  /** `""`: the entry `default`. */
  machine: string;
  start: number;
  end: number;
  fields: Field[];
}

export interface Netrc {
  entries: Entry[];
  /** Name and body, as they stand. */
  macros: string[];
}

const kinds = { login: "login", user: "login", password: "password", account: "account" } as const;

/** @throws ParseError */
export function parseNetrc(text: string): Netrc {
  if (text.startsWith(byteOrderMark)) throw fault(text, 0, "The text begins with a byte order mark");
  if (text.includes("\0")) throw fault(text, text.indexOf("\0"), "The text has a NUL character in it");
  const entries: Entry[] = [];
  const macros: string[] = [];
  let entry: Entry | undefined;
  for (let at = keywordAfter(text, 0); at < text.length; ) {
    const keyword = word(text, at);
    if (keyword === "macdef") {
      const end = macroEnd(text, at);
      macros.push(text.slice(at, end));
      entry = undefined;
      at = keywordAfter(text, end);
      continue;
    }
    let end = at + keyword.length;
    if (keyword === "default") {
      entry = { machine: "", start: at, end, fields: [] };
      entries.push(entry);
    } else {
      const start = whiteAfter(text, end);
      const value = word(text, start);
      end = start + value.length;
      if (keyword === "machine") {
        entry = { machine: value, start: at, end, fields: [] };
        entries.push(entry);
      } else if (entry && isKind(keyword)) {
        entry.fields.push({ kind: kinds[keyword], start: at, value: start, end });
      } else {
        throw fault(text, at, "A word stands where an entry or a field of one should begin");
      }
    }
    at = keywordAfter(text, end);
  }
  return { entries, macros };
}

function isKind(keyword: string): keyword is keyof typeof kinds {
  return Object.hasOwn(kinds, keyword);
}

/** A word: quoted, or up to white space; a backslash takes the next character as it is. */
function word(text: string, at: number): string {
  const pattern = /"(?:[^"\\]|\\[\s\S])*"(?=[ \t\r\n]|$)|(?!")(?:\\[\s\S]|[^ \t\r\n\\])+/y;
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) throw fault(text, at, "A word is missing, or its quotes are not closed");
  return found;
}

function whiteAfter(text: string, at: number): number {
  return at + (/^[ \t\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** Where the next keyword begins, past white space and comments. */
function keywordAfter(text: string, at: number): number {
  return at + (/^(?:[ \t\r\n]|#[^\r\n]*)*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** A macro ends with the first empty line. */
function macroEnd(text: string, at: number): number {
  const end = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/g;
  end.lastIndex = at;
  if (!end.exec(text)) throw fault(text, at, "A macro does not end with an empty line");
  return end.lastIndex;
}

function fault(text: string, at: number, what: string): ParseError {
  return new ParseError(`${what}; clients give up there.`, lineNumber(text, at));
}
