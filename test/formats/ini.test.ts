import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { ini } from "../../src/formats/ini.ts";
import { expectLaws, expectLinesKept, mixed, textOf } from "./laws.ts";

const index = ["global", "index-url"];

const realWorld = `# company defaults
[global]
timeout = 60
extra-index-url =
    https://a.example/simple
    # the second
    https://b.example/simple
Index_URL : https://old.example/simple

; only for install
[install]
trusted-host = a.example
               b.example
`;

describe("ini", () => {
  test("reads keys and values as pip does", () => {
    expect(ini.read(realWorld, index)).toBe("https://old.example/simple");
    expect(ini.read(realWorld, ["global", "INDEX-url"])).toBe("https://old.example/simple");
    expect(ini.read(realWorld, ["global", "extra-index-url"])).toContain("https://b.example/simple");
    expect(ini.read(realWorld, ["install", "trusted-host"])).toBe("a.example\n               b.example");
    expect(ini.read(realWorld, ["install", "index-url"])).toBeUndefined();
    expect(ini.read("[Global]\nindex-url = x\n", index)).toBeUndefined();
    expect(ini.read("[global]\nindex-url = https://u:p@h/simple # no comment\n", index)).toBe(
      "https://u:p@h/simple # no comment",
    );
    expect(ini.read("[global]\nindex-url = x\n\n  y\n", index)).toBe("x\n\n  y");
  });

  test("changes one value in place, over several lines too", () => {
    expect(ini.write(realWorld, index, "https://new.example/simple")).toBe(
      realWorld.replace("https://old.example/simple", "https://new.example/simple"),
    );
    expect(ini.write(realWorld, ["install", "trusted-host"], "c.example")).toBe(
      realWorld.replace("a.example\n               b.example", "c.example"),
    );
  });

  test("adds a key after the last one of its section, continuation lines and all", () => {
    expect(ini.write("[a]\nx =\n  1\n  2\n\n# about b\n[b]\ny: 1\n", ["a", "z"], "3")).toBe(
      "[a]\nx =\n  1\n  2\nz: 3\n\n# about b\n[b]\ny: 1\n",
    );
    expect(ini.write("", index, "x")).toBe("[global]\nindex-url = x\n");
    expect(ini.write("[install]\r\na=1\r\n", index, "x")).toBe(
      "[install]\r\na=1\r\n\r\n[global]\r\nindex-url=x\r\n",
    );
    expect(ini.write("[install]\na=1", index, "x")).toBe("[install]\na=1\n\n[global]\nindex-url=x");
    expect(ini.write("[global]\n  a = 1\n", index, "x")).toBe("[global]\n  a = 1\n  index-url = x\n");
  });

  test("gives a multi-line value back exactly", () => {
    const path = ["global", "extra-index-url"];
    const before = ini.read(realWorld, path) ?? "";
    expect(ini.write(ini.write(realWorld, path, "https://one.example"), path, before)).toBe(realWorld);
  });

  test.each([
    ["a key before any section", "index-url = x\n", 1],
    ["a section that is not closed", "[global\nindex-url = x\n", 1],
    ["a line that is no key", "[global]\nindex-url\n", 2],
    ["a value without a key", "[global]\n= x\n", 2],
    ["a section twice", "[global]\n[install]\n[global]\n", 3],
    ["a key twice", "[global]\nindex-url = a\nINDEX-URL = b\n", 3],
    ["a byte order mark", "\uFEFF[global]\n", 1],
    ["a NUL character", "[global]\na = \0\n", 1],
  ])("refuses %s, because pip does", (_what, text, line) => {
    expect(() => ini.read(text, index)).toThrow(ParseError);
    expect(() => ini.write(text, index, "x")).toThrow(expect.objectContaining({ line }));
    expect(() => ini.erase(text, index)).toThrow(ParseError);
  });

  test("refuses a value that would be more than one", () => {
    for (const source of ["a\nb = c", "a\n[x]", " a", "a\rb=c", "\0"]) {
      expect(() => ini.write("[global]\n", index, source), JSON.stringify(source)).toThrow(RangeError);
    }
    for (const path of [
      ["", "a"],
      ["a\nb", "c"],
      ["a", "b=c"],
      ["a", "b:c"],
      ["a", ""],
      ["a", "#b"],
      ["a", "[b]"],
    ]) {
      expect(() => ini.write("", path, "v"), JSON.stringify(path)).toThrow(RangeError);
    }
  });

  test("refuses rather than turn an indented header into a continuation line", () => {
    expect(() => ini.write("[a]\n  [b]\nx = 1\n", ["a", "y"], "2")).toThrow(ParseError);
  });

  test("keeps its promises for any text", () => {
    const key = fc.constantFrom("index-url", "index_url", "a", "B", "timeout");
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("", "", " "),
          key,
          fc.constantFrom("=", " = ", ": ", " :"),
          fc.constantFrom("1", "", "x # y", "é", "a = b"),
        )
        .map((parts) => parts.join("")),
      fc.constantFrom("", "", "  ", "# c", "   ; c", "    continued", "\tcontinued = 1"),
    );
    const section = fc
      .tuple(fc.constantFrom("[global]", "[install] ", "[a]", "[b]"), fc.array(line, { maxLength: 4 }))
      .map(([header, lines]) => [header, ...lines]);
    const lines = fc
      .uniqueArray(section, { maxLength: 3, selector: ([header]) => header })
      .map((sections) => sections.flat());
    const text = lines.chain((all) =>
      fc
        .tuple(fc.constantFrom("\n", "\r\n"), fc.boolean())
        .map(([eol, last]) => all.join(eol) + (last && all.length > 0 ? eol : "")),
    );
    const path = fc.tuple(
      fc.constantFrom("global", "install", "a", "new"),
      fc.constantFrom("index-url", "timeout", "other"),
    );
    let tried = 0;
    fc.assert(
      fc.property(
        fc.oneof(text, text, mixed(line), textOf(line)),
        path,
        fc.constantFrom("new", "https://u:p@h/", "a=b"),
        (text, path, source) => {
          try {
            ini.read(text, path);
          } catch {
            return;
          }
          tried += 1;
          expectLaws(ini, text, path, source);
          expectLinesKept(
            text,
            ini.write(text, path, source),
            (ini.read(text, path) ?? "").split("\n").length,
          );
        },
      ),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(500);
  });
});
