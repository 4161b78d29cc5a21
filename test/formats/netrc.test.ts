import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/formats/format.ts";
import { netrc } from "../../src/formats/netrc.ts";
import { expectLaws, expectLinesKept, mixed, textOf } from "./laws.ts";

const login = ["acme.example", "login"];
const password = ["acme.example", "password"];

const realWorld = `# my machines
machine git.example
  login alice   # me
  password "with \\"quotes\\" and space"

machine ftp.example user bob password s3cret account x
macdef init
cd /pub
machine not.example login no

# everybody else
default login anonymous password me@example
`;

describe("netrc", () => {
  test("reads words on one or several lines, quoted or not, and no macro or comment", () => {
    expect(netrc.read(realWorld, ["git.example", "login"])).toBe("alice");
    expect(netrc.read(realWorld, ["git.example", "password"])).toBe('"with \\"quotes\\" and space"');
    expect(netrc.read(realWorld, ["ftp.example", "login"])).toBe("bob");
    expect(netrc.read(realWorld, ["ftp.example", "account"])).toBe("x");
    expect(netrc.read(realWorld, ["not.example", "login"])).toBeUndefined();
    expect(netrc.read(realWorld, ["", "login"])).toBe("anonymous");
    expect(netrc.read("machine a login password password login\n", ["a", "password"])).toBe("login");
  });

  test("of several entries for one machine it takes the last, as Python's netrc does", () => {
    const text = "machine a login one password 1\nmachine a login two\n";
    expect(netrc.read(text, ["a", "login"])).toBe("two");
    expect(netrc.read(text, ["a", "password"])).toBeUndefined();
    expect(netrc.write(text, ["a", "login"], "three")).toBe(
      "machine a login one password 1\nmachine a login three\n",
    );
  });

  test("changes one word in place and nothing else", () => {
    expect(netrc.write(realWorld, ["git.example", "password"], "new")).toBe(
      realWorld.replace('"with \\"quotes\\" and space"', "new"),
    );
  });

  test("puts a new entry before the default one and its comment", () => {
    const once = netrc.write(realWorld, login, "alice");
    const twice = netrc.write(once, password, "tok");
    expect(twice).toBe(
      realWorld.replace("# everybody", "machine acme.example login alice password tok\n# everybody"),
    );
    expect(netrc.erase(netrc.erase(twice, password), login)).toBe(realWorld);
    expect(netrc.erase(netrc.erase(twice, login), password)).toBe(realWorld);
  });

  test("puts a missing field where the entry's other fields stand", () => {
    expect(netrc.write("machine a\n\tlogin x # c\n\nmachine b login y\n", ["a", "password"], "p")).toBe(
      "machine a\n\tlogin x # c\n\tpassword p\n\nmachine b login y\n",
    );
    expect(netrc.write("machine a login x machine b login y", ["a", "password"], "p")).toBe(
      "machine a login x password p machine b login y",
    );
    expect(netrc.write("", login, "x")).toBe("machine acme.example login x\n");
    expect(netrc.write("machine a login x", login, "x")).toBe(
      "machine a login x\nmachine acme.example login x",
    );
    expect(netrc.write("machine a login b default login c\r\n", login, "x")).toBe(
      "machine a login b machine acme.example login x default login c\r\n",
    );
  });

  test.each([
    ["an unknown word", "machine a login b\nfoo bar\n", 2],
    ["a field outside an entry", "login a\n", 1],
    ["a field without a value", "machine a login", 1],
    ["quotes that are not closed", 'machine a\nlogin "b\n', 2],
    ["words glued to quotes", 'machine a login "b"c\n', 1],
    ["a macro that does not end", "machine a login b\nmacdef init\ncd /\n", 2],
    ["a byte order mark", "\uFEFFmachine a login b\n", 1],
    ["a NUL character", "machine a\nlogin b\0\n", 2],
  ])("refuses %s", (_what, text, line) => {
    expect(() => netrc.read(text, login)).toThrow(ParseError);
    expect(() => netrc.write(text, login, "x")).toThrow(expect.objectContaining({ line }));
    expect(() => netrc.erase(text, login)).toThrow(ParseError);
  });

  test("refuses what would be more or less than one word", () => {
    for (const source of ["", "a b", "a\nmachine b", '"a', '"a" "b"', "a\0"]) {
      expect(() => netrc.write("", login, source), JSON.stringify(source)).toThrow(RangeError);
    }
    expect(() => netrc.write("", ["a b", "login"], "x")).toThrow(RangeError);
    expect(() => netrc.write("", ["a", "macdef"], "x")).toThrow(RangeError);
  });

  test("keeps its promises for any text", () => {
    const machine = fc.constantFrom("a", "b", "acme.example");
    const field = fc
      .tuple(
        fc.constantFrom("login", "user", "password", "account"),
        fc.constantFrom("x", '"y z"', "p\\ q", "#h", "é"),
      )
      .map((pair) => pair.join(" "));
    const comment = fc.constantFrom("", "", " # c", "  ");
    const entry = fc
      .tuple(
        machine,
        fc.array(field, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(" ", "\n  ", "\n\t"),
        comment,
      )
      .map(([name, fields, between, end]) => `machine ${[name, ...fields].join(between)}${end}`);
    const line = fc.oneof(
      entry,
      entry,
      fc.constantFrom(
        "",
        "# c",
        "machine bare",
        "macdef m\nmachine no login no\n",
        "default login d password e",
        "machine a login q machine b login r",
      ),
    );
    const path = fc.tuple(
      fc.constantFrom("a", "new", "acme.example"),
      fc.constantFrom("login", "password", "account"),
    );
    let tried = 0;
    fc.assert(
      fc.property(
        fc.oneof(textOf(line), mixed(line)),
        path,
        fc.constantFrom("new", '"q r"', "a.b@c"),
        (text, path, source) => {
          try {
            netrc.erase(text, path);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
            return;
          }
          tried += 1;
          expectLaws(netrc, text, path, source);
          expectLinesKept(text, netrc.write(text, path, source), 1);
        },
      ),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(1000);
  });
});
