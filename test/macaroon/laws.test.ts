/** What holds for every token: a caveat only ever narrows, nothing signed can be changed, nothing secret is told. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Access } from "../../src/macaroon/access.ts";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { type CaveatJson, caveatOf } from "../../src/macaroon/caveat.ts";
import { evaluate, evaluateHeader } from "../../src/macaroon/evaluate.ts";
import { explain } from "../../src/macaroon/explain.ts";
import { MacaroonFault } from "../../src/macaroon/fault.ts";
import { formatHeader, parseHeader } from "../../src/macaroon/header.ts";
import type { Macaroon } from "../../src/macaroon/macaroon.ts";
import { discharge, mint } from "../../src/macaroon/mint.ts";
import { verify } from "../../src/macaroon/verify.ts";
import { headerOf, macaroon } from "./wire.ts";

const key = Buffer.alloc(32, 1);
const party = { location: "https://auth.fly.io", key: Buffer.alloc(32, 2) };
const trusted = { [party.location]: [party.key] };
const now = new Date(1_700_000_000_000);

/** Few ids, so that caveats and accesses often speak of the same. */
const letters = fc.subarray(["r", "w", "c", "d", "C"]).map((some) => some.join(""));
const mask = fc.oneof(letters, fc.constant("*"));
const word = fc.constantFrom("a", "b", "ab", "litefs-cloud", "wg", "deletion");
const setOf = (id: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.dictionary(id, mask, { maxKeys: 3 }),
    mask.map((all) => ({ "": all })),
    fc.constant(null),
  );
const appSet = fc.oneof(
  fc.dictionary(fc.constantFrom("1", "2"), mask, { maxKeys: 2 }),
  mask.map((all) => ({ "0": all })),
);
const moment = fc.integer({ min: 1_699_999_998, max: 1_700_000_002 });
const of = (type: string, body: fc.Arbitrary<unknown>): fc.Arbitrary<CaveatJson> =>
  body.map((one) => ({ type, body: one }));
const organization = of("Organization", fc.record({ id: fc.nat({ max: 2 }), mask }));

const { caveat } = fc.letrec<{ caveat: CaveatJson }>((tie) => ({
  caveat: fc.oneof(
    { maxDepth: 3, depthIdentifier: "caveat" },
    organization,
    of("Apps", fc.record({ apps: appSet })),
    of("Machines", fc.record({ machines: setOf(word) })),
    of("Volumes", fc.record({ volumes: setOf(word) })),
    of("FeatureSet", fc.record({ features: setOf(word) })),
    of("AppFeatureSet", fc.record({ features: setOf(word) })),
    of("MachineFeatureSet", fc.record({ features: setOf(word) })),
    of("Clusters", fc.record({ clusters: setOf(word) })),
    of("StorageObjects", fc.record({ storage_objects: setOf(word) })),
    of("Action", mask),
    of("Mutations", fc.record({ mutations: fc.array(word, { maxLength: 2 }) })),
    of(
      "Commands",
      fc.array(fc.record({ args: fc.array(word, { maxLength: 2 }), exact: fc.boolean() }), { maxLength: 2 }),
    ),
    of("ValidityWindow", fc.record({ not_before: moment, not_after: moment })),
    of("IfPresent", fc.record({ ifs: fc.array(tie("caveat"), { maxLength: 3 }), else: mask })),
    of("FromMachineSource", fc.record({ id: word })),
    of(
      "FlySrc",
      fc.record({
        organization: fc.constantFrom("", "a"),
        app: fc.constantFrom("", "a"),
        instance: fc.constantFrom("", "a"),
      }),
    ),
    of("IsMember", fc.constant({})),
    of("AllowedRoles", fc.constantFrom(0, 1, 2, 0xffffffff)),
    of("IsUser", fc.record({ uint64: fc.nat() })),
    of("MaxValidity", fc.nat()),
  ),
}));

