import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { toml } from "../../src/formats/toml.ts";
import { parseToml } from "../../src/formats/toml-value.ts";
import { expectLaws, expectLinesKept, textOf } from "./laws.ts";

const cargo = `# how we build
[build]
jobs   = 4            # the machine is small

[registries.other]    # theirs
index = "sparse+https://other.example/index/"
  # indented note

# next table's own comment
[net]
git-fetch-with-cli = true
`;

const uv = `# uv
[[index]]
name = "other"
url = "https://other.example/simple"

[[index]]
url = "https://acme.example/simple"
name = "fly"   # ours
explicit = true

[pip]
no-binary = [
  "a", # one
  "b",
]
`;

/** Files as people have them: cargo, uv, poetry's config and auth, pdm, bunfig, pyproject. */
const files: readonly string[] = [
  "",
  "\n",
  "\uFEFF",
  "# nothing yet",
  "# nothing yet\n",
  "# a file\n\n",
  "\r\n",
  cargo,
  uv,
  cargo.replaceAll("\n", "\r\n"),
  `\uFEFF${uv.trimEnd()}`,
  "[registries]\n",
  "[registries]",
  "x = 1\n\n[registries.fly]\n\n\n[z]\n",
  "x = 1\n[registries.fly]\n",
  'registries.other.index = "x"\nregistries.other.token = "y"\n\n[net]\nretry = 2\n',
  'registries = { other = { index = "x" }, fly = {} }\n[net]\n',
  "registries = {}",
  "registries = { }\n",
  '[registries]\nother = { index = "x" }\nfly = { index = "sparse+https://old.example/" } # mine\n',
  'index = [{ name = "other", url = "u" }]\n',
  "index = []\n\n[a]\nb = 1",
  'index = [\n  { name = "other", url = "u" },\n  { name = "fly" },\n]\n',
  '[[index]]\nname = "fly"\n',
  'a = 1\n\n[[index]]\nname="fly"\n\n[[index]]\nname="x"\n',
  '[[index]]\nname = "fly"\n[index.registries]\nx = 1\n\n[[index]]\nname = "b"\n',
  '[http-basic.other]\nusername = "bob"\npassword = \'keep\'\n\n[repositories.other]\nurl = "https://other.example/"\n\n[virtualenvs]\nin-project = true\n',
  '[pypi]\nurl = "https://pypi.example/simple"\nverify_ssl = true\n\n[repository.other]\nurl = "https://other.example"\nusername = "bob"\n',
  '[install]\nregistry = { url = "https://other.example/", token = "$NPM_TOKEN" }\n\n[install.scopes]\n"@other" = { token = "keep", url = "https://other.example/" }\n',
  '[project]\nname = "shop"\ndependencies = [\n  "flask>=3",  # web\n]\n\n[tool.poetry]\n\n[[tool.poetry.source]]\nname = "other"\nurl = "https://other.example/simple"\n\n[tool.uv]\n',
  '"registries"."fly"."index" = "quoted"\nbig = 9223372036854775807\nwhen = 1979-05-27T07:32:00-08:00\nday = 1979-05-27\nat = 07:32:00\nf = [inf, -inf, nan, 0x_ff]\n'.replace(
    "0x_ff",
    "0xff",
  ),
  'text = """\n[not.a.table]\nx = 1 # no comment\n"""\nlit = \'\'\'\n"""\'\'\'\n\n[net]\nx = 1\n',
  "inline = {\n  a = 1, # toml 1.1\n  b = 2,\n}\n",
];

const paths: readonly (readonly string[])[] = [
  ["publish-url"],
  ["registries", "fly", "index"],
  ["registries", "fly"],
  ["registry", "default"],
  ["net", "retry"],
  ["index[name=fly]", "url"],
  ["index[name=other]", "authenticate"],
  ["index[name=new.one]", "a", "b"],
  ["index[name=fly]", "registries", "x2"],
  ["tool", "poetry", "source[name=fly]", "url"],
  ["tool", "uv", "index[name=fly]", "publish-url"],
  ["http-basic", "fly", "password"],
  ["install", "scopes", "@acme", "token"],
  ["inline", "c"],
  ["inline", "d", "e"],
  ["text"],
  ["https://acme.example/a.b", 'quo"te', "é"],
];

