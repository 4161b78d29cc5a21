import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { jsonc } from "../../src/formats/jsonc.ts";
import { expectLaws } from "./laws.ts";

const settings = `// Zed settings
{
  "theme": "One Dark", // dark
  /* servers */
  "context_servers": {
    // theirs
    "other": { "command": "other" }, // the other one
  },
}
`;

describe("jsonc", () => {
  test("reads past comments, trailing commas and a byte order mark", () => {
    expect(jsonc.read(settings, ["context_servers", "other", "command"])).toBe('"other"');
    expect(jsonc.read(`\uFEFF${settings}`, ["theme"])).toBe('"One Dark"');
    expect(jsonc.read("// nothing\n", ["a"])).toBeUndefined();
    expect(jsonc.read('{"a": 1, "a": 2}', ["a"])).toBe("2");
    expect(jsonc.read('{"list": [{"id": "a"}, /* b */ {"id": "b"}]}', ["list[id=b]"])).toBe('{"id": "b"}');
  });

  test("adds a member behind the comment of the last one, and keeps the trailing comma", () => {
    const written = jsonc.write(settings, ["context_servers", "fly"], '{ "command": "npx" }');
    expect(written).toBe(
      settings.replace("// the other one\n", '// the other one\n    "fly": { "command": "npx" },\n'),
    );
    expect(jsonc.erase(written, ["context_servers", "fly"])).toBe(settings);
  });

  test("puts the comma where it was missing, before the comment", () => {
    const text = '{\n  "a": 1 // one\n}\n';
    expect(jsonc.write(text, ["b"], "2")).toBe('{\n  "a": 1, // one\n  "b": 2\n}\n');
    expect(jsonc.erase('{\n  "a": 1, // one\n  "b": 2\n}\n', ["b"])).toBe(text);
  });

  test("never writes into a comment", () => {
    const text = '{"a": 1 // one, and "b": 2\n}';
    expect(jsonc.write(text, ["b"], "2")).toBe('{"a": 1, "b": 2 // one, and "b": 2\n}');
  });

  test("adds and takes back items of a list", () => {
    const path = ["inputs[id=fly]"];
    const item = '{ "id": "fly" }';
    for (const [text, written] of [
      ['{\n\t"inputs": []\n}', '{\n\t"inputs": [{ "id": "fly" }]\n}'],
      [
        '{\n\t"inputs": [\n\t\t{ "id": "a" } // a\n\t]\n}',
        '{\n\t"inputs": [\n\t\t{ "id": "a" }, // a\n\t\t{ "id": "fly" }\n\t]\n}',
      ],
      ['{\n\t"servers": {}\n}', '{\n\t"servers": {},\n\t"inputs": [\n\t\t{ "id": "fly" }\n\t]\n}'],
    ] as const) {
      expect(jsonc.write(text, path, item)).toBe(written);
      expect(jsonc.erase(written, path)).toBe(text);
    }
    expect(() => jsonc.write("{}", path, '{ "id": "other" }')).toThrow(RangeError);
    expect(() => jsonc.write('{"inputs": {}}', path, item)).toThrow(ParseError);
  });

  test.each([
    ["a root that is no object", "[]", 1],
    ["half a file", '{"a": {', 1],
    ["two files in one", "{}\n{}", 2],
    ["single quotes", "{'a': 1}", 1],
    ["a comment without an end", '{\n"a": 1 /* }', 2],
    ["a missing comma", '{\n"a": 1\n"b": 2}', 3],
  ])("refuses %s", (_what, text, line) => {
    expect(() => jsonc.read(text, ["a"])).toThrow(ParseError);
    expect(() => jsonc.write(text, ["a"], "1")).toThrow(expect.objectContaining({ line }));
    expect(() => jsonc.erase(text, ["a"])).toThrow(ParseError);
  });

  test("refuses a source that is not one value, and a place inside what is no object", () => {
    for (const source of ["", "x", "1, 2", ' "a"', '"a', '"a": 1', "1}", "1 // c", "// c\n1"])
      expect(() => jsonc.write("{}", ["a"], source), source).toThrow(RangeError);
    for (const text of ['{"a": []}', '{"a": 1}', '{"a": "x"}', '{"a": null}'])
      expect(() => jsonc.write(text, ["a", "b"], "1"), text).toThrow(ParseError);
  });

  test("keeps its promises for any object, with comments and trailing commas anywhere", () => {
    const name = fc.constantFrom("a", "b", "c", "// x", 'é"', "__proto__", "constructor");
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, "x // no comment", null, [], [{ id: "x" }, { a: 2 }], true),
        fc.dictionary(name, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).tree;
    const root = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });
    const layout = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.replaceAll(/([^[{,])\n/g, "$1,\n").replace(/,\n$/, "\n"),
      (text) => text.replaceAll("\n", " // end\n"),
      (text) => text.replaceAll(/([^[{,])\n/g, "$1, /* end */\n"),
      (text) => text.replaceAll("\n", "\n  // above\n"),
      (text) => `// first\n${text}\n/* last */`,
      (text) => `\uFEFF${text.replaceAll("\n", "\r\n")}`,
      (text) => text.replaceAll("{}", "{ /* empty */ }"),
    );
    const text = fc
      .tuple(root, fc.constantFrom("", "  ", "\t"), layout)
      .map(([object, space, change]) => change(JSON.stringify(object, null, space)));
    const step = fc.oneof(name, fc.constant("new"));
    const path = fc.oneof(
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.array(step, { maxLength: 2 }).map((steps) => [...steps, "a[id=x]"]),
    );
    const source = fc.constantFrom('{"id": "x"}', '{\n  "id": "x" // y\n}');
    let tried = 0;
    fc.assert(
      fc.property(
        fc.oneof(text, fc.constantFrom("", "\n", "\uFEFF", "{}", "{\n}\n", "{ // c\n}", "// c\n")),
        path,
        source,
        (text, path, source) => {
          try {
            jsonc.read(text, path);
            jsonc.write(text, path, source);
          } catch (error) {
            expect(error).toMatchObject({
              name: "ParseError",
              message: expect.stringMatching(/^A value stands/),
            });
            return;
          }
          tried += 1;
          expectLaws(jsonc, text, path, source);
        },
      ),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(1000);
  });
});
