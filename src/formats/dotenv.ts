/**
 * A `.env` file as the package dotenv reads it: `KEY=value` or `KEY: value`, with `export` before it or not; a value in
 * quotes (', " or `) may go over several lines; without quotes `#` begins a comment, as it does behind quotes; of
 * several equal keys the last one counts. `node --env-file` reads the same, but for colons, a line without `=` and a byte
 * order mark before a key; where the two would read on from different lines, behind a quote that is not closed, nothing is edited.
 * Measured with dotenv 18 and Node 20, 22 and 24 (test/formats/dotenv.test.ts).
 */
import { editor, type Value } from "./editor.ts";
import { ParseError, type Path, type TextFormat } from "./format.ts";
import { byteOrderMark, insertAfter, lineBreak, lineNumber, removeLines, splitLines } from "./lines.ts";

const entries =
  /^(?<head>[^\S\r\n\u2028\u2029]*(?:export\s+)?(?<key>[\w.-]+)(?:\s*=|:(?:\r\n|\s)))(?<value>\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;
const quoted = /^(['"`])([\s\S]*)\1$/;

interface DotenvFormat extends TextFormat {
  /** @param like a source whose quotes are to be kept, where they can hold the value */
  encode(value: string, like?: string): string;
}

/** Paths are `[key]`; a source is the value with its quotes, without the white space around it. */
export const dotenv: DotenvFormat = {
  ...editor({ id: "dotenv", values, canonical: (path) => path, insert, remove }),
  encode(value, like = "") {
    const own = quoted.exec(like)?.[1];
    if (own !== undefined && fits(value, own)) return `${own}${value}${own}`;
    const quote = ["", "'", '"'].find((one) => fits(value, one));
    if (quote === undefined) throw new RangeError("No quotes can hold this value for every reader.");
    return `${quote}${value}${quote}`;
  },
  decode(source) {
    const text = source.replace(/\r\n?/g, "\n");
    const [, , inner = text] = quoted.exec(text) ?? [];
    return text.startsWith('"') ? inner.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : inner;
  },
};

/** Whether dotenv, Node and a shell read the same from between these quotes. */
function fits(value: string, quote: string): boolean {
  if (quote === "") return /^[\w.,:/+=@%-]+$/.test(value);
  const special = quote === "'" ? /['\p{Cc}]/u : /["`$\\\p{Cc}]/u;
  return quote !== "`" && !special.test(value);
}

/** @throws ParseError for a quote that is not closed, and for what readers take differently */
function values(text: string): Value[] {
  return [...text.matchAll(entries)].map(({ groups, index }) => {
    const { head = "", key = "", value = "" } = groups ?? {};
    const source = value.trim();
    const start = index + head.length + (source ? value.indexOf(source) : 0);
    const [quote = ""] = /^['"`]/.exec(source) ?? [];
    const line = text.slice(start, Math.max(start + source.length, text.indexOf("\n", start)));
    if (quote && !line.slice(1).includes(quote))
      throw new ParseError("A quote is not closed.", lineNumber(text, start));
    // Behind such a separator dotenv takes quotes off as if a line began there, and Node does not.
    if (!quote && /[\u2028\u2029]/.test(source))
      throw new ParseError(
        "A value without quotes has a line or paragraph separator in it.",
        lineNumber(text, start),
      );
    return { path: [key], source, start };
  });
}

/** At the end, with a line break only where the last line has one. */
function insert(text: string, [key = ""]: Path, source: string): string {
  const entry = `${key}=${source}`;
  const last = splitLines(text).at(-1);
  if (last) return insertAfter(text, last, entry);
  return `${text.startsWith(byteOrderMark) ? byteOrderMark : ""}${entry}${lineBreak(text)}`;
}

/** With the lines on which it stands, and the comment behind it. */
function remove(text: string, { start, source = "" }: Value): string {
  const lines = splitLines(text);
  const head = [...text.matchAll(entries)].findLast(({ index }) => index <= start)?.index ?? start;
  const first = lines.findLastIndex((line) => line.start <= head);
  const last = lines.findLastIndex((line) => line.start <= start + source.length);
  return removeLines(text, lines, Math.max(first, 0), last);
}
