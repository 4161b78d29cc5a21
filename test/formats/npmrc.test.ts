import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { npmrc } from "../../src/formats/npmrc.ts";
import { expectLaws, expectLinesKept, mixed, textOf } from "./laws.ts";

const token = ["", "//acme.example/artifactory/api/npm/npm/:_authToken"];
const registry = ["", "registry"];

const realWorld = `; mine
registry = https://registry.example/   ; the default
# scope
@acme:registry=https://acme.example/artifactory/api/npm/npm/
//acme.example/artifactory/api/npm/npm/:_authToken="old=="
ca[]="first"
ca[]="second"
strict-ssl

[section]
registry=other
`;

describe("npmrc", () => {
  test("reads what npm reads: the last of equal keys, without the comment after the value", () => {
    expect(npmrc.read(realWorld, registry)).toBe("https://registry.example/");
    expect(npmrc.read(realWorld, token)).toBe('"old=="');
    expect(npmrc.read("a=1\na=2\n", ["", "a"])).toBe("2");
    expect(npmrc.read("a=x\\;y\\#z ; c\n", ["", "a"])).toBe("x\\;y\\#z");
    expect(npmrc.read('"a" = 1\n', ["", "a"])).toBe("1");
    expect(npmrc.read(realWorld, ["section", "registry"])).toBe("other");
    expect(npmrc.read(realWorld, ["", "strict-ssl"])).toBeUndefined();
    expect(npmrc.read("a=\n", ["", "a"])).toBe("");
    expect(npmrc.read("a=1\na\n", ["", "a"])).toBeUndefined();
  });

  test("changes one value in place and nothing else", () => {
    expect(npmrc.write(realWorld, registry, "https://new.example/")).toBe(
      realWorld.replace("https://registry.example/", "https://new.example/"),
    );
    expect(npmrc.write(realWorld, token, "NEW")).toBe(realWorld.replace('"old=="', "NEW"));
  });

  test("adds a key after the last one of its section, in the file's own spacing", () => {
    expect(npmrc.write("a = 1\n# about b\n[b]\nc=2\n", ["", "x"], "y")).toBe(
      "a = 1\nx = y\n# about b\n[b]\nc=2\n",
    );
    expect(npmrc.write("a=1\r\n# end\r\n", ["", "x"], "y")).toBe("a=1\r\n# end\r\nx=y\r\n");
    expect(npmrc.write("a=1", ["", "x"], "y")).toBe("a=1\nx=y");
    expect(npmrc.write("", ["", "x"], "y")).toBe("x=y\n");
    expect(npmrc.write("\uFEFF", ["", "x"], "y")).toBe("\uFEFFx=y\n");
    expect(npmrc.write("a=1\n\n\n", ["", "x"], "y")).toBe("a=1\nx=y\n\n\n");
    expect(npmrc.write("a=1\n", ["s", "x"], "y")).toBe("a=1\n\n[s]\nx=y\n");
  });

  test("leaves arrays alone", () => {
    expect(npmrc.write(realWorld, ["", "ca"], "x")).toContain('ca[]="first"\nca[]="second"\n');
  });

  test("erases every occurrence, so that no older value comes back into force", () => {
    expect(npmrc.erase("a=1\nb=2\na=3\n", ["", "a"])).toBe("b=2\n");
  });

  test("takes back a section that it added, and keeps an empty one that was there", () => {
    for (const text of [
      "",
      "a=1\n",
      "a=1",
      "a=1\n\n",
      "[s]\n",
      "[s]",
      "a=1\n\n[s]\n",
      "a=1\n\n[s]",
      "a=1\n[s]\n",
      "[s]\n\n",
      "[s]\n# c\n",
      "[s]\n\n# c",
    ]) {
      expectLaws(npmrc, text, ["s", "x"], "y");
    }
  });

  test("refuses what would be more than one value", () => {
    for (const source of ["a\nb=c", "a\rb", " a", "a ", "a;b", "a#b", "\0", "a\n[x]"]) {
      expect(() => npmrc.write("k=v\n", ["", "x"], source), JSON.stringify(source)).toThrow(RangeError);
    }
    for (const path of [
      ["", "a=b"],
      ["", "a\nb"],
      ["", ""],
      ["", ";a"],
      ["x]y", "a"],
      ["x\ny", "a"],
    ]) {
      expect(() => npmrc.write("", path, "v"), JSON.stringify(path)).toThrow(RangeError);
    }
  });

  test("refuses a text that is damaged, and says where", () => {
    expect(() => npmrc.read("a=1\n[section\nb=2\n", registry)).toThrow(ParseError);
    expect(() => npmrc.read("a=1\n[section\nb=2\n", registry)).toThrow(expect.objectContaining({ line: 2 }));
    expect(() => npmrc.write("a=\0\n", registry, "x")).toThrow(ParseError);
  });

  test("keeps its promises for any text", () => {
    const key = fc.constantFrom("registry", "a", "//acme.example/:_authToken", "x", '"a"');
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("", " ", "\t"),
          key,
          fc.constantFrom("=", " = ", "= ", " ="),
          fc.constantFrom("1", "", '"q;"', "v ; c", "a\\;b", "é", "'s'"),
        )
        .map((parts) => parts.join("")),
      fc.constantFrom("", "", "  ", "# c", " ; c=1", "a", "=", "=x", "[s]", "[s] ", "[t]", "a[]=1", "x[]=2"),
    );
    const path = fc.tuple(
      fc.constantFrom("", "s", "t", "new"),
      fc.constantFrom("a", "x", "registry", "//acme.example/:_authToken"),
    );
    const source = fc.constantFrom("new", '"new"', "https://h/:x=y", "${TOKEN}");
    fc.assert(
      fc.property(fc.oneof(textOf(line, { bom: true }), mixed(line)), path, source, (text, path, source) => {
        const duplicated = npmrc.erase(text, path);
        expectLaws(npmrc, text, path, source);
        expectLaws(npmrc, duplicated, path, source);
        expectLinesKept(text, npmrc.write(text, path, source), text.includes("\r") ? 9 : 1);
      }),
      { numRuns: 3000 },
    );
  });
});
