import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { properties } from "../../src/formats/properties.ts";
import { expectLaws, expectLinesKept, mixed, textOf } from "./laws.ts";

const read = (text: string, key = "a") => {
  const source = properties.read(text, [key]);
  return source === undefined ? undefined : properties.decode(source);
};

describe("properties", () => {
  test.each([
    ["a=1", "1"],
    ["a : 1", "1"],
    ["a 1", "1"],
    ["a\t\f1", "1"],
    ["  a = = 1", "= 1"],
    ["a:=1", "=1"],
    ["a=1 ", "1 "],
    ["a=1 # no comment", "1 # no comment"],
    ["a=", ""],
    ["a=1\na=2", "2"],
    ["a=one\\\n   two\\\r\n\t# three", "onetwo# three"],
    ["a=one\\\\\ntwo=2", "one\\"],
    ["a\\\n  =1", "1"],
    ["a \\\n \\\n 1", "1"],
    ["\\\n  a=1", "1"],
    ["\\u0061=\\u00e9\\t\\n\\x", "é\t\nx"],
    ["a=\\ 1", " 1"],
    ["#b\\\na=1", "1"],
    ["\\\n#b\\\na=1", "1"],
    ["!a=2\n #a=3\na=1", "1"],
  ])("reads %j as Java does", (text, value) => {
    expect(read(text)).toBe(value);
  });

  test.each(["b=a=1", "a", "a  ", "#a=1", "A=1", "a\\=1=2", "a\\ 1", "\uFEFFa=1", "b=\\\na=1", "\\\n\n", ""])(
    "has no a in %j",
    (text) => {
      expect(properties.read(text, ["a"])).toBeUndefined();
    },
  );

  test("has keys with escapes in them", () => {
    expect(read("a\\=b\\ c\\:d = 1", "a=b c:d")).toBe("1");
    const written = properties.write("", ["a=b c:d#é"], "1");
    expect([written, read(written, "a=b c:d#é")]).toEqual(["a\\=b\\ c\\:d\\#\\u00e9=1\n", "1"]);
  });

  test("changes one value in place, all of its lines, and nothing else", () => {
    const text = "# mine\na : one \\\n    two\nb=3\n";
    expect(properties.write(text, ["a"], "new")).toBe("# mine\na : new\nb=3\n");
    expect(properties.write(text, ["b"], "4")).toBe("# mine\na : one \\\n    two\nb=4\n");
    expect(properties.write(properties.write(text, ["a"], "new"), ["a"], "one \\\n    two")).toBe(text);
  });

  test("adds a key after what is there, in its manner", () => {
    expect(properties.write("a = 1\n\n", ["x"], "y")).toBe("a = 1\nx = y\n\n");
    expect(properties.write("a=1\r\n# end\r\n", ["x"], "y")).toBe("a=1\r\n# end\r\nx=y\r\n");
    expect(properties.write("a=1", ["x"], "y")).toBe("a=1\nx=y");
    expect(properties.write("a 1", ["x"], "y")).toBe("a 1\nx=y");
    expect(properties.write("a=1\\\n\n", ["x"], "y")).toBe("a=1\\\n\nx=y\n");
    expect(properties.write("\uFEFF", ["x"], "y")).toBe("\uFEFF\nx=y");
    expect(properties.write("", ["x"], "y")).toBe("x=y\n");
  });

  test("erases every occurrence, so that no older value comes back into force", () => {
    expect(properties.erase("a=1\nb=2\na:3\\\n 4\n", ["a"])).toBe("b=2\n");
  });

  test("refuses a text that Java refuses, and one whose end is open, and says where", () => {
    for (const [text, line] of [
      ["b=1\na=\\u12\n", 2],
      ["b=1\n\\uzzzz=1\n", 2],
      ["b=1\n\na=1\\", 3],
      ["a=1\\\n", 1],
    ] as const) {
      for (const use of [
        () => properties.read(text, ["x"]),
        () => properties.write(text, ["x"], "y"),
        () => properties.erase(text, ["x"]),
      ]) {
        expect(use, text).toThrow(ParseError);
        expect(use, text).toThrow(expect.objectContaining({ line }));
      }
    }
  });

  test("refuses a source that would be more than one value, or another", () => {
    for (const source of [" a", "\ta", "a\nb=c", "a\rb", "a\\", "a\\\\\\", "\\u1"])
      expect(() => properties.write("k=v\n", ["x"], source), JSON.stringify(source)).toThrow(RangeError);
  });

  test("encodes in ASCII what it decodes, for any string", () => {
    expect(properties.encode(" é\\ =:#!\t\u2028 ")).toBe("\\ \\u00e9\\\\ =:#!\\t\\u2028\\ ");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const source = properties.encode(value);
        expect(source).toMatch(/^[ -~]*$/);
        expect(properties.decode(source)).toBe(value);
        expect(properties.read(properties.write("k = v\n", ["x"], source), ["x"])).toBe(source);
      }),
    );
  });

  test("keeps its promises for any text", () => {
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("", " ", "\t"),
          fc.constantFrom("a", "x", "flyToken", "a\\ b", "\\u0061"),
          fc.constantFrom("=", " = ", ": ", " ", " :", "\t"),
          fc.constantFrom("1", "", "v # c", "é", "1\\\\", "on\\", "  on \\", "\\u00e9", "x "),
        )
        .map((parts) => parts.join("")),
      fc.constantFrom("", "", "  ", "# c", " ! c=1", "#c\\", "a", "=", "=x", "\\", "  \\", "x=\\"),
    );
    const path = fc.constantFrom(["a"], ["x"], ["flyToken"], ["a b"], ["new"]);
    const source = fc.constantFrom("new", "https://h/:x=y", "\\u0041", "a\\ ", "one \\\n  two");
    const whole = (text: string) => !/(?<!\\)(?:\\\\)*\\(?:\r\n|\n|\r)?$/.test(text);
    fc.assert(
      fc.property(
        fc.oneof(textOf(line, { bom: true }), mixed(line)).filter(whole),
        path,
        source,
        (text, path, source) => {
          expectLaws(properties, text, path, source);
          expectLaws(properties, properties.erase(text, path), path, source);
          expectLinesKept(text, properties.write(text, path, source), 9);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
