/** Reading and writing: bytes and JSON come back as they were, whoever wrote them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { caveatOf, toJson } from "../../src/macaroon/caveat.ts";
import { formatHeader, macaroonsOf, parseHeader } from "../../src/macaroon/header.ts";
import { decodeMacaroon, makeMacaroon } from "../../src/macaroon/macaroon.ts";
import { reportOn } from "../../src/macaroon/report.ts";
import { caveat, headerOf, macaroon, names } from "./wire.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("any macaroon, whoever wrote it", () => {
  test("is read as what was written, and keeps every byte", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const written = macaroon(draw);
        const read = decodeMacaroon(written.bytes);
        const { version, kid, rnd, proof, bytes } = read.nonce;
        expect({ version, kid, rnd, proof, bytes }).toEqual(written.nonce);
        expect(read.location).toBe(written.location);
        expect(read.tail).toEqual(written.tail);
        expect(read.caveats.map(toJson)).toEqual(written.caveats.map(({ json }) => json));
        expect(read.caveats.map((one) => hex(one.bytes))).toEqual(
          written.caveats.map((one) => hex(one.bytes)),
        );
        expect(hex(read.bytes)).toBe(hex(written.bytes));
        expect(formatHeader([read])).toBe(headerOf([written]));
        expect(reportOn(headerOf([written])).canonical).toBe(headerOf([written]));
      }),
      { numRuns: 1000 },
    );
  });

  test("put together again has the same bytes but for the heads of macaroon, list and tail", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const read = decodeMacaroon(macaroon(draw).bytes);
        const again = makeMacaroon(read);
        expect(decodeMacaroon(again.bytes)).toEqual({ ...read, bytes: again.bytes });
        expect(hex(makeMacaroon(decodeMacaroon(again.bytes)).bytes)).toBe(hex(again.bytes));
      }),
      { numRuns: 1000 },
    );
  });

  test("keeps the bytes of all that it had when it is narrowed", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const before = decodeMacaroon(macaroon(draw).bytes);
        fc.pre(!before.nonce.proof);
        const header = attenuate(formatHeader([before]), [{ type: "Action", body: "r" }], before.location);
        const [after] = macaroonsOf(parseHeader(header));
        expect(after?.nonce).toEqual(before.nonce);
        expect(after?.place).toEqual(before.place);
        expect(after?.caveats.slice(0, before.caveats.length)).toEqual(before.caveats);
      }),
      { numRuns: 500 },
    );
  });
});

describe("any caveat", () => {
  test.each([...names, undefined])("of the type %s: JSON, bytes, JSON", (name) => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const { json } = caveat(draw, 0, name);
        fc.pre(!hasMixedWildcard(json));
        const made = caveatOf(json, { raw: true });
        expect(toJson(made)).toEqual(json);
        const [read] = decodeMacaroon(makeMacaroon({ ...bare, caveats: [made] }).bytes).caveats;
        expect(read && toJson(read)).toEqual(json);
        expect(read?.bytes).toEqual(made.bytes);
        expect(caveatOf(JSON.parse(JSON.stringify(json)), { raw: true }).bytes).toEqual(made.bytes);
      }),
      { numRuns: 120 },
    );
  });
});

const bare = decodeMacaroon(
  Buffer.concat([Buffer.from("9493c40101c40102c2a090c420", "hex"), Buffer.alloc(32)]),
);

/** Which can be read, and may not be added. */
function hasMixedWildcard(json: unknown): boolean {
  if (typeof json !== "object" || json === null) return false;
  const keys = Object.keys(json);
  return (
    (keys.length > 1 && keys.some((key) => key === "" || key === "0")) ||
    Object.values(json).some(hasMixedWildcard)
  );
}
