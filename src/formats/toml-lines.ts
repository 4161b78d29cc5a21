/** How a table of ours looks: what tells it, when its last value goes, from one that the user has. */
import type { AST } from "toml-eslint-parser";
import { type Line, splitLines } from "./lines.ts";

/** The index of the line that an offset is on. */
export function lineIndex(lines: readonly Line[], offset: number): number {
  return lines.findLastIndex(({ start }) => start <= offset);
}

/** The line that an offset is on. */
export function lineAt(text: string, offset: number): Line {
  return splitLines(text).findLast(({ start }) => start <= offset) ?? { start: 0, end: 0, next: 0 };
}

export function isEmpty(line: Line | undefined): boolean {
  return line !== undefined && line.start === line.end;
}

/** Whether a header is alone on its line, as we write it. */
export function looksMade(lines: readonly Line[], { kind, key, range: [start] }: AST.TOMLTable): boolean {
  const line = lines[lineIndex(lines, start)];
  return line?.start === start && line.end === key.range[1] + (kind === "array" ? 2 : 1);
}
