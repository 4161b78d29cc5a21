import { createCipheriv, hkdfSync } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Seal } from "../src/seal.ts";
import { Secret } from "../src/secret.ts";

const key = new Secret("the operator's own thirty-two letters, or a few more");
const now = Date.parse("2027-03-01T10:00:00Z");
const later = now + 600_000;
const bound = { purpose: "test", to: ["alice"] };

describe("a seal", () => {
  it("opens to what was sealed, at every replica that has the key", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.string()), (value, to) => {
        const text = new Seal(key).seal(value, later, { purpose: "test", to });
        expect(text).toMatch(/^[\w-]+$/);
        const opened = new Seal(key).open(text, now, { purpose: "test", to });
        expect(opened).toEqual({
          value: JSON.parse(JSON.stringify(value)),
          until: later,
          id: expect.any(String),
        });
      }),
    );
  });

  it("of the same is another one each time, with an id of its own", () => {
    const seal = new Seal(key);
    const texts = Array.from({ length: 100 }, () => seal.seal({ a: 1 }, later, bound));
    expect(new Set(texts).size).toBe(100);
    expect(new Set(texts.map((text) => seal.open(text, now, bound)?.id)).size).toBe(100);
  });

  it("is short where much of it is alike", () => {
    const value = Array.from({ length: 100 }, (_, at) => `Revoke token ${at}, which expires in 3 days`);
    expect(new Seal(key).seal(value, later, bound).length).toBeLessThan(JSON.stringify(value).length / 4);
    expect(new Seal(key).seal("x", later, bound)).toHaveLength(Math.ceil(((1 + 12 + 7 + 3 + 16) * 4) / 3));
  });

  it("is good until its last millisecond", () => {
    const text = new Seal(key).seal(1, later, bound);
    expect(new Seal(key).open(text, later - 1, bound)?.value).toBe(1);
    expect(new Seal(key).open(text, later, bound)).toBeUndefined();
  });
});

describe("opens to nobody", () => {
  const text = new Seal(key).seal({ secret: "words" }, later, bound);
  const opens = (given: string, seal = new Seal(key), to = bound) => seal.open(given, now, to) !== undefined;

  it("who has another key", () => {
    expect(opens(text)).toBe(true);
    expect(opens(text, new Seal(new Secret("the operator's own thirty-two letters, or a few less")))).toBe(
      false,
    );
    expect(opens(text, new Seal())).toBe(false);
  });

  it.each([
    { purpose: "other", to: ["alice"] },
    { purpose: "test", to: ["bob"] },
    { purpose: "test", to: [] },
    { purpose: "test", to: ["alice", ""] },
    { purpose: "test", to: ["ali", "ce"] },
    { purpose: "test", to: [undefined] },
    { purpose: "test", to: ["alice", undefined] },
  ])("for %j", (other) => {
    expect(opens(text, new Seal(key), other as typeof bound)).toBe(false);
  });

  it("tells nobody bound to it from somebody without a name", () => {
    const nobody = new Seal(key).seal(1, later, { purpose: "test", to: [undefined] });
    for (const to of [[""], ["null"], ["undefined"], []])
      expect(new Seal(key).open(nobody, now, { purpose: "test", to })).toBeUndefined();
  });

  it("when any bit of it is another", () => {
    const bytes = Buffer.from(text, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(opens(forged.toString("base64url"))).toBe(false);
    }
  });

  it("when it is cut, longer, or spelled another way", () => {
    for (let length = 0; length < text.length; length += 1) expect(opens(text.slice(0, length))).toBe(false);
    const standard = Buffer.from(text, "base64url").toString("base64");
    for (const other of [
      `${text}=`,
      `${text}\n`,
      ` ${text}`,
      `${text}A`,
      `${text}!`,
      `${standard}`,
      `!${text}`,
    ])
      if (other !== text) expect(opens(other)).toBe(false);
  });

  it("when only the bits that no byte has are others", () => {
    // Of a length that leaves some.
    const texts = ["a", "ab", "abc"].map((value) => new Seal(key).seal(value, later, bound));
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const each of texts)
      for (const last of alphabet)
        expect(opens(`${each.slice(0, -1)}${last}`), last).toBe(last === each.at(-1));
  });

  it("whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ minLength: 48 })), (given) => {
        expect(opens(given)).toBe(false);
      }),
    );
  });
});

describe("what does not fit", () => {
  /** As the operator's own key would seal it, by hand. */
  function sealed(form: number, body: Buffer): string {
    const derived = Buffer.from(hkdfSync("sha256", key.reveal(), "", "fly-tokens seal 1 test", 32));
    const nonce = Buffer.alloc(12, 7);
    const head = Buffer.alloc(7);
    head.writeUInt8(form);
    head.writeUIntBE(later, 1, 6);
    const cipher = createCipheriv("aes-256-gcm", derived, nonce);
    cipher.setAAD(Buffer.from(JSON.stringify([1, "test", "alice"])));
    const text = Buffer.concat([cipher.update(Buffer.concat([head, body])), cipher.final()]);
    return Buffer.concat([Buffer.of(1), nonce, text, cipher.getAuthTag()]).toString("base64url");
  }

  it("the form is the one that is written down", () => {
    expect(new Seal(key).open(sealed(0, Buffer.from('{"a":1}')), now, bound)?.value).toEqual({ a: 1 });
    const deflated = deflateRawSync(Buffer.from('{"a":1}'));
    expect(new Seal(key).open(sealed(1, deflated), now, bound)?.value).toEqual({ a: 1 });
  });

  it("nothing that inflates to more than is ever sealed is opened", () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, "a"));
    expect(bomb.length).toBeLessThan(100_000);
    expect(new Seal(key).open(sealed(1, bomb), now, bound)).toBeUndefined();
  });

  it("nothing that cannot be inflated is opened", () => {
    expect(new Seal(key).open(sealed(1, Buffer.from("not deflated")), now, bound)).toBeUndefined();
  });

  it("what is too long, or has no end, is not sealed", () => {
    expect(() => new Seal(key).seal("x".repeat(300_000), later, bound)).toThrow(RangeError);
    for (const until of [Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 48])
      expect(() => new Seal(key).seal(1, until, bound)).toThrow(RangeError);
  });
});
