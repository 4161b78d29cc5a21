import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { env } from "../../src/formats/env.ts";
import { ParseError } from "../../src/formats/format.ts";
import { expectLaws, expectLinesKept } from "./laws.ts";

describe("env", () => {
  test("reads what the go command would: the rest of the line, of equal keys the last", () => {
    const text =
      'GOPROXY=a\n#GOPROXY=b\n GOPROXY=c\ngoproxy=d\nGOFLAGS=-mod=mod -x\nGOPROXY="e" \r\nGOBIN\n\n=f';
    expect(env.read(text, ["GOPROXY"])).toBe('"e" \r');
    expect(env.read(text, ["GOFLAGS"])).toBe("-mod=mod -x");
    for (const key of ["GOBIN", "goproxy", "", "#GOPROXY"])
      expect(env.read(text, [key]), key).toBeUndefined();
  });

  test("passes over a first line that begins with a byte order mark, as go does", () => {
    expect(env.read("\uFEFFGOPROXY=a\n", ["GOPROXY"])).toBeUndefined();
    expect(env.write("\uFEFFGOPROXY=a\n", ["GOPROXY"], "b")).toBe("\uFEFFGOPROXY=a\nGOPROXY=b\n");
  });

  test("takes a lone CR for no line break", () => {
    expect(env.read("GOFLAGS=-x\rGOPROXY=a\n", ["GOPROXY"])).toBeUndefined();
    expect(env.read("GOFLAGS=-x\rGOPROXY=a\n", ["GOFLAGS"])).toBe("-x\rGOPROXY=a");
  });

  test("changes the line that counts, or adds one at the end", () => {
    expect(env.write("# mine\nGOPROXY=a\nGOBIN=/b\nGOPROXY=c", ["GOPROXY"], "d")).toBe(
      "# mine\nGOPROXY=a\nGOBIN=/b\nGOPROXY=d",
    );
    expect(env.write("", ["GOPROXY"], "a,direct")).toBe("GOPROXY=a,direct\n");
    expect(env.write("GOBIN=/b", ["GOPROXY"], "a")).toBe("GOBIN=/b\nGOPROXY=a");
    expect(env.erase("GOPROXY=a\nGOBIN=/b\nGOPROXY=c", ["GOPROXY"])).toBe("GOBIN=/b");
  });

  test("refuses what go could not read back", () => {
    for (const [key, source] of [
      ["GOPROXY", "a\nb"],
      ["goproxy", "a"],
      ["#A", "a"],
      ["", "a"],
      ["A=B", "a"],
      ["A", "a\0"],
    ])
      expect(() => env.write("", [key ?? ""], source ?? ""), `${key}=${source}`).toThrow();
    expect(() => env.read("A=1\nG\0O\0=\0", ["A"])).toThrow(expect.objectContaining({ line: 2 }));
    expect(() => env.read("\0", ["A"])).toThrow(ParseError);
  });

  test("keeps its promises for any lines", () => {
    const line = fc.constantFrom(
      "GOPROXY=https://a.example/go,direct",
      "GOPROXY=",
      "GOFLAGS=-mod=mod",
      "# comment=1",
      "",
      " GOPROXY=not",
      "GOPROXY",
      "\uFEFFGOPROXY=x",
      "GOSUMDB=off\r",
      "=x",
      "GOPROXY=a\rb",
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 7 }), fc.boolean())
      .map(([lines, last]) => lines.join("\n") + (last ? "\n" : ""));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom("GOPROXY", "GOFLAGS", "GOAUTH"),
        fc.constantFrom("", "x", "a = b # c", "d\r"),
        (text, key, source) => {
          expectLaws(env, text, [key], source);
          expectLinesKept(text, env.write(text, [key], source), 1);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
