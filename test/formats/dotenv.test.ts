import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse } from "dotenv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dotenv } from "../../src/formats/dotenv.ts";
import { ParseError } from "../../src/formats/format.ts";
import { expectLaws, expectLinesKept, mixed, textOf } from "./laws.ts";

const key = "FLY_TOKEN";
const read = (text: string, name = key) => {
  const source = dotenv.read(text, [name]);
  return source === undefined ? undefined : dotenv.decode(source);
};
const write = (text: string, value: string, like?: string) =>
  dotenv.write(text, [key], dotenv.encode(value, like));

/** What is in `.env` files: ours and theirs, in every notation, on one line or several. */
const line = fc.constantFrom(
  "FLY_TOKEN=old",
  "FLY_TOKEN=",
  'FLY_TOKEN=""',
  "export FLY_TOKEN='old one'  # mine",
  "  FLY_TOKEN = old # it's mine",
  'FLY_TOKEN="a\\nb"',
  "FLY_TOKEN: old",
  "#FLY_TOKEN=not",
  "A=1",
  "A='l1\nFLY_TOKEN=not\nl3'",
  'A="l1\nFLY_TOKEN=not" # "quoted"',
  "A=`l1\nFLY_TOKEN=not`",
  "A='it\\'s'",
  'A="x" y',
  "B=a#b",
  "B=#b",
  "B=",
  "C.d-e=1",
  "no assignment",
  "",
  "# it's a comment",
);
const odd = fc.constantFrom("A='l1", 'A="l1', "A=`l1", "FLY_TOKEN=\n'A=1'", "A:\nFLY_TOKEN=1", "A\n=1");
const texts = fc.oneof(textOf(line, { bom: true }), mixed(line));
const values = fc.constantFrom("flyt_Ab1", "FlyV1 fm2_a+/=,fm2_b", "a'b c", "x # y", "");

