/**
 * The file that `go env -w` writes, as the go command reads it (cmd/go/internal/cfg, initEnvCache): `KEY=VALUE` lines
 * that end with LF alone, without quotes or escapes; of several equal keys the last one counts. A line without `=`, or
 * whose first character is not A to Z, is passed over, so comments, blank lines and a byte order mark may stand there.
 */
import { editor, type Value } from "./editor.ts";
import { ParseError, type Path } from "./format.ts";
import { splice } from "./lines.ts";

/** Paths are `[key]`; a source is the rest of its line, with the CR that go takes for part of the value. */
export const env = editor({ id: "env", values, canonical: (path) => path, insert, remove });

function values(text: string): Value[] {
  // A file in UTF-16: go would find no key in it, and what we add would be lost on every other reader.
  if (text.includes("\0")) {
    const line = text.slice(0, text.indexOf("\0")).split("\n").length;
    throw new ParseError("The text has a NUL character in it.", line);
  }
  return [...text.matchAll(/^[A-Z][^=\n]*=/gm)].flatMap(({ 0: head, index }) => {
    // To `^` a lone CR begins a line too; to go it does not.
    if (index > 0 && text[index - 1] !== "\n") return [];
    const start = index + head.length;
    return [{ path: [head.slice(0, -1)], source: text.slice(start, lineEnd(text, start)), start }];
  });
}

/** At the end, with a line break only where the last line has one. */
function insert(text: string, [key = ""]: Path, source: string): string {
  const entry = `${key}=${source}`;
  return text === "" || text.endsWith("\n") ? `${text}${entry}\n` : `${text}\n${entry}`;
}

function remove(text: string, { start }: Value): string {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = lineEnd(text, start);
  return to < text.length ? splice(text, from, to + 1, "") : text.slice(0, Math.max(0, from - 1));
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