describe("toml", () => {
  test("reads the source text of a value, however its table is written", () => {
    expect(toml.read(cargo, ["registries", "other", "index"])).toBe('"sparse+https://other.example/index/"');
    expect(toml.read(cargo, ["build", "jobs"])).toBe("4");
    expect(toml.read(uv, ["index[name=fly]", "url"])).toBe('"https://acme.example/simple"');
    expect(toml.read(uv, ["index[name=none]", "url"])).toBeUndefined();
    expect(toml.read(uv, ["pip", "no-binary"])).toBe('[\n  "a", # one\n  "b",\n]');
    expect(toml.read("a.b = { c = { 'd.e' = 1 } }", ["a", "b", "c", "d.e"])).toBe("1");
    expect(toml.read("\"registries\" . fly.index = 'x'", ["registries", "fly", "index"])).toBe("'x'");
    expect(toml.read('list = [{ name = "a", u = 1 }, { name = "b", u = 2 }]', ["list[name=b]", "u"])).toBe(
      "2",
    );
    expect(toml.read("[a]\n[a.b]\nc = 1", ["a", "b"])).toBeUndefined();
    expect(toml.read("\uFEFFa = 1\r\n", ["a"])).toBe("1");
    expect(toml.read("", ["a"])).toBeUndefined();
  });

  test("of strings it reads and writes every kind", () => {
    for (const source of ['"a\\"b"', "'a\"b'", '"""\na\\"b"""', "'''a\"b'''"])
      expect(toml.decode(source)).toBe('a"b');
    for (const source of ["1", "true", "[]", "x", '"a', '"a" "b"', '"a" # c', "1979-05-27", ""])
      expect(toml.decode(source), source).toBeUndefined();
    expect(() => toml.encode("\uD800")).toThrow(RangeError);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(toml.decode(toml.encode(value))).toBe(value);
      }),
      { numRuns: 50 },
    );
  });

  test("makes a new table at the end, after a blank line", () => {
    expect(toml.write(cargo, ["registries", "fly", "index"], '"x"')).toBe(
      `${cargo}\n[registries.fly]\nindex = "x"\n`,
    );
    expect(toml.write("", ["a b", "c"], "true")).toBe('["a b"]\nc = true\n');
    expect(toml.write("x = 1", ["a", "b"], "1")).toBe("x = 1\n\n[a]\nb = 1");
    expect(toml.write("x = 1\r\n", ["a", "b"], "1")).toBe("x = 1\r\n\r\n[a]\r\nb = 1\r\n");
    const first = toml.write("", ["index[name=fly]", "url"], '"u"');
    expect(first).toBe('[[index]]\nname = "fly"\nurl = "u"\n');
    expect(toml.write(first, ["index[name=fly]", "default"], "true")).toBe(`${first}default = true\n`);
  });

  test("adds a value after the last one of its table, not to the comment of the next", () => {
    expect(toml.write(cargo, ["registries", "other", "token"], '"x"')).toBe(
      cargo.replace('index/"\n', 'index/"\ntoken = "x"\n'),
    );
    expect(toml.write(uv, ["pip", "x"], "1")).toBe(`${uv}x = 1\n`);
    expect(toml.write(uv, ["index[name=fly]", "default"], "true")).toBe(
      uv.replace("explicit = true\n", "explicit = true\ndefault = true\n"),
    );
    expect(toml.write("[a]\n  b=1\n[c]", ["a", "d"], "2")).toBe("[a]\n  b=1\n  d=2\n[c]");
    expect(toml.write("x = 1\n[a]\n[a.b]\nc = 1\n", ["a", "d"], "2")).toBe(
      "x = 1\n[a]\n\nd = 2\n[a.b]\nc = 1\n",
    );
  });

  test("keeps a table in the form that it has", () => {
    expect(toml.write('r.o.i = "x"\n[n]\n', ["r", "f", "i"], '"y"')).toBe('r.o.i = "x"\nr.f.i = "y"\n[n]\n');
    expect(toml.write("r = { o = 1 }", ["r", "f", "i"], "2")).toBe("r = { o = 1, f = { i = 2 } }");
    expect(toml.write("r = { f.o = 1 }", ["r", "f", "i"], "2")).toBe("r = { f.o = 1, f.i = 2 }");
    expect(toml.write("r = {}", ["r", "i"], "2")).toBe("r = {i = 2}");
    expect(toml.write('i = [{ name = "a" }]', ["i[name=b]", "u"], "2")).toBe(
      'i = [{ name = "a" }, { name = "b", u = 2 }]',
    );
    expect(toml.write('[[i]]\nname = "a"\n[i.s]\nx = 1\n[[i]]\n', ["i[name=a]", "s", "y"], "2")).toBe(
      '[[i]]\nname = "a"\n[i.s]\nx = 1\ny = 2\n[[i]]\n',
    );
    expect(toml.write('[[i]]\nname = "a"\nu = 1\n[[i]]\n', ["i[name=a]", "s", "y"], "2")).toBe(
      '[[i]]\nname = "a"\nu = 1\ns.y = 2\n[[i]]\n',
    );
  });

  test("root values go before the first table, below the comment of the file", () => {
    expect(toml.write("[a]\n", ["k"], "1")).toBe("k = 1\n\n[a]\n");
    expect(toml.write("# a's\n[a]\n", ["k"], "1")).toBe("k = 1\n\n# a's\n[a]\n");
    expect(toml.write("# the file's\n\n[a]\n", ["k"], "1")).toBe("# the file's\n\nk = 1\n\n[a]\n");
    expect(toml.write("j = 1 # one\n\n[a]\n", ["k"], "2")).toBe("j = 1 # one\nk = 2\n\n[a]\n");
  });

  test("changes a value in place and leaves the comment after it", () => {
    expect(toml.write(cargo, ["build", "jobs"], "8")).toBe(cargo.replace("= 4 ", "= 8 "));
    expect(toml.write(uv, ["pip", "no-binary"], "[]")).toContain("[pip]\nno-binary = []\n");
    expect(toml.write("a = '''\nx\n''' # c\r\n", ["a"], '"y"')).toBe('a = "y" # c\r\n');
  });

  test.each([
    ["a second value of one name", "a = 1\na = 2", 2],
    ["a table of one name twice", "[a]\n\n[a]\n", 3],
    ["no value", "x = 1\na =\n", 2],
    ["a string that is not closed", 'x = 1\na = "b\n', 2],
    ["a header that is not closed", "x = 1\n[a\n", 2],
    ["a NUL character", "x = 1\n# \0\n", 2],
    ["line breaks of old Macs", "a = 1\rb = 2\r", 1],
    ["JSON", '{"a": 1}', 1],
  ])("refuses %s", (_what, text, line) => {
    expect(() => toml.read(text, ["a"])).toThrow(ParseError);
    expect(() => toml.write(text, ["a"], "1")).toThrow(expect.objectContaining({ name: "ParseError", line }));
    expect(() => toml.erase(text, ["a"])).toThrow(ParseError);
  });

  test("refuses a nest that no parser survives", () => {
    expect(() => toml.read(`a = ${"[".repeat(50_000)}${"]".repeat(50_000)}`, ["a"])).toThrow(ParseError);
  });

  test("refuses to put a value into what is no table, or in place of one", () => {
    expect(() => toml.write('x = 1\na = "b"\n', ["a", "b"], "1")).toThrow(
      expect.objectContaining({ line: 2 }),
    );
    for (const text of ["a = [1]", "a = [[1]]", "a = []", "[[a]]\nb = 1\n"])
      expect(() => toml.write(text, ["a", "b"], "1"), text).toThrow(ParseError);
    for (const text of ["a.b.c = 1", "[a.b]", "[a.b.c]", "[[a.b]]", "a = { b.c = 1 }"])
      expect(() => toml.write(text, ["a", "b"], "1"), text).toThrow(ParseError);
    expect(() => toml.write("a = 1", ["a[name=b]", "c"], "1")).toThrow(ParseError);
  });

  test("refuses a source that is not one value", () => {
    for (const source of ["", "x", "1\ny = 2", " 1", '"a', "1 # c", "1\n", "\n1", "1, 2", "01"])
      expect(() => toml.write("", ["a"], source), source).toThrow(RangeError);
    expect(() => toml.write("", [], "1")).toThrow(RangeError);
    expect(() => toml.write("", ["a[name=b]"], "1")).toThrow(RangeError);
  });

  test("leaves numbers and dates alone that JavaScript cannot hold", () => {
    const text = "big = 9223372036854775807\nd = 2024-02-29T23:59:59.999999999Z\nt = 07:32:00.5\nn = nan\n";
    expect(toml.write(text, ["a", "b"], "9007199254740993")).toBe(`${text}\n[a]\nb = 9007199254740993\n`);
    expect(toml.read(text, ["big"])).toBe("9223372036854775807");
  });

  test.each(files.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    "keeps its promises in %s",
    (_name, text) => {
      const source = '["cargo:token"]';
      for (const path of paths) {
        const fresh = toml.read(text, path) === undefined;
        if (fresh && isTableIn(text, path)) {
          expect(() => toml.write(text, path, source)).toThrow(ParseError);
          continue;
        }
        expectLaws(toml, text, path, source);
        if (fresh) expectLinesKept(text, toml.write(text, path, source), 1);
      }
    },
  );

  test("takes a table that it made away although something stands above it now", () => {
    const path = ["index[name=fly]", "url"];
    expect(toml.erase(`# later\n${toml.write("", path, '"u"')}`, path)).toBe("# later\n");
    expect(toml.erase(`${toml.write("", path, '"u"')}\n[later]\n`, path)).toBe("\n[later]\n");
    const fuller = '[[index]]\nname = "fly"\nurl = "u"\nx = 1\n';
    expect(toml.erase(fuller, path)).toBe('[[index]]\nname = "fly"\nx = 1\n');
  });

  test("takes back all of several values, in any order", () => {
    const several = [
      ["registry", "default"],
      ["registries", "fly", "index"],
      ["registries", "fly", "token"],
      ["index[name=fly]", "url"],
      ["index[name=fly]", "default"],
      ["publish-url"],
    ];
    for (const text of files) {
      const written = several
        .filter((path) => toml.read(text, path) === undefined && !isTableIn(text, path))
        .reduce((after, path) => toml.write(after, path, '"x"'), text);
      const added = several.filter((path) => toml.read(written, path) !== toml.read(text, path));
      fc.assert(
        fc.property(fc.shuffledSubarray(added, { minLength: added.length }), (order) => {
          const left = order.reduce((after, path) => toml.erase(after, path), written);
          expect(order.map((path) => toml.read(left, path))).toEqual(order.map(() => undefined));
          const reverse = [...added].reverse().reduce((after, path) => toml.erase(after, path), written);
          expect(reverse).toBe(text);
        }),
        { numRuns: 10 },
      );
    }
  });

  test("keeps its promises for any mixture of lines", () => {
    const line = fc.constantFrom(
      "[a]",
      "[a.b]",
      "[a.b.c]",
      "[[i]]",
      "[i.s]",
      "[[a.i]]",
      '["q.r"]',
      "[x]  # c",
      "",
      "# note",
      "  ",
      'name = "n"',
      'name = "m"',
      "  name='n'",
      "b.c = 1",
      "b = { c = 1 }",
      "b = {}",
      "s = { }",
      "k=[1,\n 2] # c",
      'k = """\n[a]\n"""',
      "i = []",
      'i = [{name = "n"}]',
      "a.b = {c = 1, d.e = 2}",
      "c = 1",
    );
    const name = fc.constantFrom(
      "a",
      "b",
      "c",
      "i",
      "s",
      "k",
      "i[name=n]",
      "i[name=new]",
      "q.r",
      "__proto__",
    );
    let tried = 0;
    fc.assert(
      fc.property(
        textOf(line, { bom: true }),
        fc.array(name, { maxLength: 3 }),
        fc.constantFrom("b", "c", "k", "name", "new"),
        fc.constantFrom("1", "'x'", "[1]", "{ y = 1 }", "{}"),
        (text, parents, last, source) => {
          const path = [...parents, last];
          try {
            toml.write(text, path, source);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError); // it is not TOML, or something on the way is no table
            return;
          }
          tried += 1;
          expectLaws(toml, text, path, source);
        },
      ),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(500);
  });
});

/** Whether a table is where a value would go. */
function isTableIn(text: string, [first = "", ...rest]: readonly string[]): boolean {
  const inner = parseToml(text)[first];
  return (
    rest.reduce<unknown>((table, name) => (table as Record<string, unknown> | undefined)?.[name], inner) !==
    undefined
  );
}
