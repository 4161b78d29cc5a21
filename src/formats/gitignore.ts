/** The lines of a .gitignore, each its own value: what stands on a later line outranks what stands before it. */
import { editor, type Value } from "./editor.ts";
import type { Path } from "./format.ts";
import { byteOrderMark, type Line, removeLines } from "./lines.ts";

/** The only source at `[line]` is the line. */
export const gitignore = editor({ id: "gitignore", values, canonical: (path) => path, insert, remove });

function values(text: string): Value[] {
  return linesOf(text).flatMap(({ start, end }) => {
    const source = text.slice(start, end);
    return source === "" ? [] : [{ path: [source], source, start }];
  });
}

/** At the end, where nothing outranks it, with a line break only where the last line has one. */
function insert(text: string, _line: Path, source: string): string {
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? "\n";
  const last = linesOf(text).at(-1);
  return last && last.end === last.next ? text + lineBreak + source : text + source + lineBreak;
}

function remove(text: string, { start }: Value): string {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => line.start === start);
  return removeLines(text, lines, at, at);
}

/** As git breaks them: a lone CR is part of a name. */
function linesOf(text: string): Line[] {
  const from = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  return [...text.slice(from).matchAll(/(.*?)(\r?\n|$)/gsu)]
    .map(({ 0: line, 1: content = "", index }) => ({
      start: from + index,
      end: from + index + content.length,
      next: from + index + line.length,
    }))
    .filter(({ start, next }) => next > start);
}
