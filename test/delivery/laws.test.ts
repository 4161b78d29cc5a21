/** The laws of test/delivery/laws.ts for every case there is, through generate_token. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deliveries } from "../../src/delivery/index.generated.ts";
import {
  type DeliveryCase,
  expectCheckIsPure,
  expectDelivered,
  expectImpossible,
  expectNoStrangers,
  expectOneValue,
  expectReplaced,
  expectRevoked,
} from "./laws.ts";

const folder = new URL("cases/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const cases: DeliveryCase[] = [];
for (const name of files) {
  const module = (await import(new URL(name, folder).href)) as { cases: DeliveryCase[] };
  cases.push(...module.cases);
}

/** It takes a real one: test/e2e/keychain-laws.test.ts. */
const elsewhere = "keychain";

it("has a case for every delivery", () => {
  const here = deliveries.map(({ id }) => id).filter((id) => id !== elsewhere);
  expect([...new Set(cases.map(({ id }) => id))].sort()).toEqual(here.sort());
});

describe.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
  it("holds the value of the new token, which is nowhere else", () => expectDelivered(one));
  it("is checked without a change", () => expectCheckIsPure(one));
  it("refuses an argument that means nothing to it", () => expectNoStrangers(one));
  if (!one.byHand) {
    it("holds one value after a second call", () => expectOneValue(one));
    it("holds the successor alone after a rotation", () => expectReplaced(one));
  }
  for (const [name, prepare] of Object.entries(one.impossible))
    it(`mints nothing: ${name}`, () => expectImpossible(one, prepare));
  for (const [name, fault] of Object.entries(one.faults))
    it(`revokes the new token: ${name}`, () => expectRevoked(one, fault));
});
