import { describe, expect, it } from "vitest";
import { absolute } from "../src/path.ts";

const place = { cwd: "/projects/app", home: "/users/ann" };

describe("a path as people write it", () => {
  it.each([
    ["token", "/projects/app/token"],
    ["./a/../token", "/projects/app/token"],
    [".", "/projects/app"],
    ["/etc/token", "/etc/token"],
    ["~", "/users/ann"],
    ["~/token", "/users/ann/token"],
    ["~ann/token", "/projects/app/~ann/token"],
    ["a~b", "/projects/app/a~b"],
  ])("%s", (given, expected) => expect(absolute(given, place)).toBe(expected));

  it.each(["a\nb", "a\rb", "a\0b", "\u001b[2J"])("is not %j", (given) => {
    expect(() => absolute(given, place)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});
