import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintsOf } from "../../src/fingerprints.ts";
import { lookAt } from "../../src/leaks/look.ts";
import { Scanner } from "../../src/leaks/scan.ts";
import { Secret } from "../../src/secret.ts";
import { base64, encodings, letters, planted } from "./planted.ts";

const found = (text: string | Buffer) =>
  lookAt(Buffer.from(text as string), new Scanner(100)).map(({ format, secret, line, column }) => ({
    kind: format.kind,
    print: fingerprintsOf(secret)[0],
    line,
    column,
  }));
const print = (value: string) => fingerprintsOf(new Secret(value))[0];

describe.each(Object.entries(planted))("%s", (_, make) => {
  it.each(Object.entries(encodings))("is found in %s, at its line and column", (_, encode) => {
    const { kind, value } = make();
    const { line, column } = encode(value);
    const expected = { kind, print: print(value), line: 3, column };
    expect(found(`# ä\r\n\r\n${line}\r\nend\r\n`)).toEqual([expected]);
    expect(found(`\n\n${line}`)).toEqual([expected]);
  });

  it.each(["utf16le", "utf16be", "a mark and UTF-8"])("is found in a file of %s", (encoding) => {
    const { kind, value } = make();
    const wide = Buffer.from(`\ufeffä🔑\r\n🔑 "${value}"\n`, "utf16le");
    const bytes =
      encoding === "utf16le"
        ? wide
        : encoding === "utf16be"
          ? Buffer.from(wide).swap16()
          : Buffer.from(wide.toString("utf16le"));
    expect(found(bytes)).toEqual([{ kind, print: print(value), line: 2, column: 4 }]);
  });

  it("is found behind a mark in the first line, and among bytes that are no text", () => {
    const { kind, value } = make();
    expect(found(`\ufeff${value}`)).toMatchObject([{ kind, line: 1, column: 1 }]);
    const noise = Buffer.concat([Buffer.from([0, 1, 0xff, 0]), Buffer.from(value), Buffer.from([0, 0xfe])]);
    expect(found(noise)).toMatchObject([{ kind, print: print(value), line: 1 }]);
  });
});

it("two in one line, and in one encoded text, are two", () => {
  const [a, b] = [planted.npm?.().value ?? "", planted.GitHub?.().value ?? ""];
  expect(found(`a ${a} b ${b}`)).toMatchObject([{ column: 3 }, { column: 46 }]);
  expect(found(`auth ${base64(`${a}\n${b}\n`)}`)).toMatchObject([
    { print: print(a), column: 6 },
    { print: print(b), column: 6 },
  ]);
});

it("of a hostile file it takes so many different values, and says that there were more", () => {
  const values = Array.from({ length: 9 }, () => `npm_${letters(36)}`);
  const scanner = new Scanner(5);
  expect(scanner.scan([...values, ...values].join("\n")).length).toBe(10);
  expect(scanner.full).toBe(true);
});

describe("what is none", () => {
  const token = planted["token of the registry"]?.().value ?? "";
  const jwt = planted.JWT?.().value ?? "";
  const other = ["alg", "sub"].map((name) =>
    Buffer.from(JSON.stringify({ [name]: "1234567890" })).toString("base64url"),
  );
  it.each([
    ["another checksum", `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`],
    ["a part of one", token.slice(0, 40)],
    ["a mask", "[secret …MnB7] flyt_… npm_**** ghp_..."],
    ["crosses", `npm_${"x".repeat(36)} ghp_${"X".repeat(36)} AKCp${"0".repeat(69)} fo1_${"_".repeat(43)}`],
    ["an alphabet", "npm_abcdefghijklmnopqrstuvwxyz0123456789 ghp_0123456789abcdefghijklmnopqrstuvwxyz"],
    [
      "words",
      `npm_lifecycleScriptsOfThisPackageAreRun glpat-your-token-goes-here dckr_pat_example-of-a-placeholder`,
    ],
    ["a variable", "//npm.example/:_authToken=${NPM_TOKEN} npm_config_registry pypi-AgEIcHlwaS5vcmc"],
    ["a longer word", `npm_${letters(37)} xnpm_${letters(36)} ghp_${letters(36)}_x`],
    ["a macaroon that is cut off", `FlyV1 fm2_${base64(randomBytes(90).toString("latin1")).slice(0, 100)}`],
    [
      "documentation of macaroons",
      "FlyV1 fm2_lJPECAAAAAAAAAAAxBDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=",
    ],
    ["somebody else's JWT", `${other.join(".")}.${letters(43)}`],
    ["a JWT without its signature", jwt.split(".").slice(0, 2).join(".")],
    ["a text of 64 letters", `cmVmd${letters(59)}`],
    ["UUIDs", Array.from({ length: 50 }, () => randomUUID()).join("\n")],
    ["hashes", Array.from({ length: 50 }, () => randomBytes(32).toString("hex")).join("\n")],
    [
      "integrities",
      Array.from({ length: 50 }, () => `sha512-${randomBytes(64).toString("base64")}`).join("\n"),
    ],
    ["an image", `data:image/png;base64,${randomBytes(300_000).toString("base64")}`],
    ["random bytes", randomBytes(300_000).toString("latin1")],
  ])("%s", (_, text) => expect(found(text)).toEqual([]));

  it.each([
    "package-lock.json",
    "README.md",
    "docs/macaroons.md",
    "docs/jfrog.md",
    "src/registry/credential.ts",
  ])("in %s", (name) => expect(found(readFileSync(join(import.meta.dirname, "../..", name)))).toEqual([]));
});

describe("no text takes longer than its length", () => {
  const prefixes = [
    "flyt_",
    "fm2_",
    "fo1_",
    "eyJ",
    ".eyJ",
    "-eyJ",
    "cmVmd",
    "AKCp",
    "npm_",
    "pypi-AgE",
    "glpat-",
    "%66",
    "%",
    "a%20",
    "ICAg",
    "/",
    "\\n",
  ];
  it("whatever is repeated in it, for a megabyte", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom(...prefixes), fc.string({ maxLength: 5 }), fc.constant("A".repeat(41))),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        (parts) => {
          const part = parts.join("") || "x";
          expect(found(part.repeat(Math.ceil(1_000_000 / part.length)))).toEqual([]);
        },
      ),
      { numRuns: 12 },
    ));
});
