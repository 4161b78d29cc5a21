/**
 * The grammar of HCL 1 (github.com/hashicorp/hcl, branch hcl1), in which terraform reads its own settings: attributes
 * `name = value`, blocks `name "label" { … }`, strings with templates, heredocs, lists, objects, comments of three
 * kinds. Line breaks divide nothing, and commas may stand after any item. What is not accepted here terraform may accept;
 * never the other way round.
 */
import { ParseError } from "./format.ts";
import { lineNumber } from "./lines.ts";

/** From where its name begins to where its value ends. */
export interface Item extends Span {
  /** Name and labels, as they compare: `credentials "acme.example"`. */
  header: string;
  /** Where its value begins: behind `=`, or at the brace. */
  value: number;
  /** What a block has in it; `undefined` for an attribute. */
  items?: Item[];
}

export interface Body {
  items: Item[];
  comments: Span[];
}

export interface Span {
  start: number;
  end: number;
}

interface Token extends Span {
  kind: "name" | "string" | "number" | "heredoc" | "sign" | "end";
}

// Inside `${…}` only braces count, and a string ends with its line elsewhere.
const patterns: readonly [Token["kind"] | "space" | "comment", RegExp][] = [
  ["space", /[ \t\r\n]+/y],
  ["comment", /(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\//y],
  ["name", /[A-Za-z_][\w.-]*/y],
  ["number", /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y],
  ["heredoc", /<<-?([A-Za-z0-9_]+)\r?\n(?:[^\n]*\n)*?[ \t]*\1(?=\r*\n)/y],
  ["sign", /[{}[\],=]/y],
];

/** @throws ParseError */
export function parseHcl(text: string): Body {
  const comments: Span[] = [];
  let token = scan(0);

  function scan(from: number): Token {
    for (let at = from; at < text.length; ) {
      if (text[at] === '"') return { kind: "string", start: at, end: stringEnd(text, at) };
      const [kind, end] = match(text, at);
      if (kind === "comment") comments.push({ start: at, end });
      if (kind !== "comment" && kind !== "space") return { kind, start: at, end };
      at = end;
    }
    return { kind: "end", start: text.length, end: text.length };
  }

  function next(): Token {
    const current = token;
    token = scan(current.end);
    return current;
  }

  const isSign = (sign: string) => token.kind === "sign" && text[token.start] === sign;

  function items(): Item[] {
    const all: Item[] = [];
    while (token.kind !== "end" && !isSign("}")) {
      all.push(item());
      if (isSign(",")) next();
    }
    return all;
  }

  function item(): Item {
    const { start } = token;
    const words: string[] = [];
    while (isWord(text, token)) words.push(wordOf(text, next()));
    const [name, ...labels] = words;
    if (name === undefined) throw fault(text, start, "A name is missing");
    const header = [name, ...labels.map((label) => JSON.stringify(label))].join(" ");
    if (isSign("{")) {
      const value = token.start;
      const [inner, end] = braces();
      return { header, start, value, end, items: inner };
    }
    if (!isSign("=") || labels.length > 0)
      throw fault(text, token.start, "After a name, `=` or `{` is missing, or after a label `{`");
    next();
    return { header, start, value: token.start, end: expression() };
  }

  function braces(): [Item[], number] {
    const { start } = next();
    const inner = items();
    if (!isSign("}")) throw fault(text, start, "A brace is not closed");
    return [inner, next().end];
  }

  /** @returns where it ends */
  function expression(): number {
    if (isSign("{")) return braces()[1];
    if (isSign("[")) return list();
    const { kind, start, end } = next();
    const isValue = ["string", "number", "heredoc"].includes(kind) || isTruth(text.slice(start, end));
    if (!isValue) throw fault(text, start, "A value is missing");
    return end;
  }

  function list(): number {
    const { start } = next();
    while (!isSign("]")) {
      if (token.kind === "end") throw fault(text, start, "A bracket is not closed");
      expression();
      if (isSign(",")) next();
      else if (!isSign("]")) throw fault(text, token.start, "A comma is missing");
    }
    return next().end;
  }

  const all = items();
  if (token.kind !== "end") throw fault(text, token.start, "A brace is closed that was not opened");
  return { items: all, comments };
}

/** The string that stands in quotes; `undefined` for one with a template, or with escapes that JSON lacks. */
export function unquote(source: string): string | undefined {
  if (!/^"(?:[^"\\\p{Cc}]|\\["\\nrtbf]|\\u[0-9a-fA-F]{4})*"$/u.test(source) || source.includes("${"))
    return undefined;
  return JSON.parse(source) as string;
}

function isTruth(word: string): boolean {
  return word === "true" || word === "false";
}

function isWord(text: string, { kind, start, end }: Token): boolean {
  return kind === "string" || (kind === "name" && !isTruth(text.slice(start, end)));
}

function wordOf(text: string, { start, end }: Token): string {
  const source = text.slice(start, end);
  return unquote(source) ?? source;
}

function match(text: string, at: number): [Token["kind"] | "space" | "comment", number] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return [kind, pattern.lastIndex];
  }
  throw fault(text, at, "A character stands there that begins nothing, or something that does not end");
}

const escapeSequence = /\\(?:[abfnrtv\\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;

function stringEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\\") {
      escapeSequence.lastIndex = at;
      if (!escapeSequence.test(text))
        throw fault(text, at, "A backslash stands before a character that it cannot");
      at = escapeSequence.lastIndex - 1;
    } else if (depth === 0 && sign === '"') return at + 1;
    else if (depth === 0 && sign === "\n") break;
    else if (sign === "{" && (depth > 0 || text[at - 1] === "$")) depth += 1;
    else if (depth > 0 && sign === "}") depth -= 1;
  }
  throw fault(text, start, "A string is not closed");
}

function fault(text: string, at: number, what: string): ParseError {
  return new ParseError(`${what}.`, lineNumber(text, at));
}