const source = { source_machine: word, source_app: word, source_organization: word };
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 1 });
/** All that may be asked for together. */
const target: fc.Arbitrary<Partial<Access>> = fc.oneof(
  fc.record({ mutation: optional(word) }),
  fc.record({ app: fc.nat({ max: 2 }) }),
  fc.record({ app: fc.nat({ max: 2 }), volume: word }),
  fc.record({ app: fc.nat({ max: 2 }), app_feature: word }),
  fc.record({ app: fc.nat({ max: 2 }), machine: word }),
  fc.record({ app: fc.nat({ max: 2 }), machine: word, command: fc.array(word, { maxLength: 2 }) }),
  fc.record({ app: fc.nat({ max: 2 }), machine: word, machine_feature: word }),
  fc.record({ org_feature: word }),
  fc.record({ org_feature: fc.constant("litefs-cloud"), cluster: word }),
  fc.record({ storage_object: word }),
);
const access: fc.Arbitrary<Access> = fc
  .tuple(letters, fc.nat({ max: 2 }), target, fc.record(source, { requiredKeys: [] }))
  .map(([action, org, what, from]) => ({ action, org, ...what, ...from }));

/** Without an organization every token is refused: a caveat that names one is the only that can open anything. */
const base = fc
  .tuple(organization, fc.array(caveat, { maxLength: 2 }))
  .map(([first, others]) => [first, ...others]);
const added = fc.array(caveat, { minLength: 1, maxLength: 3 });

/** A permission token; if it asks for a third party, with the discharge. */
const bundle = fc
  .record({ base, asks: fc.boolean(), said: fc.array(caveat, { maxLength: 1 }), given: fc.nat({ max: 9 }) })
  .map(({ base, asks, said, given }): Macaroon[] => {
    const kid = randomBytes(4);
    const token = mint({ key, nonce: { kid }, caveats: base, thirdParties: asks ? [party] : [] });
    const ticket = token.caveats.flatMap((one) => (one.name === "3P" ? [one.body.Ticket] : []))[0];
    const proof = ticket && given > 0 ? discharge(party, ticket, said) : undefined;
    return proof ? [token, proof] : [token];
  });
const header = fc.array(bundle, { minLength: 1, maxLength: 2 }).map((some) => formatHeader(some.flat()));