describe("dotenv", () => {
  test.each([
    ["FLY_TOKEN=a\n", "a"],
    ["FLY_TOKEN=a\nFLY_TOKEN=b", "b"],
    [" export FLY_TOKEN = a b \n", "a b"],
    ["FLY_TOKEN='a # b' # c", "a # b"],
    ["FLY_TOKEN=a#b", "a"],
    ["FLY_TOKEN=\nB=1", ""],
    ["\uFEFFFLY_TOKEN=a", "a"],
    ["A='l1\nFLY_TOKEN=no\nl3'\n", undefined],
    ["A='l1\nFLY_TOKEN=no\nl3'\nFLY_TOKEN=yes", "yes"],
    ['FLY_TOKEN="l1\r\nl2\\nl3"', "l1\nl2\nl3"],
    ["FLY_TOKEN: a", "a"],
    ["FLY_TOKEN:a", undefined],
    ["# FLY_TOKEN=a", undefined],
    ["", undefined],
  ])("reads %j as dotenv does", (text, value) => {
    expect(parse(text)[key]).toBe(value);
    expect(read(text)).toBe(value);
  });

  test("reads any text as dotenv does, key for key", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const theirs = parse(text);
        for (const name of ["FLY_TOKEN", "A", "B", "C.d-e", "no", "l3"])
          expect(read(text, name), text).toBe(theirs[name]);
      }),
      { numRuns: 5000 },
    );
  });

  test("reads texts of nothing but signs as dotenv does, or refuses them", () => {
    const sign = fc.constantFrom(
      "A",
      "=",
      ":",
      " ",
      "\n",
      "\r\n",
      "'",
      '"',
      "`",
      "#",
      "\\",
      "\\n",
      "export ",
      "\u2028",
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 14 }), (signs) => {
        const text = signs.join("");
        const theirs = parse(text);
        for (const name of ["A", "AA", "export"]) {
          const ours = orRefused(() => read(text, name));
          if (ours !== "refused") expect(ours, JSON.stringify(text)).toBe(theirs[name]);
        }
      }),
      { numRuns: 20_000, examples: [[["A", "=", "A", "\u2028", '"', '"']]] },
    );
  });

  test("changes the value that counts and nothing beside it", () => {
    expect(write("A=1\nexport FLY_TOKEN='old' # mine\r\nB=2", "new", "'old'")).toBe(
      "A=1\nexport FLY_TOKEN='new' # mine\r\nB=2",
    );
    expect(write("FLY_TOKEN=a\nFLY_TOKEN=b\n", "c")).toBe("FLY_TOKEN=a\nFLY_TOKEN=c\n");
    expect(write("FLY_TOKEN=  # mine\n", "c")).toBe("FLY_TOKEN=c  # mine\n");
    expect(write('FLY_TOKEN=""\n', "c", '""')).toBe('FLY_TOKEN="c"\n');
    expect(write("A='l1\nFLY_TOKEN=no\nl3'\n", "c")).toBe("A='l1\nFLY_TOKEN=no\nl3'\nFLY_TOKEN=c\n");
    expect(write("A=1\r\nB=2", "c")).toBe("A=1\r\nB=2\r\nFLY_TOKEN=c");
    expect(write("", "FlyV1 fm2_a,fm2_b")).toBe("FLY_TOKEN='FlyV1 fm2_a,fm2_b'\n");
    expect(write("\uFEFF", "c")).toBe("\uFEFFFLY_TOKEN=c\n");
    expect(dotenv.erase("A=1\nFLY_TOKEN='l1\nl2' # mine\nB=2\nFLY_TOKEN=x", [key])).toBe("A=1\nB=2");
  });

  test("keeps its promises for any lines", () => {
    fc.assert(
      fc.property(texts, values, (text, value) => {
        const source = dotenv.encode(value);
        expectLaws(dotenv, text, [key], source);
        expectLinesKept(text, dotenv.write(text, [key], source), 2);
      }),
      { numRuns: 3000 },
    );
  });

  test("what it writes, dotenv and Node read back, and every other key as before", () => {
    fc.assert(
      fc.property(texts, values, fc.boolean(), (text, value, keep) => {
        const written = write(text, value, keep ? dotenv.read(text, [key]) : undefined);
        expect(parse(written)).toEqual({ ...parse(text), [key]: value });
        // Node knows no colon, no CR alone, no byte order mark, and joins a line without `=` to the next.
        if (/: old|\r(?!\n)|^\uFEFF|no assignment/.test(text)) return;
        // To Node 20 a comment that no line break ends is a key.
        expect({ ...parseEnv(`${written}\n`) }).toEqual({ ...parseEnv(`${text}\n`), [key]: value });
      }),
      { numRuns: 3000 },
    );
  });

  test("a text with a quote that is not closed, or of another odd shape, is edited without harm or not at all", () => {
    fc.assert(
      fc.property(texts, odd, texts, (before, odd, after) => {
        const text = `${before}\n${odd}\n${after}`;
        const result = orRefused(() => write(text, "FlyV1 a"));
        if (result !== "refused") expect(parse(result ?? "")).toEqual({ ...parse(text), [key]: "FlyV1 a" });
      }),
    );
    expect(() => write("B=1\nA='l1\nB=2\n", "x")).toThrow(expect.objectContaining({ line: 2 }));
    expect(write("# it's\nA=it's\n", "x")).toBe("# it's\nA=it's\nFLY_TOKEN=x\n");
  });

  test("refuses what no reader could read back", () => {
    for (const value of ["a\nb", "a\0b", "a'b\"c", "a'$b", "a'\\b", "a'b`"])
      expect(() => dotenv.encode(value), value).toThrow(RangeError);
    for (const name of ["", "A B", "#A", "A=B", "Ä"])
      expect(() => dotenv.write("", [name], "x"), name).toThrow(RangeError);
    for (const source of ["'a", "a\nb", "a #b", " a", "'a' b\nc=1"])
      expect(() => dotenv.write("", [key], source), source).toThrow(RangeError);
  });

  test("a program started with --env-file, and a shell, find the value", () => {
    const folder = mkdtempSync(join(tmpdir(), "fly-tokens-env-"));
    try {
      for (const value of ["flyt_Ab1", "FlyV1 fm2_a+/=,fm2_b", "a'b c"]) {
        writeFileSync(join(folder, ".env"), write("A='l1\nFLY_TOKEN=no\nl3'\n# it is\nB=2\n", value));
        const program = "process.stdout.write(process.env.FLY_TOKEN)";
        const options = { cwd: folder, env: { PATH: process.env.PATH } };
        const node = execFileSync(process.execPath, ["--env-file=.env", "-e", program], options);
        const shell = execFileSync("sh", ["-c", '. ./.env; printf %s "$FLY_TOKEN"'], options);
        expect([node.toString(), shell.toString()]).toEqual([value, value]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function orRefused<T>(act: () => T): T | "refused" {
  try {
    return act();
  } catch (error) {
    if (error instanceof ParseError) return "refused";
    throw error;
  }
}
