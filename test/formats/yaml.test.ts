import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ParseError } from "../../src/formats/format.ts";
import { yaml } from "../../src/formats/yaml.ts";
import { expectLaws, expectLinesKept } from "./laws.ts";

const yarn = `# mine
nodeLinker: node-modules

npmRegistries:
    "//other.example/npm":
        npmAlwaysAuth:   true # always
        npmAuthToken: 'keep-me'

    # nobody's

npmScopes: { other: { npmRegistryServer: "https://other.example/" } }
# end
`;

const helm = `apiVersion: ""
repositories:
- name: other
  url: https://other.example/charts
`;

const token = ["npmRegistries", "//acme.example/npm/", "npmAuthToken"];

describe("yaml", () => {
  test("reads the source text of a value, in block and in flow style", () => {
    expect(yaml.read(yarn, ["nodeLinker"])).toBe("node-modules");
    expect(yaml.read(yarn, ["npmRegistries", "//other.example/npm", "npmAuthToken"])).toBe("'keep-me'");
    expect(yaml.read(yarn, ["npmScopes", "other", "npmRegistryServer"])).toBe('"https://other.example/"');
    expect(yaml.read(helm, ["repositories[name=other]", "url"])).toBe("https://other.example/charts");
    expect(yaml.read(helm, ["repositories[name=none]", "url"])).toBeUndefined();
    expect(yaml.read("channels:\n- a\n- b\n", ["channels"])).toBe("\n- a\n- b");
    expect(yaml.read("channels: [a, b] # c\n", ["channels[=b]"])).toBe("b");
    expect(yaml.read("a:\n", ["a"])).toBe("");
    expect(yaml.read("a: ~\n", ["a", "b"])).toBeUndefined();
    expect(yaml.read("%YAML 1.2\n---\n:fly: x\n...\n", [":fly"])).toBe("x");
    for (const text of ["", "\n", "# c", "---\n", "\uFEFF"]) expect(yaml.read(text, ["a"])).toBeUndefined();
  });

  test("adds a member with its parents in the file's own indentation, after the last one", () => {
    expect(yaml.write(yarn, token, '"x"')).toBe(
      yarn.replace("'keep-me'\n", '\'keep-me\'\n    "//acme.example/npm/":\n        npmAuthToken: "x"\n'),
    );
    expect(yaml.write("a: 1\r\n# end", ["b", "c"], "2")).toBe("a: 1\r\nb:\r\n  c: 2\r\n# end");
    expect(yaml.write("a: 1", ["b"], "2")).toBe("a: 1\nb: 2");
  });

  test("writes into what is empty, so that it can be told from what it makes", () => {
    expect(yaml.write("", token, '"x"')).toBe(
      'npmRegistries:\n  "//acme.example/npm/":\n    npmAuthToken: "x"\n',
    );
    expect(yaml.write("---\n# c\n", [":fly"], '"x"')).toBe('---\n# c\n:fly: "x"\n');
    expect(yaml.write("a: # c\nb: 1\n", ["a", "d"], "2")).toBe("a: { d: 2 } # c\nb: 1\n");
    expect(yaml.write("a: {}\n", ["a", "d"], "2")).toBe("a: {d: 2}\n");
    expect(yaml.write("a: {b: 1}\n", ["a", "d", "e"], "2")).toBe("a: {b: 1, d: { e: 2 }}\n");
    expect(yaml.write("a: []\n", ["a[=x]"], "x")).toBe("a: [x]\n");
  });

  test("adds an item to a sequence in the manner of the file", () => {
    const written = yaml.write(helm, ["repositories[name=fly]", "url"], '"u"');
    expect(written).toBe(`${helm}- name: "fly"\n  url: "u"\n`);
    const both = yaml.write(written, ["repositories[name=fly]", "password"], '"p"');
    expect(both).toBe(`${written}  password: "p"\n`);
    const back = yaml.erase(yaml.erase(both, ["repositories[name=fly]", "password"]), [
      "repositories[name=fly]",
      "url",
    ]);
    expect(back).toBe(helm);
    expect(yaml.write("channels:\n  - a\nb: 1\n", ["channels[=c]"], '"c"')).toBe(
      'channels:\n  - a\n  - "c"\nb: 1\n',
    );
    expect(yaml.write("b: 1\n", ["channels[=c]"], '"c"')).toBe('b: 1\nchannels:\n- "c"\n');
  });

  test("keeps an item that had no more than its name", () => {
    const lonely = '- name: "fly"';
    expectLaws(yaml, `repositories:\n${lonely}\n`, ["repositories[name=fly]", "url"], '"u"');
    expectLaws(yaml, "repositories: [{name: fly}]\n", ["repositories[name=fly]", "url"], '"u"');
  });

  test("edits a value in place, whatever its style", () => {
    for (const value of [
      "plain value",
      "'single'",
      '"double"',
      "|-\n  block\n  more",
      ">\n  folded",
      "{a: 1}",
      "\n  b: 1",
      "\n  - x",
      "",
      "~",
    ]) {
      const text = `# top\nx: 1\na:${/^(\n|$)/.test(value) ? "" : " "}${value}\ny: 2 # end\n`;
      expect(yaml.read(text, ["a"]), text).toBe(value);
      expect(yaml.write(text, ["a"], '"new"')).toBe('# top\nx: 1\na: "new"\ny: 2 # end\n');
      expectLaws(yaml, text, ["a"], '"new"');
      expect(yaml.erase(text, ["a"])).toBe("# top\nx: 1\ny: 2 # end\n");
    }
  });

  test("replaces a whole sequence and puts it back", () => {
    const gemrc = ":sources:\n- https://a.example/ # one\n- https://b.example/\ngem: --no-document\n";
    const written = yaml.write(gemrc, [":sources"], '\n- "https://c.example/"');
    expect(written).toBe(':sources:\n- "https://c.example/"\ngem: --no-document\n');
    expect(yaml.write(written, [":sources"], yaml.read(gemrc, [":sources"]) ?? "")).toBe(gemrc);
    expectLaws(yaml, "gem: x\n", [":sources"], '\n- "https://c.example/"');
  });

  test("takes an item's first member from beside its dash", () => {
    expect(yaml.erase("r:\n- name: a\n  url: u\n", ["r[url=u]", "name"])).toBe("r:\n- url: u\n");
    expect(() => yaml.erase("r:\n- name: a\n  # c\n  url: u\n", ["r[url=u]", "name"])).toThrow(ParseError);
  });

  test("quotes a name only where a reader could take it for something else", () => {
    const written = (name: string) => yaml.write("", [name], "1");
    for (const name of [
      ":fly",
      "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
      "https://acme.example/api/gems",
      "a.b-c",
    ])
      expect(written(name)).toBe(`${name}: 1\n`);
    for (const name of [
      "//acme.example/",
      "yes",
      "Null",
      "1",
      "",
      "a b",
      "a:",
      "- a",
      "é",
      "*x",
      "&x",
      "!x",
      "<<",
    ])
      expect(written(name)).toBe(`${JSON.stringify(name)}: 1\n`);
  });

  test("encodes any string so that it is read back, and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const source = yaml.encode(value);
        expect(yaml.decode(source)).toBe(value);
        expect(source).not.toMatch(/[\p{Cc}\u2028\u2029\uFEFF]/u);
        expect(yaml.read(yaml.write("a: {}", ["a", "b"], source), ["a", "b"])).toBe(source);
      }),
    );
    for (const [source, value] of [
      ["plain", "plain"],
      ["'it''s'", "it's"],
      ['"\\x41"', "A"],
      ["|-\n  a\n  b", "a\nb"],
      ['"1"', "1"],
    ])
      expect(yaml.decode(source ?? "")).toBe(value);
    for (const source of ["1", "true", "~", "", "[a]", "{a: b}", '"open', "*x"])
      expect(yaml.decode(source)).toBeUndefined();
    expect(() => yaml.encode("\uD800")).toThrow(RangeError);
  });

  test.each([
    ["two documents", "a: 1\n---\nb: 2\n", 2],
    ["a key that stands there twice", "x: 0\na: 1\na: 2\n", 3],
    ["keys that are the same as names", '1: x\n"1": y\n', 1],
    ["tabs for indentation", "x:\n\ty: 1\n", 2],
    ["half a file", "a: {b: \n", 1],
    ["an open quote", 'a: "b\n', 2],
    ["a NUL character", "x: 1\na: \0\n", 2],
    ["bare carriage returns", "x: 1\ra: 2\n", 1],
    ["an alias without an anchor", "a: *b\n", 1],
    ["a sequence at the root", "- a\n", 1],
    ["a scalar at the root", "just words\n", 1],
    ["a bracket without end", "[".repeat(20_000), 1],
  ])("refuses %s", (_what, text, line) => {
    expect(() => yaml.read(text, ["a"])).toThrow(ParseError);
    expect(() => yaml.write(text, ["a"], "1")).toThrow(expect.objectContaining({ name: "ParseError", line }));
    expect(() => yaml.erase(text, ["a"])).toThrow(ParseError);
  });

  test.each([
    ["a value that others share", "x: &x\n  b: 1\ny: *x\n", ["x", "b"]],
    ["a value that others share, before something is added", "x: &x\n  b: 1\ny: *x\n", ["x", "c"]],
    ["what is behind an alias", "x: &x\n  b: 1\ny: *x\n", ["y", "b"]],
    ["what a merge key may bring", "x: &x {b: 1}\ny:\n  <<: *x\n", ["y", "b"]],
    ["a value with an anchor", "a: &a 1\nb: *a\n", ["a"]],
    ["a value with a tag", "a: !!str 1\n", ["a"]],
    ["a list where a mapping is needed", "a: [b]\n", ["a", "b"]],
    ["a word where a mapping is needed", "a: b\n", ["a", "b"]],
    ["a mapping where a list is needed", "a: {b: 1}\n", ["a[=b]"]],
    ["a null that is written out", "a: ~\n", ["a", "b"]],
    ["two items where one is meant", "a: [{k: v}, {k: v}]\n", ["a[k=v]", "b"]],
    ["a document that has ended", "# none\n...\n", ["a"]],
  ])("refuses to change %s", (_what, text, path) => {
    expect(() => yaml.write(text, path, '"x"')).toThrow(ParseError);
  });

  test("edits beside anchors, aliases, tags and merge keys", () => {
    const text = "x: &x !map\n  b: 1\ny: *x\nz:\n  <<: *x\n  d: 1\n";
    expectLaws(yaml, text, ["a"], '"x"');
    expect(yaml.write(text, ["z", "d"], "2")).toBe(text.replace("d: 1", "d: 2"));
    expect(() => yaml.erase(text, ["z", "d"])).toThrow(ParseError); // the merge key may bring it back
  });

  test("refuses a source that is not one value", () => {
    for (const source of [
      "a: b",
      "1\nb: 2",
      " a",
      "a ",
      "'a",
      "[a",
      "a # c",
      "# c",
      "- a",
      "--- a",
      "*x",
      "&x a",
      "\n- a\nb: 1",
      "\nb",
    ])
      expect(() => yaml.write("", ["a"], source), source).toThrow(RangeError);
    expect(() => yaml.write("{}", [], "1")).toThrow(RangeError);
    expect(() => yaml.write("a: [x]", ["a[=y]"], "z")).toThrow(ParseError);
    expect(() => yaml.write("a: [x]", ["a[=y]"], "y, z")).toThrow(ParseError);
  });

  test("keeps its promises for files that people have", () => {
    const files = [
      yarn,
      helm,
      `yarnPath: .yarn/releases/yarn-4.18.1.cjs\nnpmRegistryServer: "https://registry.example"\npackageExtensions:\n  "a@*":\n    dependencies:\n      b: "^1"\n`,
      `---\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_WITHOUT: "development:test"\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "https://m.example/"\n`,
      `---\n:rubygems_api_key: rubygems_0123\n:fly: Basic b2xk\nhttps://other.example: keep-me\n`,
      `---\n:backtrace: false\n:sources:\n- https://a.example/\n- https://b.example/\n:update_sources: true\ngem: --no-document\n`,
      `channels:\n  - conda-forge\n  - defaults\nssl_verify: <truststore>\ncustom_channels:\n  acme: https://acme.example\n\n# end`,
      `# comment\n\n---\n# only`,
      "",
      "\n\n",
      "{a: 1, repositories: [{name: other}]}",
      "{\n  a: 1,\n  b: 2,\n}\n",
    ];
    const paths = [
      token,
      [":fly"],
      [":sources"],
      [":sources[=https://a.example/]"],
      ["channels[=https://a.example/]"],
      ["repositories[name=fly]", "url"],
      ["repositories[name=other]", "url"],
      ["BUNDLE_PATH"],
      ["custom_channels", "acme"],
      ["a"],
    ];
    const variants = [
      (text: string) => text,
      (text: string) => text.replaceAll("\n", "\r\n"),
      (text: string) => text.trimEnd(),
      (text: string) => `\uFEFF${text}`,
    ];
    let turn = 0;
    for (const file of files)
      for (const path of paths) {
        const text = variants[turn++ % variants.length]?.(file) ?? file;
        expectLaws(yaml, text, path, '"https://a.example/"');
        if (!file.startsWith("{")) expectLinesKept(text, yaml.write(text, path, '"https://a.example/"'), 4);
      }
    expect(turn).toBeGreaterThan(100);
  });

  test("keeps its promises for any mapping, however it is laid out", () => {
    const name = fc.constantFrom("a", "b", "c", "//acme.example/", ":d", 'é"', "__proto__", "1", "null");
    const leaf = fc.constantFrom(1, "x", "multi\nline\n", "# no comment", null, true, "", "a: b");
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(
          fc.oneof(
            leaf,
            fc.dictionary(fc.constantFrom("k", "l"), leaf, { maxKeys: 2, noNullPrototype: true }),
          ),
          { maxLength: 3 },
        ),
        fc.dictionary(name, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    const layout = fc.record({
      indent: fc.constantFrom(1, 2, 4),
      indentSeq: fc.boolean(),
      nullStr: fc.constantFrom("", "~"),
      collectionStyle: fc.constantFrom("any", "any", "flow"),
      flowCollectionPadding: fc.boolean(),
      trailingComma: fc.boolean(),
      defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL"),
    } as const);
    const change = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.replaceAll("\n", "\r\n"),
      (text) => text.trimEnd(),
      (text) => `---\n${text}`,
      (text) => `# top\n${text}# end\n`,
      (text) => text.replace(/\n(?=\w)/g, "\n\n# between\n"),
    );
    const root = fc.dictionary(name, tree, { maxKeys: 4, noNullPrototype: true });
    const text = fc
      .tuple(root, layout, change)
      .map(([value, how, alter]) => alter(stringify(value, { ...how, lineWidth: 0 })));
    const step = fc.oneof(name, fc.constantFrom("new", "a[k=x]", "b[k=x]", "c[l=new]"));
    const path = fc
      .tuple(fc.array(step, { minLength: 1, maxLength: 3 }), name)
      .map(([steps, last]) => [...steps, last]);
    const source = fc.constantFrom("1", '"x"', "'y'", '{ "auth": "y" }', "{}", "[a, b]", "~");
    let tried = 0;
    fc.assert(
      fc.property(
        text,
        fc.oneof(path, fc.tuple(name), fc.constantFrom(["a[=x]"], ["new[=x]"])),
        source,
        (text, path, source) => {
          const one = path.at(-1)?.endsWith("[=x]") ? '"x"' : source;
          try {
            yaml.read(text, path);
            yaml.write(text, path, one);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError); // something on the way is of another kind
            return;
          }
          tried += 1;
          expectLaws(yaml, text, path, one);
        },
      ),
      { numRuns: 400 },
    );
    expect(tried).toBeGreaterThan(100);
  });
});
