/** The form of the log, read by means of its own: what another program needs to check it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, open, seal } from "../../src/audit/chain.ts";
import { openTrail } from "./trail.ts";

describe("the canonical form", () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: [true, null, "x"], c: undefined }, '{"a":[true,null,"x"],"b":1}'],
    // The keys of RFC 8785, 3.2.3: in the order of UTF-16 units, not of characters.
    [
      { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    ],
    [{ text: '\u20ac$\u000f\nA\'B"\\\\"/' }, '{"text":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'],
  ])("of %j", (value, text) => expect(canonical(value)).toBe(text));

  it("is one, however the members stand, and means the same", () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonical(turned)).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    ));
});

it("a line opens as what was sealed, and no other bytes do", () =>
  fc.assert(
    fc.property(fc.string(), fc.nat({ max: 1_000_000 }), (text, seq) => {
      const { line, link } = seal({ text }, { seq, hash: "a".repeat(64) });
      expect(open(Buffer.from(line))).toEqual({
        text,
        seq: seq + 1,
        prev: "a".repeat(64),
        hash: link.hash,
      });
      for (const other of [` ${line}`, `${line} `, line.replace(",", ", "), line.slice(0, -1), `[${line}]`])
        expect(open(Buffer.from(other))).toBeUndefined();
    }),
  ));

it("each line is one object, whose hash anybody can compute", async () => {
  await using trail = await openTrail();
  for (const outcome of ["ok", "declined", "ok"]) await trail.call(["ours_1", "tok_2"], outcome);
  let prev = "0".repeat(64);
  const lines = await trail.lines();
  for (const [index, line] of lines.entries()) {
    const { hash, prev: before, ...content } = JSON.parse(line);
    const sorted = JSON.stringify(content, Object.keys(flat(content)).sort());
    expect(before).toBe(prev);
    expect(hash).toBe(createHash("sha256").update(`${prev}\n${sorted}`).digest("hex"));
    expect(content.seq).toBe(index + 1);
    prev = hash;
  }
  expect(lines).toHaveLength(6);
  expect(await trail.head()).toBe(`6 ${prev}\n`);
  expect(await trail.verify()).toEqual({ lines: 6, head: prev, torn: [] });
});

/** Every key at any depth. */
function flat(value: object): Record<string, unknown> {
  const own = Object.entries(value);
  return Object.assign(
    Object.fromEntries(own),
    ...own.map(([, one]) => (typeof one === "object" && !Array.isArray(one) ? flat(one) : {})),
  );
}

it("says who, what, which and how it ended; both lines have the same call", async () => {
  await using trail = await openTrail();
  await trail.call(["ours_1", "tok_2", "tok_2"], "ok");
  const [begin, end] = (await trail.lines()).map((line) => JSON.parse(line));
  expect(begin).toEqual({
    seq: 1,
    at: "2027-01-01T00:00:01.000Z",
    event: "begin",
    call: expect.stringMatching(/^[0-9a-f-]{36}$/),
    client: { name: "claude-code", version: "2.1" },
    transport: "stdio",
    tool: "revoke_token",
    ids: ["ours_1", "tok_2"],
    fingerprints: { ours_1: "0123456789abcdef" },
    environment: "production",
    reason: "wöchentlich ☃ \u{1f680}",
    consent: "form",
    prev: expect.any(String),
    hash: expect.any(String),
  });
  expect(end).toMatchObject({
    event: "end",
    call: begin.call,
    outcome: "ok",
    outcomes: { ours_1: "revoked", tok_2: "revoked" },
  });
});

it("is for us alone", async () => {
  await using trail = await openTrail();
  await trail.call();
  expect([
    await trail.mode("state"),
    await trail.mode("state/audit.jsonl"),
    await trail.mode("state/audit.head"),
  ]).toEqual([0o700, 0o600, 0o600]);
});

it("what others say of themselves is quoted and cut", async () => {
  await using trail = await openTrail();
  const call = trail.audit.open({
    client: { name: `evil\u202e\n{"event":"end"}${"x".repeat(500)}`, version: "\u0000".repeat(9) },
    tool: "revoke_token",
    reason: "y".repeat(5000),
  });
  await call.begin(["\u001b[2J", "z".repeat(10_000)]);
  const [line = ""] = await trail.lines();
  expect(JSON.parse(line)).toMatchObject({
    client: { name: `evil {"event":"end"}${"x".repeat(80)}…`, version: "" },
    reason: `${"y".repeat(500)}…`,
    ids: ["[2J", `${"z".repeat(200)}…`],
  });
  expect((await trail.verify()).wrong).toBeUndefined();
});
