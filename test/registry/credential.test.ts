import fc from "fast-check";
import { expect, test } from "vitest";
import { credentialKind, hashOf, makeCredential } from "../../src/registry/credential.ts";

test("a credential says what it is, and no two are alike", () => {
  const tokens = new Set(Array.from({ length: 1000 }, () => makeCredential("token")));
  expect(tokens.size).toBe(1000);
  for (const token of tokens) {
    expect(token).toMatch(/^flyt_[0-9A-Za-z]{49}$/);
    expect(credentialKind(token)).toBe("token");
  }
  expect(makeCredential("key")).toMatch(/^flyk_[0-9A-Za-z]{49}$/);
  expect(credentialKind(makeCredential("key"))).toBe("key");
});

test("any one character that is changed is noticed without asking the database", () => {
  const token = makeCredential("token");
  const places = fc.tuple(fc.nat(token.length - 1), fc.constantFrom(..."abcXYZ019_- "));
  fc.assert(
    fc.property(places, ([place, character]) => {
      const changed = token.slice(0, place) + character + token.slice(place + 1);
      expect(credentialKind(changed)).toBe(changed === token ? "token" : undefined);
    }),
  );
});

test("a token does not become a key by its prefix", () => {
  expect(credentialKind(makeCredential("token").replace("flyt_", "flyk_"))).toBeUndefined();
});

test.each([
  "",
  "flyt_",
  `${makeCredential("token")}\n`,
  ` ${makeCredential("token")}`,
  "flyt_".padEnd(54, "0"),
])("%j is no credential", (text) => {
  expect(credentialKind(text)).toBeUndefined();
});

test("what is kept of a credential is its SHA-256", () => {
  expect(hashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
