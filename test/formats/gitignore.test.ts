import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gitignore } from "../../src/formats/gitignore.ts";
import { expectLaws, expectLinesKept } from "./laws.ts";

const add = (text: string, line: string) => gitignore.write(text, [line], line);

describe("gitignore", () => {
  test("adds one line at the end, in the file's own manner", () => {
    expect(add("", "/.env")).toBe("/.env\n");
    expect(add("# mine\n*.log", "/.env")).toBe("# mine\n*.log\n/.env");
    expect(add("a\r\nb\r\n", "/.env")).toBe("a\r\nb\r\n/.env\r\n");
    expect(add("\uFEFF", "/.env")).toBe("\uFEFF/.env\n");
    expect(add("/.env\n", "/.env")).toBe("/.env\n");
  });

  test("takes it back, and lines that came meanwhile stay", () => {
    expect(gitignore.erase("a\n/.env\nb\n", ["/.env"])).toBe("a\nb\n");
    expect(gitignore.erase("/.env\n", ["/.env"])).toBe("");
  });

  test("refuses what is more than one line", () => {
    for (const line of ["a\nb", "a\r\nb", "a\r", ""]) expect(() => add("", line), line).toThrow(RangeError);
  });

  test("finds the lines that git finds", () => {
    const folder = mkdtempSync(join(tmpdir(), "fly-tokens-ignore-"));
    try {
      execFileSync("git", ["init", "--quiet", folder]);
      writeFileSync(join(folder, ".gitignore"), "\uFEFFfirst\na\rb\nlast\r\n");
      const names = ["first", "a\rb", "a", "b", "last"];
      const found = execFileSync("git", ["-C", folder, "check-ignore", "-z", "--stdin"], {
        input: names.join("\0"),
      });
      const ours = names.filter(
        (name) => gitignore.read("\uFEFFfirst\na\rb\nlast\r\n", [name]) !== undefined,
      );
      expect(found.toString().split("\0").filter(Boolean)).toEqual(ours);
      expect(ours).toEqual(["first", "a\rb", "last"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("keeps its promises for any lines", () => {
    const line = fc.constantFrom("# mine", "", "*.log", "!/.env", "/.env", "a\rb", " ", "/keys/ \\ ");
    const text = fc
      .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "\r\n"), fc.boolean(), fc.boolean())
      .map(([lines, eol, last, bom]) => (bom ? "\uFEFF" : "") + lines.join(eol) + (last ? eol : ""));
    fc.assert(
      fc.property(text, fc.constantFrom("/.env", "/a b"), (text, line) => {
        expectLaws(gitignore, text, [line], line);
        expectLinesKept(text, add(text, line), 1);
      }),
      { numRuns: 2000 },
    );
  });
});
