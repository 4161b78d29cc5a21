/** What every format promises, whatever the text. */
import fc from "fast-check";
import { expect } from "vitest";
import type { Format, Path } from "../../src/formats/format.ts";

/** Sets and takes back one value; `present`: the text had one before. */
export function expectLaws(format: Format, text: string, path: Path, source: string): void {
  const before = format.read(text, path);
  const written = format.write(text, path, source);
  expect(format.read(written, path)).toBe(source);
  expect(format.write(written, path, source)).toBe(written);
  if (before === undefined) expect(format.erase(written, path)).toBe(text);
  else expect(format.write(written, path, before)).toBe(text);
  expect(format.read(format.erase(text, path), path)).toBeUndefined();
}

/** The edit is one run of lines: those before and after it stand as they stood, and at most `changed` old ones are in it. */
export function expectLinesKept(before: string, after: string, changed: number): void {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < old.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  expect(old.length - head - tail).toBeLessThanOrEqual(changed);
}

/** Texts of the given lines: any of them, any number, LF or CRLF, with or without a last line break. */
export function textOf(line: fc.Arbitrary<string>, options: { bom?: boolean } = {}): fc.Arbitrary<string> {
  return fc
    .record({
      lines: fc.array(line, { maxLength: 8 }),
      eol: fc.constantFrom("\n", "\n", "\r\n", "\r"),
      last: fc.boolean(),
      bom: options.bom ? fc.boolean() : fc.constant(false),
    })
    .map(
      ({ lines, eol, last, bom }) =>
        (bom ? "\uFEFF" : "") + lines.join(eol) + (last && lines.length > 0 ? eol : ""),
    );
}

/** Texts whose line breaks are mixed. */
export function mixed(line: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\n\n")), { maxLength: 6 })
    .map((parts) => parts.flat().join(""));
}
