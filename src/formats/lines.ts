/** Lines of a text by offsets, in UTF-16 units, so that an edit can be a splice. */

export interface Line {
  start: number;
  /** Where its break begins, or the end of the text. */
  end: number;
  /** Where the next line begins. */
  next: number;
}

export const byteOrderMark = "\uFEFF";

/** The lines of a text; a byte order mark belongs to none. A break is LF, CRLF or CR, as npm and Python read them. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = text.startsWith(byteOrderMark) ? 1 : 0;
  for (const { 0: lineBreak, index } of text.matchAll(/\r\n|\n|\r/g)) {
    const next = index + lineBreak.length;
    lines.push({ start, end: index, next });
    start = next;
  }
  if (start < text.length) lines.push({ start, end: text.length, next: text.length });
  return lines;
}

/** The line break that a text uses: its first; LF where there is none. */
export function lineBreak(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}

/** Adds a line after another in the same manner: with a break of its own only if that one has a break. */
export function insertAfter(text: string, line: Line, content: string): string {
  const own = text.slice(line.end, line.next);
  return own
    ? splice(text, line.next, line.next, content + own)
    : splice(text, line.end, line.end, lineBreak(text) + content);
}

/** Removes whole lines, with the break before them where they end the text without one. */
export function removeLines(text: string, lines: readonly Line[], first: number, last: number): string {
  const from = lines[first];
  const to = lines[last];
  if (!from || !to) return text;
  const before = lines[first - 1];
  return to.end === to.next && before
    ? splice(text, before.end, to.end, "")
    : splice(text, from.start, to.next, "");
}

export function splice(text: string, start: number, end: number, content: string): string {
  return text.slice(0, start) + content + text.slice(end);
}

/** The 1-based number of the line at an offset. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}
