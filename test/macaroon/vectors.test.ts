/** The format byte for byte: test/fixtures/macaroons.json holds what other implementations computed, under test keys. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { type CaveatJson, caveatOf, toJson } from "../../src/macaroon/caveat.ts";
import { firstTail, nextTail, packed } from "../../src/macaroon/chain.ts";
import { MacaroonFault } from "../../src/macaroon/fault.ts";
import { formatHeader } from "../../src/macaroon/header.ts";
import { expiryOf, uuidOf } from "../../src/macaroon/macaroon.ts";
import { mint } from "../../src/macaroon/mint.ts";
import { reportOn } from "../../src/macaroon/report.ts";
import { verify } from "../../src/macaroon/verify.ts";

interface Case {
  id: string;
  kind: "mint" | "attenuate" | "parse" | "verify";
  note: string;
  in: Record<string, never>;
  out: unknown;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../fixtures/macaroons.json", import.meta.url), "utf8"),
) as { cases: Case[] };
const bytes = (hex: string) => Buffer.from(hex, "hex");
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");

/** What an implementation makes of a case, in the shape of its `out`. */
const kinds = {
  mint(given: {
    key: string;
    nonce: { version: 0 | 1; kid: string; rnd: string; proof: boolean };
    location: string;
    caveats: CaveatJson[];
  }) {
    const { version, kid, rnd, proof } = given.nonce;
    const nonce = { version, kid: bytes(kid), rnd: bytes(rnd), proof };
    const macaroon = mint({ ...given, key: bytes(given.key), nonce });
    const caveats = given.caveats.map((one) => caveatOf(one, { raw: true }));
    const tails = [firstTail(bytes(given.key), macaroon.nonce)];
    for (const caveat of caveats) tails.push(nextTail(tails.at(-1) ?? Buffer.alloc(0), caveat));
    const expiry = expiryOf(macaroon.caveats);
    return {
      packed: caveats.map((caveat) => hex(packed(caveat))),
      tails: tails.map(hex),
      tail: hex(macaroon.tail),
      uuid: uuidOf(macaroon.nonce),
      expires_at: typeof expiry === "bigint" ? String(expiry) : expiry,
      header: formatHeader([macaroon]),
    };
  },
  attenuate({ header, caveats, location }: { header: string; caveats: CaveatJson[]; location?: string }) {
    return { header: attenuate(header, caveats, location) };
  },
  parse: ({ header }: { header: string }) => reportOn(header),
  verify({
    header,
    key,
    third_parties,
  }: {
    header: string;
    key: string;
    third_parties: Record<string, string[]>;
  }) {
    const trusted = Object.fromEntries(
      Object.entries(third_parties).map(([location, keys]) => [location, keys.map(bytes)]),
    );
    const { verified, results } = verify(header, bytes(key), trusted);
    return {
      verified,
      results: results.map((one) => (one.verified ? { ...one, caveats: one.caveats.map(toJson) } : one)),
    };
  },
} as unknown as Record<Case["kind"], (given: Case["in"]) => unknown>;

function outcome({ kind, in: given }: Case): unknown {
  try {
    return kinds[kind](given);
  } catch (fault) {
    if (fault instanceof MacaroonFault) return { error: fault.reason };
    throw fault;
  }
}

describe.each(["mint", "attenuate", "parse", "verify"] as const)("%s", (kind) => {
  const own = cases.filter((one) => one.kind === kind);
  test("has cases", () => expect(own.length).toBeGreaterThan(10));
  test.each(own)("$id: $note", (one) => expect(outcome(one)).toEqual(one.out));
});
