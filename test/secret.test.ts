import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, Secret } from "../src/secret.ts";

const value = "flyt_Q7xK2mPz9RtVw4YbNc8LdHs3JfGa6Te5UoIi1XqWy0ZkMnB7";
const secret = new Secret(value);

describe("a secret", () => {
  it("does not print", () => {
    const printed = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
    ];
    for (const text of printed) {
      expect(text).not.toContain(value);
      expect(text).toContain("…MnB7]");
    }
  });

  it("does not even show its last letters when it is short", () =>
    expect(String(new Secret("hunter2hunter2"))).toBe("[secret]"));
  it("is revealed on demand", () => expect(secret.reveal()).toBe(value));
});

describe("redact", () => {
  it.each([
    ["plain", value],
    ["percent-encoded", encodeURIComponent(`${value}`)],
    ["base64", Buffer.from(value).toString("base64")],
    ["base64url", Buffer.from(value).toString("base64url")],
    ["inside a JSON text", JSON.stringify({ a: value })],
  ])("removes it in %s form", (_form, text) => {
    const clean = redact(`before ${text} after`);
    expect(clean).toMatch(/^before .*\[redacted\].* after$/);
    expect(clean).not.toContain(text.slice(4, -4));
  });

  it("removes it from base64 of user:token, whatever the user's length", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 8 }), (before, after) => {
        const clean = redact(Buffer.from(`${before}:${value}${after}`).toString("base64"));
        expect(clean).toContain("[redacted]");
        for (const part of clean.split("[redacted]"))
          expect(Buffer.from(part, "base64").toString("latin1")).not.toContain(value.slice(5, 40));
      }),
    );
  });

  it.each([
    ["plain", value],
    ["base64", Buffer.from(`bob:${value}`).toString("base64")],
  ])("removes the beginning of it where a text was cut off, in %s form", (_form, text) => {
    for (const length of [28, 40, 53]) {
      const clean = redact(`the upstream said: ${text.slice(0, length)}…`);
      expect(clean).toMatch(/^the upstream said: .{0,8}\[redacted\].{0,3}…$/);
    }
    expect(redact(value.slice(0, 10))).toBe(value.slice(0, 10));
  });

  it("removes each token of a header, under whatever prefix", () => {
    const [one, other] = ["Q".repeat(60), "Z".repeat(60)];
    new Secret(`FlyV1 fm2_${one},fm2_${other}`);
    for (const text of [`fm2_${one}`, `fm1r_${other}`, `Bearer fm2_${other}, fm1a_${one}`, one.slice(0, 30)])
      expect(redact(`said ${text} there`)).toMatch(/^said [^QZ]*\[redacted\][^QZ]* there$/);
  });

  it("removes all of one whose beginning another one shares, wherever the text was cut off", () => {
    const [one, other] = ["A", "B"].map((end) => `${"Common_to_all_of_them_".repeat(2)}${end.repeat(40)}`);
    for (const value of [one, other, one]) new Secret(value ?? "");
    for (const text of [`${other}.`, `${one}. ${other}.`, `${other?.slice(0, 70)}…`])
      expect(redact(text)).toMatch(/^(\[redacted\][. …]*)+$/);
  });

  it("removes what has the form of a token, even one that was never seen", () =>
    expect(redact(`no: fm2_${"x/9+".repeat(20)}==, fo1_${"y-_7".repeat(10)}.`)).toBe(
      "no: [redacted], [redacted].",
    ));

  it("removes also what is left of one that was cut off", () =>
    expect(redact(`no: cmVmdGtuOjAxOjE3${"aB3d".repeat(9)}…`)).toBe("no: [redacted]…"));

  it("lets a value pass that was asked for", () => expect(redact(value, secret)).toBe(value));

  it("leaves everything else alone", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(redact(text)).toBe(text);
      }),
    );
  });

  it("removes of an address only the parts that are said to be secret", () => {
    new Secret("https://gateway:pw-of-the-gateway@packages.example/npm", ["pw-of-the-gateway"]);
    new Secret("https://plain.packages.example/npm", []);
    expect(
      redact("https://gateway:pw-of-the-gateway@packages.example https://plain.packages.example/npm"),
    ).toBe("https://gateway:[redacted]@packages.example https://plain.packages.example/npm");
  });
});
