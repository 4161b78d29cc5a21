import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diff } from "../../src/disk/diff.ts";
import { mask } from "../../src/disk/mask.ts";

const plain = () => [];

describe("diff", () => {
  test("shows what goes and what comes, and nothing around it", () => {
    expect(diff("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n", plain)).toBe("-b\n+B\n+e");
    expect(diff("", "a\nb", plain)).toBe("+a\n+b");
    expect(diff("a\n", "", plain)).toBe("-a");
    expect(diff("a\n\nb\n", "a\nb\n", plain)).toBe("-");
    expect(diff("\uFEFFa\r\n", "\uFEFFA\r\n", plain)).toBe("-a\n+A");
    expect(diff("a", "a\nb", plain)).toBe("+b");
  });

  test("masks a secret over several lines", () => {
    const secret = "\n  https://u:p@a/\n  https://u:p@b/";
    expect(diff("x\n", `x\nextra =${secret}\n`, () => [secret])).toBe("+extra =[secret]");
  });

  test("shows of very long changes only how many lines they are", () => {
    expect(diff("", "line of text\n".repeat(20_000), plain)).toBe("+[20000 lines]");
  });

  test("its lines lead from one text to the other", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (old, now) => {
        const text = diff(old.join("\n"), now.join("\n"), plain);
        const [gone, come] = ["-", "+"].map((sign) =>
          text
            .split("\n")
            .filter((line) => line.startsWith(sign))
            .map((line) => line.slice(1)),
        );
        const left = (from: string[], minus: string[] = []) => {
          const rest = [...from];
          for (const line of minus) rest.splice(rest.indexOf(line), 1);
          return rest.length;
        };
        expect(left(old, gone)).toBe(left(now, come));
      }),
    );
  });
});

describe("mask", () => {
  test.each([
    ["//h/:_authToken=abc", "//h/:_authToken=[secret]"],
    ['//h/:_password="a b"', "//h/:_password=[secret]"],
    ["//h/:_auth = abc ; c", "//h/:_auth = [secret] ; c"],
    [
      "machine h login alice password p#w account q",
      "machine h login alice password [secret] account [secret]",
    ],
    ['\t\t\t"auth": "YWxpY2U6dG9r"', '\t\t\t"auth": [secret]'],
    ['{"identitytoken":"x","a":1}', '{"identitytoken":[secret],"a":1}'],
    ["<password>abc</password><id>a</id>", "<password>[secret]</password><id>a</id>"],
    ["<password>${env.FLY_TOKEN}</password>", "<password>${env.FLY_TOKEN}</password>"],
    ['<add key="ClearTextPassword" value="a b" />', '<add key="ClearTextPassword" value="[secret]" />'],
    ["index-url = https://alice:tok@h/simple", "index-url = https://[secret]@h/simple"],
    ["//h/:_authToken=${FLY_TOKEN}", "//h/:_authToken=${FLY_TOKEN}"],
    ["registry=https://h/api/npm/", "registry=https://h/api/npm/"],
    ["@acme:registry=https://h/", "@acme:registry=https://h/"],
    ["//h/:tokenHelper=/usr/bin/fly", "//h/:tokenHelper=/usr/bin/fly"],
  ])("%s", (line, expected) => {
    expect(mask(line, [])).toBe(expected);
  });
});

test("a diff shows the beginning alone of a long run of lines", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n}\n`).join("");
  const none = () => [];
  expect(diff("", lines(30), none).split("\n")).toHaveLength(30);
  expect(diff(lines(31), "", none)).toBe("-line 0\n-line 1\n-line 2\n-line 3\n-line 4\n-[26 more lines]");
});
