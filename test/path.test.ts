import { describe, expect, it } from "vitest";
import { absolute } from "../src/path.ts";

const place = { cwd: "/work/app", home: "/home/ann" };

describe("a path as people write it", () => {
  it.each([
    ["token", "/work/app/token"],
    ["./a/../token", "/work/app/token"],
    [".", "/work/app"],
    ["/etc/token", "/etc/token"],
    ["~", "/home/ann"],
    ["~/token", "/home/ann/token"],
    ["~ann/token", "/work/app/~ann/token"],
    ["a~b", "/work/app/a~b"],
  ])("%s", (given, expected) => expect(absolute(given, place)).toBe(expected));

  it.each(["a\nb", "a\rb", "a\0b", "\u001b[2J"])("is not %j", (given) => {
    expect(() => absolute(given, place)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});