describe("a caveat only ever narrows:", () => {
  test("what a list of caveats refuses, a longer list refuses", () => {
    let opened = 0;
    fc.assert(
      fc.property(base, added, access, (base, added, access) => {
        const [before, after] = [base, [...base, ...added]].map(
          (list) =>
            evaluate(
              list.map((one) => caveatOf(one)),
              access,
              now,
            ).allowed,
        );
        if (before) opened += 1;
        if (after) expect(before).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(opened).toBeGreaterThan(100);
  });

  test("what a header refuses, it refuses with caveats added", () => {
    const seen = { before: 0, after: 0 };
    fc.assert(
      fc.property(header, added, access, (header, added, access) => {
        const before = evaluateHeader(header, access, now);
        const after = evaluateHeader(attenuate(header, added), access, now);
        expect(after.tokens.map(({ uuid }) => uuid)).toEqual(before.tokens.map(({ uuid }) => uuid));
        for (const [index, token] of after.tokens.entries())
          if (token.allowed) expect(before.tokens[index]?.allowed).toBe(true);
        seen.before += Number(before.allowed);
        seen.after += Number(after.allowed);
      }),
      { numRuns: 2000 },
    );
    expect(seen.before).toBeGreaterThan(seen.after);
    expect(seen.after).toBeGreaterThan(10);
  });

  test("so it is for whoever has the key, and the signature stays good", () => {
    fc.assert(
      fc.property(header, added, access, (header, added, access) => {
        const before = verify(header, key, trusted).results;
        const after = verify(attenuate(header, added), key, trusted).results;
        expect(after.map(({ verified }) => verified)).toEqual(before.map(({ verified }) => verified));
        for (const [index, token] of after.entries()) {
          const old = before[index];
          if (token.verified && old?.verified && evaluate(token.caveats, access, now).allowed)
            expect(evaluate(old.caveats, access, now).allowed).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("the caveats may come at once or one after the other, and are the same caveats", () => {
    fc.assert(
      fc.property(header, added, (header, added) => {
        expect(added.reduce((all, one) => attenuate(all, [one]), header)).toBe(attenuate(header, added));
      }),
      { numRuns: 300 },
    );
  });
});

describe("nothing that is signed can be changed:", () => {
  test("what was minted is verified, with any bit flipped it is not", () => {
    fc.assert(
      fc.property(base, fc.integer(), fc.constantFrom(0, 1, 2), (caveats, seed, changes) => {
        const token = mint({ key, nonce: { kid: Buffer.from("kid") }, caveats });
        const narrower = attenuate(formatHeader([token]), [{ type: "Action", body: "r" }].slice(0, changes));
        expect(verify(narrower, key).verified).toBe(true);
        expect(verify(narrower, Buffer.alloc(32, 9)).results[0]).toMatchObject({ error: "bad_signature" });
        const bits = token.bytes.length * 8;
        for (let nth = 0; nth < 40; nth++) {
          const at = Math.abs(Math.imul(seed + nth, 2_654_435_761)) % bits;
          expect(verify(headerOf([{ bytes: flipped(token.bytes, at) }]), key).verified, `bit ${at}`).toBe(
            false,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test("every bit of a token and of its discharge counts, but for the discharge's location", () => {
    const token = mint({
      key,
      nonce: { kid: Buffer.from("kid") },
      caveats: [{ type: "Organization", body: { id: 1, mask: "r" } }],
      thirdParties: [party],
    });
    const ticket = token.caveats.flatMap((one) => (one.name === "3P" ? [one.body.Ticket] : []))[0];
    const proof = discharge(party, ticket ?? Buffer.alloc(0), [{ type: "FlyioUserID", body: 7 }], token);
    if (!proof) throw new Error("no discharge");
    const whole = verify(formatHeader([token, proof]), key, trusted);
    expect(whole.results[0]).toMatchObject({ verified: true, caveats: [{}, { name: "FlyioUserID" }] });
    for (let at = 0; at < token.bytes.length * 8; at++) {
      const { verified } = verify(headerOf([{ bytes: flipped(token.bytes, at) }, proof]), key, trusted);
      expect(verified, `bit ${at} of the token`).toBe(false);
    }
    const from = Buffer.from(proof.bytes).indexOf(party.location);
    for (let at = 0; at < proof.bytes.length * 8; at++) {
      const { results } = verify(headerOf([token, { bytes: flipped(proof.bytes, at) }]), key, trusted);
      const inLocation = at >= from * 8 && at < (from + party.location.length) * 8;
      // A discharge from elsewhere still discharges, if its text is one; what it says about users is not believed.
      if (results[0]?.verified) {
        expect(inLocation, `bit ${at} of the discharge`).toBe(true);
        expect(results[0].caveats.map(({ name }) => name)).toEqual(["Organization"]);
      }
    }
  });
});

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("an explanation", () => {
  test("of any header is there, holds nothing that opens anything, and nothing invisible", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const some = Array.from({ length: draw(fc.integer, { min: 1, max: 3 }) }, () => macaroon(draw));
        const told = JSON.stringify(explain(headerOf(some), { now }).sentences);
        expect(told).not.toMatch(/[\p{Cc}\p{Cf}]|\\u00/u);
        for (const { nonce, tail, bytes, caveats } of some) {
          const secrets = [nonce.rnd, tail, bytes, ...caveats.flatMap(({ json }) => sealed(json))];
          for (const secret of secrets.filter(({ length }) => length >= 9))
            for (const form of ["hex", "base64", "base64url"] as const)
              expect(told).not.toContain(secret.toString(form).replace(/=+$/, "").slice(0, 64));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("of any text is there, or says what is wrong with it without a word of it", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.base64String().map((one) => `fm2_${one}`),
      fc.constantFrom("Bearer ", "FlyV1 ", ",", "fo1_topsecret", "fm2_", "fm1r_AAAA", "_"),
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join("")),
        (text) => {
          try {
            const { sentences } = explain(text, { now });
            expect(sentences.join()).not.toContain("topsecret");
          } catch (fault) {
            expect(fault).toBeInstanceOf(MacaroonFault);
          }
          const outcomes = [() => attenuate(text, []), () => verify(text, key), () => parseHeader(text)];
          for (const act of outcomes) {
            try {
              act();
            } catch (fault) {
              expect(fault).toBeInstanceOf(MacaroonFault);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** What is sealed in a caveat, and in those inside it. */
function sealed(json: { type: string; body?: unknown }): Buffer[] {
  const body = json.body as {
    VerifierKey?: string;
    Ticket?: string;
    ifs?: { type: string; body?: unknown }[];
  };
  if (json.type === "3P")
    return [body.VerifierKey, body.Ticket].map((one) => Buffer.from(one ?? "", "base64"));
  return json.type === "IfPresent" ? (body.ifs ?? []).flatMap(sealed) : [];
}
