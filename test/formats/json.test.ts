import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { json } from "../../src/formats/json.ts";
import { expectLaws } from "./laws.ts";

const auth = ["auths", "acme.example", "auth"];

const docker = `{
\t"auths": {
\t\t"registry.example": {
\t\t\t"auth": "b2xk"
\t\t}
\t},
\t"credsStore": "desktop",
\t"psFormat": "table {{.ID}}"
}`;

describe("json", () => {
  test("reads the source text of a value, of equal names the last one", () => {
    expect(json.read(docker, ["auths", "registry.example", "auth"])).toBe('"b2xk"');
    expect(json.read(docker, ["auths", "registry.example"])).toBe('{\n\t\t\t"auth": "b2xk"\n\t\t}');
    expect(json.read('{"a": 1, "a": 2}', ["a"])).toBe("2");
    expect(json.read('{"a": null}', ["a", "b"])).toBeUndefined();
    expect(json.read('{"\\u0061": 1}', ["a"])).toBe("1");
    expect(json.read("", ["a"])).toBeUndefined();
    expect(json.read(" \n", ["a"])).toBeUndefined();
  });

  test("adds a member with its parents in the file's own indentation", () => {
    expect(json.write(docker, auth, '"bmV3"')).toBe(
      docker.replace("\t\t}\n\t},", '\t\t},\n\t\t"acme.example": {\n\t\t\t"auth": "bmV3"\n\t\t}\n\t},'),
    );
    expect(json.write('{\r\n  "a": 1\r\n}\r\n', ["b", "c"], "2")).toBe(
      '{\r\n  "a": 1,\r\n  "b": {\r\n    "c": 2\r\n  }\r\n}\r\n',
    );
  });

  test("makes a new file as docker does", () => {
    expect(json.write("", auth, '"bmV3"')).toBe(
      '{\n\t"auths": {\n\t\t"acme.example": {\n\t\t\t"auth": "bmV3"\n\t\t}\n\t}\n}',
    );
  });

  test("keeps on one line what stands on one line", () => {
    expect(json.write("{}", ["a", "b"], "1")).toBe('{"a": { "b": 1 }}');
    expect(json.write('{"a":1}', ["b"], "2")).toBe('{"a":1,"b":2}');
    expect(json.write('{ "a": 1 }', ["b"], "2")).toBe('{ "a": 1, "b": 2 }');
    expect(json.write('{"a": 1}', ["b"], "2")).toBe('{"a": 1, "b": 2}');
    expect(json.write('{\n\t"auths": {\n\t\t"h": {}\n\t}\n}', ["auths", "h", "auth"], "1")).toBe(
      '{\n\t"auths": {\n\t\t"h": {"auth": 1}\n\t}\n}',
    );
  });

  test("of equal names it edits the one that counts", () => {
    expect(json.write('{"a": 1, "a": 2}', ["a"], "3")).toBe('{"a": 1, "a": 3}');
    expect(json.erase('{"a": 1, "b": 0, "a": 2}', ["a"])).toBe('{"b": 0}');
  });

  test.each([
    ["comments", '{\n  "a": 1 // one\n}', 2],
    ["a trailing comma", '{\n  "a": 1,\n}', 3],
    ["a byte order mark", '\uFEFF{"a": 1}', 1],
    ["a root that is no object", "[]", 1],
    ["half a file", '{"a": {', 1],
    ["two files in one", "{}\n{}", 2],
    ["a NUL character", '{"a": "\0"}', 1],
    ["single quotes", "{'a': 1}", 1],
  ])("refuses %s, because docker does", (_what, text, line) => {
    expect(() => json.read(text, ["a"])).toThrow(ParseError);
    expect(() => json.write(text, ["a"], "1")).toThrow(expect.objectContaining({ line }));
    expect(() => json.erase(text, ["a"])).toThrow(ParseError);
  });

  test("refuses to put a member into what is no object", () => {
    for (const text of ['{"a": []}', '{"a": 1}', '{"a": "x"}', '{"a": null}']) {
      expect(() => json.write(text, ["a", "b"], "1"), text).toThrow(ParseError);
    }
  });

  test("refuses a source that is not one JSON value", () => {
    for (const source of ["", "x", "1, 2", ' "a"', '"a', '"a": 1', "1}", "// c\n1"]) {
      expect(() => json.write("{}", ["a"], source), source).toThrow(RangeError);
    }
    expect(() => json.write("{}", [], "1")).toThrow(RangeError);
  });

  test("keeps its promises for any object, however it is laid out", () => {
    const name = fc.constantFrom("a", "b", "c", "acme.example", 'é"', "__proto__", "constructor");
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, "x", null, [], [1, { a: 2 }], true),
        fc.dictionary(name, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).tree;
    const root = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });
    const layout = fc.constantFrom<[string, (text: string) => string]>(
      ["", (text) => text],
      ["", (text) => text.replaceAll('":', '" : ').replaceAll("{", "{ ")],
      ["  ", (text) => text],
      ["\t", (text) => `${text}\n`],
      ["   ", (text) => text.replaceAll("\n", "\r\n")],
      ["  ", (text) => text.replaceAll("{}", "{\n}").replaceAll("\n", "\n\n")],
    );
    const text = fc
      .tuple(root, layout)
      .map(([object, [space, change]]) => change(JSON.stringify(object, null, space)));
    const path = fc.array(fc.oneof(name, fc.constant("new")), { minLength: 1, maxLength: 4 });
    const source = fc.constantFrom("1", '"x"', '{"auth": "y"}', "{}", "null", "[]");
    let tried = 0;
    fc.assert(
      fc.property(
        fc.oneof(text, fc.constantFrom("", "\n", "\r\n", "{}", "{\n}\n", "{ }")),
        path,
        source,
        (text, path, source) => {
          try {
            json.read(text, path);
            json.write(text, path, source);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError); // something on the way is no object
            return;
          }
          tried += 1;
          expectLaws(json, text, path, source);
        },
      ),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(1000);
  });
});
