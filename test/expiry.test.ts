import { describe, expect, it } from "vitest";
import { expiresAt, lifetime } from "../src/expiry.ts";

const now = new Date("2026-03-01T10:00:00Z");
const at = (text: string, longest?: number) =>
  expiresAt(text, now, longest === undefined ? undefined : { longest, rule: "THE_RULE" })?.toISOString() ??
  null;

describe("an expiry", () => {
  it.each([
    ["48h", "2026-03-03T10:00:00.000Z"],
    ["30d", "2026-03-31T10:00:00.000Z"],
    [" 2 W ", "2026-03-15T10:00:00.000Z"],
    ["15m", "2026-03-01T10:15:00.000Z"],
    ["2026-03-01", "2026-03-01T23:59:59.000Z"],
    ["2026-03-02T12:00", "2026-03-02T12:00:00.000Z"],
    ["2026-03-02T12:00+02:00", "2026-03-02T10:00:00.000Z"],
    ["never", null],
  ])("%s is %s", (text, expected) => expect(at(text)).toBe(expected));

  it.each(["", "soon", "-3d", "0d", "30", "1e3d", "2026-02-30", "2026-13-01", "9999999d"])(
    "%j is refused with a fix",
    (text) => {
      expect(() => at(text)).toThrowError(
        expect.objectContaining({ code: "invalid_input", fix: expect.stringContaining("30d") }),
      );
    },
  );

  it.each([
    ["30 days", "30d"],
    ["1 Week", "1w"],
    ["48 hours", "48h"],
    ["3 months", "90d"],
    ["2-years", "2y"],
    ["3 mins", undefined],
    ["0 days", undefined],
    ["next friday", undefined],
  ])("%j is refused, and %j is meant, which is accepted", (text, meant) => {
    const refusal = expect.objectContaining({ code: "invalid_input" });
    expect(() => at(text)).toThrowError(refusal);
    try {
      at(text);
    } catch (error) {
      expect((error as { did_you_mean?: string }).did_you_mean).toBe(meant);
    }
    if (meant !== undefined) expect(at(meant)).not.toBeNull();
  });

  it("in the past is refused", () => {
    expect(() => at("2026-02-28")).toThrowError(
      expect.objectContaining({ code: "invalid_input", message: expect.stringContaining("past") }),
    );
  });

  it.each(["never", "91d", "2027-01-01"])(
    "beyond the operator's limit (%s) is refused, naming the limit",
    (text) => {
      expect(() => at(text, lifetime("90d"))).toThrowError(
        expect.objectContaining({
          code: "forbidden",
          message: expect.stringContaining("THE_RULE"),
          allowed: ["90d"],
          did_you_mean: "90d",
        }),
      );
    },
  );

  it("at the operator's limit is allowed", () =>
    expect(at("90d", lifetime("90d"))).toBe("2026-05-30T10:00:00.000Z"));
});
