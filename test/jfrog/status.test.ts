import { expect, test } from "vitest";
import { getStatus } from "../../tools/get-status.ts";
import { answerOf } from "../support/answers.ts";
import { openJfrogMachine } from "../support/jfrog.ts";

test("what is wrong with the issuer is said of the issuer, and not again of each package manager", async () => {
  await using here = await openJfrogMachine({ env: { JFROG_ACCESS_TOKEN: `eyJ.${"dead".repeat(20)}.c2ln` } });
  const told = answerOf(getStatus, await here.call("get_status"));
  expect(told.providers.find(({ id }) => id === "jfrog")?.problem).toMatch(/JFROG_ACCESS_TOKEN|login/);
  expect(told.package_managers.filter(({ problem }) => problem)).toEqual([]);
  expect(told.package_managers.length).toBeGreaterThan(20);
});
