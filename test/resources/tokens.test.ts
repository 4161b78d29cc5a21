import { expect, it } from "vitest";
import { tokens } from "../../src/resources/tokens.ts";
import { freePort } from "../support/free-port.ts";
import { openWorld } from "../support/world.ts";

const told = async (context: Parameters<typeof tokens.read>[1]) =>
  JSON.parse((await tokens.read("", context)) ?? "") as { issuers: Record<string, unknown>[] };

it("says that it was cut, and how to go on", async () => {
  await using world = await openWorld();
  for (let index = 0; index < 201; index++) await world.registry.mint({ name: `token-${index}` });
  const [issuer] = (await told(world.context)).issuers;
  expect(issuer).toMatchObject({ provider: "local", total: 201 });
  expect(issuer?.tokens).toHaveLength(200);
  const [, cursor] = /provider "local", cursor "([^"]+)"/.exec(String(issuer?.cut)) ?? [];
  const { call } = await world.connect();
  expect((await call("list_tokens", { provider: "local", cursor })).data).toMatchObject({
    tokens: [{ name: "token-0" }],
  });
});

it("says nothing of a cut where there is none", async () => {
  await using world = await openWorld();
  await world.registry.mint({ name: "ci" });
  expect((await told(world.context)).issuers).toEqual([
    { provider: "local", total: 1, tokens: [expect.objectContaining({ name: "ci", status: "active" })] },
  ]);
});

it("asks every product that is in use, and one that is down hides no other", async () => {
  const down = `http://127.0.0.1:${await freePort()}`;
  await using world = await openWorld({
    env: {
      JFROG_URL: down,
      JFROG_ACCESS_TOKEN: "a-token-of-nobody",
      FLY_API_TOKEN: "fo1_a-token-of-nobody",
      FLY_API_BASE_URL: down,
    },
  });
  const { issuers } = await told(world.context);
  expect(issuers.map(({ provider }) => provider).sort()).toEqual(["flyio", "jfrog"]);
  for (const { tokens: found, problem } of issuers) {
    expect(found).toEqual([]);
    expect(problem).toMatch(/\S+ .*\. \S+/);
  }
});
