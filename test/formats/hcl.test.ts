import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { hcl } from "../../src/formats/hcl.ts";
import { expectLaws } from "./laws.ts";

const token = ['credentials "acme.example"', "token"];
const mirror = (url: string) => ["provider_installation", `network_mirror[url=${url}]`];

const settings = `# mine
plugin_cache_dir = "$HOME/.terraform.d/plugin-cache" # shared

credentials "acme.example" {
  token = "old" // one
}

provider_installation {
  network_mirror {
    url     = "https://a.example/"
    include = ["example.com/*/*"]
  }
  direct {}
}
`;

describe("hcl", () => {
  test("reads attributes and blocks as they stand, by their headers or by what is in them", () => {
    expect(hcl.read(settings, ["plugin_cache_dir"])).toBe('"$HOME/.terraform.d/plugin-cache"');
    expect(hcl.read(settings, token)).toBe('"old"');
    expect(hcl.read(settings, ["provider_installation", "direct"])).toBe("{}");
    expect(hcl.read(settings, [...mirror("https://a.example/"), "include"])).toBe('["example.com/*/*"]');
    expect(hcl.read(settings, mirror("https://b.example/"))).toBeUndefined();
    for (const path of [[], ["direct"], ["credentials"], ["plugin_cache_dir", "x"]])
      expect(hcl.read(settings, path), path.join()).toBeUndefined();
  });

  test("takes the spellings that terraform takes", () => {
    for (const text of [
      'credentials acme.example { token = "x" }',
      '"credentials" "acme.example"{"token"="x"}',
      'credentials\n"acme.example" // c\n{ a = 1, token /* c */ = "x", }',
      'credentials "acme.example" { token = "w" } credentials "acme.example" { a = 1 token = "x" }',
      'credentials "acme.example" {\r\n  a = <<EOT\r\n}\r\n  EOT\r\n  token = "x"\r\n}',
      'a = "${b("x {}")} $ {"\ncredentials "acme.example" { token = "x" }',
      'a = -1.5e3\nb = 0x1F, c = [1, "]", { d = true },]\ncredentials "acme.example" { token = "x" }',
    ])
      expect(hcl.read(text, token), text).toBe('"x"');
  });

  test("changes one value, and adds blocks behind an empty line", () => {
    expect(hcl.write(settings, token, '"new"')).toBe(settings.replace('"old"', '"new"'));
    expect(hcl.write("", token, '"x"')).toBe('credentials "acme.example" {\n  token = "x"\n}\n');
    expect(hcl.write("a = 1\r\n", token, '"x"')).toBe(
      'a = 1\r\n\r\ncredentials "acme.example" {\r\n  token = "x"\r\n}\r\n',
    );
  });

  test("adds to a block in its own manner", () => {
    const added = '{ url = "https://b.example/" }';
    const path = mirror("https://b.example/");
    expect(hcl.write(settings, path, added)).toBe(
      settings.replace("  direct {}\n", `  direct {}\n  network_mirror ${added}\n`),
    );
    expect(hcl.write("provider_installation { direct {} }", path, added)).toBe(
      `provider_installation { direct {} network_mirror ${added} }`,
    );
    expect(hcl.write("provider_installation {\n}", path, added)).toBe(
      `provider_installation {network_mirror ${added}\n}`,
    );
    expect(hcl.write("b {\n\ta = 1, # one\n\n\t# end\n}", ["b", "c"], "2")).toBe(
      "b {\n\ta = 1, # one\n\tc = 2\n\n\t# end\n}",
    );
  });

  test("writes strings, and reads those that say what they are", () => {
    for (const value of ["", 'a"b\\c', "é", "flyt_x", "$x", "{"])
      expect(hcl.decode(hcl.encode(value))).toBe(value);
    for (const value of ["${x}", "a\u007fb"]) expect(() => hcl.encode(value), value).toThrow(RangeError);
    for (const source of ['"${x}"', "1", '"\\x41"', "<<A\nA", '"a'])
      expect(hcl.decode(source), source).toBeUndefined();
  });

  test.each([
    ["a string without an end", 'a = 1\nb = "x\n', 2],
    ["a template without an end", 'a = "${x"\n', 1],
    ["a brace without an end", "a = 1\nb {\n c = 1\n", 2],
    ["a brace too many", "a {}\n}\n", 2],
    ["a value without a name", "1 = 1", 1],
    ["a name without a value", "a\nb\n", 3],
    ["a bare word for a value", "a = b", 1],
    ["a comment without an end", "a = 1\n/* x", 2],
    ["a heredoc without an end", "a = <<EOT\nx\n", 1],
    ["a list without commas", "a = [1 2]", 1],
    ["JSON", '{"credentials": {}}', 1],
    ["a byte order mark", "\uFEFFa = 1", 1],
    ["a NUL character", "a = 1\n\0", 2],
    ["a semicolon", "a = 1; b = 2", 1],
    ["a name that is a value", "true = 1", 1],
    ["a number that runs into a word", "a = 1a", 1],
  ])("refuses %s, as terraform does", (_, text, line) => {
    expect(() => hcl.read(text, token)).toThrow(expect.objectContaining({ name: "ParseError", line }));
    expect(() => hcl.write(text, token, '"x"')).toThrow(ParseError);
    expect(() => hcl.erase(text, token)).toThrow(ParseError);
  });

  test("refuses what would not read back", () => {
    for (const source of ["", "x", '"a', '"a"\nb = 1', "} a {", '"x" # c', "1 2", " 1"])
      expect(() => hcl.write("", token, source), source).toThrow(RangeError);
    for (const path of [[], [""], ["a b"], ['credentials "x'], ["a", "b=1\nc"]])
      expect(() => hcl.write("", path, "1"), path.join()).toThrow(RangeError);
    expect(() => hcl.write("", mirror("https://b.example/"), '{ url = "other" }')).toThrow(RangeError);
    expect(() => hcl.write('credentials "acme.example" { a = <<E\nE\n}', token, '"x"')).toThrow(ParseError);
  });

  test("keeps its promises for any settings, however they are laid out", () => {
    const value = fc.constantFrom(
      '"x"',
      "1",
      "true",
      '["a", 1]',
      "{ a = 1 }",
      '"${a("{}")}"',
      '<<E\n} "\nE',
      '"# no"',
    );
    const name = fc.constantFrom("a", "b", "token", 'credentials "x"', "url");
    const white = fc.constantFrom("\n", "\n  ", "\n\n", " # c\n", "\n// {\n\t", " ", " /* } */ ", ", ", "\n");
    const { body } = fc.letrec<{ body: string }>((tie) => ({
      body: fc
        .array(
          fc.oneof(
            { maxDepth: 2 },
            fc
              .tuple(fc.constantFrom("a", "b", "token", "url"), fc.constantFrom(" = ", "="), value)
              .map((parts) => parts.join("")),
            fc
              .tuple(
                name,
                fc.constantFrom(" {", "{", " { ", " {\n  ", " {\n"),
                tie("body"),
                fc.constantFrom("", " ", "\n"),
              )
              .map(([header, open, inner, close]) => `${header}${open}${inner}${close}}`),
          ),
          { maxLength: 3 },
        )
        .chain((items) =>
          fc
            .array(white, { minLength: items.length, maxLength: items.length })
            .map((gaps) => items.map((item, index) => item + (gaps[index] ?? "")).join("")),
        ),
    }));
    const text = fc
      .tuple(body, fc.constantFrom("", "# c\n", "\n"), fc.boolean())
      .map(([inner, top, crlf]) => (crlf ? (top + inner).replaceAll("\n", "\r\n") : top + inner));
    const path = fc.array(name, { minLength: 1, maxLength: 3 });
    let tried = 0;
    fc.assert(
      fc.property(text, path, fc.constantFrom('"y"', "[1]", "{ u = 1 }"), (text, path, source) => {
        try {
          hcl.write(text, path, source);
          hcl.erase(text, path);
        } catch (error) {
          // An attribute has no labels; and some shapes leave no room.
          expect(error).toBeInstanceOf(path.at(-1)?.includes('"') ? Error : ParseError);
          return;
        }
        tried += 1;
        expectLaws(hcl, text, path, source);
      }),
      { numRuns: 5000 },
    );
    expect(tried).toBeGreaterThan(2000);
  });
});
