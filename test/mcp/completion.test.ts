/** What is offered to somebody who fills in a prompt's argument or a resource's variable, in both eras. */
import type { Client } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prompts } from "../../prompts/index.generated.ts";
import { packageManagers } from "../../src/package-managers/index.generated.ts";
import { resources } from "../../src/resources/index.generated.ts";
import { tempHome } from "../support/home.ts";
import { type ClientOptions, openWorld, type World } from "../support/world.ts";

const eras: ClientOptions["era"][] = ["legacy", "modern"];

const pathOf = (input: Parameters<typeof fetch>[0]) =>
  new URL(typeof input === "object" && "url" in input ? input.url : input).pathname;

/** The values for a prompt's argument, or with `{…}` in the name for a resource's variable. */
async function complete(
  client: Client,
  name: string,
  argument: string,
  value: string,
  filled?: Record<string, string>,
) {
  const ref = name.includes("{")
    ? { type: "ref/resource" as const, uri: name }
    : { type: "ref/prompt" as const, name };
  const { completion } = await client.complete({
    ref,
    argument: { name: argument, value },
    ...(filled && { context: { arguments: filled } }),
  });
  return completion;
}

describe.each(eras)("for a client of the %s era", (era) => {
  let world: World;
  let client: Client;
  beforeAll(async () => {
    world = await openWorld();
    for (const name of ["production", "preproduction", "staging"])
      await world.registry.call("POST", "/environments", { name });
    const bob = await world.registry.addUser("bob", "developer");
    await world.registry.mint({ name: "Deploy", environment: "production" });
    await world.registry.mint({ name: "laptop" });
    await world.registry.mint({ name: "bob's", key: bob });
    const { token } = await world.registry.mint({ name: "dead" });
    await world.registry.call("POST", `/tokens/${token.id}/revoke`);
    client = (await world.connect({ era })).client;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each<
    [prompt: string, argument: string, value: string, values: unknown, filled?: Record<string, string>]
  >([
    ["deployment-token", "environment", "PROD", ["production", "preproduction"]],
    ["deployment-token", "expires", "9", ["90d"]],
    ["rotate-before-expiry", "token", "", expect.arrayContaining(["Deploy", "laptop", "bob's"])],
    ["rotate-before-expiry", "token", "dead", []],
    ["rotate-before-expiry", "token", "", ["Deploy"], { environment: "production" }],
    ["rotate-before-expiry", "token", "", [], { environment: "moon" }],
    ["rotate-before-expiry", "within", "7", ["7d"]],
    ["offboard-person", "person", "b", ["bob"]],
    ["set-up-ci", "permission", "read", ["read_only", "read_write"]],
    ["set-up-ci", "repository", "acme", []],
    ["set-up-this-machine", "managers", "npm, do", ["npm, docker", "npm, dotnet"]],
    ["set-up-this-machine", "managers", "npm, npm", ["npm, pnpm"]],
    ["set-up-this-machine", "publish", "", ["yes", "no"]],
    ["set-up-this-machine", "moon", "", []],
    ["fly-tokens://environments/{name}", "name", "stag", ["staging"]],
    ["fly-tokens://package-managers/{id}/guide", "id", "pip", ["pip", "pipenv"]],
    ["fly-tokens://package-managers/{id}/guide", "name", "pip", []],
  ])("%s, %s: %o gives %o %o", async (name, argument, value, values, filled) => {
    expect((await complete(client, name, argument, value, filled)).values).toEqual(values);
  });

  it("says how many there are", async () => {
    expect(await complete(client, "fly-tokens://package-managers/{id}/guide", "id", "")).toMatchObject({
      total: packageManagers.length,
      hasMore: false,
    });
  });

  it.each(["drop-tokens", "fly-tokens://secrets/{name}"])("knows no %s", async (name) => {
    await expect(complete(client, name, "name", "")).rejects.toThrow(/not found/);
  });

  it("completes something of every prompt that has to do with names, and every template", async () => {
    for (const { name, args, completes = {} } of prompts) {
      expect(Object.keys(args.shape), name).toEqual(expect.arrayContaining(Object.keys(completes)));
      for (const argument of Object.keys(completes))
        expect(
          (await complete(client, name, argument, "")).values.length,
          `${name} ${argument}`,
        ).toBeGreaterThan(0);
    }
    for (const { uri, completes } of resources) expect(completes !== undefined, uri).toBe(uri.includes("{"));
    expect(world.faults).toEqual([]);
  });
});

describe("what the operator allows", () => {
  it("is what is offered: no name that no tool would tell", async () => {
    await using world = await openWorld({ env: { FLY_TOKENS_TOOLS: "get_status, generate_token" } });
    await world.registry.call("POST", "/environments", { name: "production" });
    await world.registry.mint({ name: "ci", environment: "production" });
    const { client } = await world.connect({ era: "modern" });
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(["set-up-ci"]);
    expect(await complete(client, "set-up-ci", "environment", "")).toEqual({
      values: [],
      total: 0,
      hasMore: false,
    });
    expect((await complete(client, "set-up-ci", "permission", "")).values).toHaveLength(2);
    await expect(complete(client, "offboard-person", "person", "")).rejects.toThrow(/not found/);
  });

  it("is what can be chosen: no life that is too long, no permission that is refused", async () => {
    await using home = await tempHome();
    const rules = { environments: { production: { permissions: ["read_only"], max_expiry: "10d" } } };
    const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
    await using world = await openWorld({ env: { FLY_TOKENS_POLICY, FLY_TOKENS_MAX_EXPIRY: "45d" } });
    const { client } = await world.connect({ era: "modern" });
    const of = async (prompt: string, argument: string, filled: Record<string, string>) =>
      (await complete(client, prompt, argument, "", filled)).values;
    expect(await of("deployment-token", "expires", {})).toEqual([
      "1h",
      "8h",
      "24h",
      "7d",
      "14d",
      "30d",
      "45d",
    ]);
    const production = { environment: "production" };
    expect(await of("deployment-token", "expires", production)).toEqual(["1h", "8h", "24h", "7d", "10d"]);
    expect(await of("set-up-ci", "permission", production)).toEqual(["read_only"]);
  });
});

describe("an issuer that cannot be asked", () => {
  it("is an empty list, and no fault", async () => {
    await using world = await openWorld({
      fetch: () => async () => {
        throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ENOTFOUND" }) });
      },
    });
    const { client } = await world.connect({ era: "modern" });
    expect((await complete(client, "deployment-token", "environment", "")).values).toEqual([]);
    expect(world.faults).toEqual([]);
  });

  it("is an empty list when it does not answer, and the other arguments are completed meanwhile", async () => {
    let asked = 0;
    let letGo = () => {};
    const silence = new Promise<never>((_resolve, reject) => {
      letGo = () => reject(new Error("ended"));
    });
    await using world = await openWorld({
      fetch: () => () => {
        asked += 1;
        return silence;
      },
    });
    const { client } = await world.connect({ era: "modern" });
    const slow = complete(client, "deployment-token", "environment", "");
    expect((await complete(client, "deployment-token", "expires", "9")).values).toEqual(["90d"]);
    expect((await slow).values).toEqual([]);
    expect(asked).toBe(1);
    // Or the end would wait for as long as an issuer may take.
    letGo();
  });

  it("is asked once for all keys that are pressed at once", async () => {
    const paths: string[] = [];
    await using world = await openWorld({
      fetch: (real) => (input, init) => {
        paths.push(pathOf(input));
        return real(input, init);
      },
    });
    await world.registry.call("POST", "/environments", { name: "production" });
    const { client } = await world.connect({ era: "modern" });
    const found = await Promise.all(
      ["", "p", "pr", "pro", "prod"].map((typed) =>
        complete(client, "deployment-token", "environment", typed),
      ),
    );
    expect(found.map(({ values }) => values)).toEqual(Array.from({ length: 5 }, () => ["production"]));
    expect(paths.filter((path) => path.endsWith("/environments"))).toHaveLength(1);
  });
});

it("names that are not what they look like are not offered", async () => {
  await using world = await openWorld({
    fetch: (real) => async (input, init) => {
      const response = await real(input, init);
      if (!pathOf(input).endsWith("/tokens")) return response;
      return new Response((await response.text()).replace("deploy.exe", "deploy\u202Egnp.exe"), response);
    },
  });
  await world.registry.mint({ name: "fine" });
  await world.registry.mint({ name: "deploy.exe" });
  const { client } = await world.connect({ era: "modern" });
  const { values } = await complete(client, "rotate-before-expiry", "token", "");
  expect(values).toEqual(["fine"]);
});
