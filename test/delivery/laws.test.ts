/** The laws of test/delivery/laws.ts for every case there is, through generate_token. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deliveries } from "../../src/delivery/index.generated.ts";
import { type DeliveryCase, keepsTheLaws } from "./laws.ts";

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

describe.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => keepsTheLaws(one));
