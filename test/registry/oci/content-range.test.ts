import { expect, it } from "vitest";
import { parseContentRange } from "../../../src/registry/oci/content-range.ts";

it("a chunk's place is two offsets without a unit", () => {
  expect(parseContentRange("0-0")).toEqual({ start: 0, end: 0 });
  expect(parseContentRange("1024-2047")).toEqual({ start: 1024, end: 2047 });
});

it.each([
  "",
  "5",
  "5-",
  "-5",
  "5-4",
  "bytes=0-9",
  "bytes 0-9/10",
  "0-9/10",
  "a-b",
  "0--1",
  `0-${"9".repeat(16)}`,
])("`%s` is not the place of a chunk", (header) => expect(parseContentRange(header)).toBeUndefined());
