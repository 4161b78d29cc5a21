import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { revokeToken } from "../../tools/revoke-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

let world: World;
let call: (name: string, args: Record<string, unknown>) => Promise<ToolResult>;
const revoke = (args: Record<string, unknown>) => call("revoke_token", args);

beforeEach(async () => {
  world = await openWorld({ env: { FLY_TOKENS_CONFIRM: "never" } });
  ({ call } = await world.connect());
});
afterEach(() => world[Symbol.asyncDispose]());

const statuses = async () => {
  const { tokens } = (await (
    await world.registry.call("GET", "/tokens?limit=200&sort=created_at")
  ).json()) as {
    tokens: { name: string; status: string }[];
  };
  return Object.fromEntries(tokens.map(({ name, status }) => [name, status]));
};

/** The plan that a client without forms gets, where the operator leaves it at that. */
async function planFor(args: Record<string, unknown>): Promise<string[]> {
  await using asking = await openWorld({
    env: {
      FLY_TOKENS_LOCAL_URL: world.registry.url,
      FLY_TOKENS_LOCAL_KEY: world.registry.adminKey,
      FLY_TOKENS_HOME: `${world.home}/ours`,
    },
  });
  const { call: ask } = await asking.connect();
  const { data } = (await ask("revoke_token", args)) as unknown as {
    data: { confirmation_required: { plan: string[] } };
  };
  return data.confirmation_required.plan;
}

it("ends tokens at once, and says for each id what became of it", async () => {
  const [one, two] = [await world.registry.mint({ name: "one" }), await world.registry.mint({ name: "two" })];
  await world.registry.call("POST", `/tokens/${two.token.id}/revoke`);
  const ids = [one.token.id, two.token.id, "tok_unknown", one.token.id];
  const result = await revoke({ ids });
  expect(answerOf(revokeToken, result).outcomes).toEqual([
    { id: one.token.id, name: "one", outcome: "revoked" },
    { id: two.token.id, name: "two", outcome: "already_revoked" },
    { id: "tok_unknown", outcome: "not_found", message: "There is no such token." },
  ]);
  expectSameFacts({ ...result, text: result.text.replaceAll(" ", "_") }, "message", "id");
  expect(result.text).toContain("There is no such token.");
  const answer = await world.registry.fetch("/v2/", { headers: { authorization: `Bearer ${one.value}` } });
  expect(answer.status).toBe(401);
});

describe("by a filter", () => {
  it("ends what matches and is active, and nothing else", async () => {
    const bob = await world.registry.addUser("bob");
    await world.registry.mint({ name: "bob 1", key: bob });
    await world.registry.mint({ name: "bob 2", key: bob, permission: "read_only" });
    await world.registry.mint({ name: "mine" });
    const result = await revoke({ filter: { created_by: "bob" } });
    expect(answerOf(revokeToken, result).outcomes.map(({ outcome }) => outcome)).toEqual([
      "revoked",
      "revoked",
    ]);
    expect(await statuses()).toEqual({ "bob 1": "revoked", "bob 2": "revoked", mine: "active" });
  });

  it("is refused when more than a hundred match", async () => {
    await Promise.all(Array.from({ length: 101 }, (_, at) => world.registry.mint({ name: `bulk ${at}` })));
    expectRefusal(await revoke({ filter: { name: "bulk" } }), "invalid_input", /more than 100/);
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(["active"]));
    const result = await revoke({ filter: { name: "bulk 1" } });
    expect(answerOf(revokeToken, result).outcomes).toHaveLength(12);
  });

  it.each([
    ["is empty", { filter: {} }, "invalid_input"],
    ["is missing, as are ids", {}, "invalid_input"],
    ["comes with ids", { ids: ["tok_1"], filter: { name: "mine" } }, "invalid_input"],
    ["matches nothing", { filter: { name: "nobody's" } }, "not_found"],
    ["has a condition that there is not", { filter: { createdBy: "bob" } }, "invalid_input"],
    ["has a status that there is not", { filter: { status: "live" } }, "invalid_input"],
  ] as const)("is refused when it %s", async (_what, args, code) => {
    await world.registry.mint({ name: "mine" });
    expectRefusal(await revoke(args), code);
    expect(await statuses()).toEqual({ mine: "active" });
  });
});

describe("the plan", () => {
  it("names each token that would end, by whom it was made and who uses it on this machine", async () => {
    const set = answerOf(
      configurePackageManager,
      await call("configure_package_manager", { manager: "npm" }),
    );
    const { token } = await world.registry.mint({ name: "other" });
    await world.registry.call("POST", `/tokens/${token.id}/revoke`);
    const lines = await planFor({ ids: [set.token?.id, token.id] });
    expect(lines).toEqual([
      `Revoke npm on test-machine (${set.token?.id}): read_only, download packages and images, made by admin; used on this machine by npm (${world.home}/.npmrc)`,
      "Whatever uses them stops working at once. This cannot be undone.",
    ]);
    expect(await statuses()).toMatchObject({ "npm on test-machine": "active" });
  });
});

describe("a developer", () => {
  it("ends their own, and cannot tell a token of others from one that does not exist", async () => {
    const bob = await world.registry.addUser("bob");
    const own = await world.registry.mint({ name: "bob's", key: bob });
    const foreign = await world.registry.mint({ name: "admin's" });
    await using theirs = await openWorld({
      env: {
        FLY_TOKENS_CONFIRM: "never",
        FLY_TOKENS_LOCAL_URL: world.registry.url,
        FLY_TOKENS_LOCAL_KEY: bob,
      },
    });
    const developer = await theirs.connect();
    const unknown = "tok_00000000000000000000";
    const result = await developer.call("revoke_token", { ids: [own.token.id, foreign.token.id, unknown] });
    const [first, second, third] = answerOf(revokeToken, result).outcomes;
    expect(first).toEqual({ id: own.token.id, name: "bob's", outcome: "revoked" });
    expect({ ...second, id: unknown }).toEqual(third);
    expect(third).toMatchObject({ outcome: "not_found" });
    expectRefusal(await developer.call("revoke_token", { filter: { created_by: "admin" } }), "not_found");
    expect(await statuses()).toEqual({ "bob's": "revoked", "admin's": "active" });
  });

  it("has theirs ended by an admin", async () => {
    const bob = await world.registry.addUser("bob");
    const { token } = await world.registry.mint({ name: "bob's", key: bob });
    const result = await revoke({ ids: [token.id] });
    expect(answerOf(revokeToken, result).outcomes).toMatchObject([{ outcome: "revoked" }]);
  });
});

it("forgets the value of a token that was made just now", async () => {
  const { token } = answerOf(generateToken, await call("generate_token", { name: "ci" }));
  await revoke({ ids: [token.id] });
  const result = await call("configure_package_manager", { manager: "npm", token_id: token.id });
  expectRefusal(result, "not_found");
});

describe("refuses", () => {
  it.each<[Record<string, unknown>, object]>([
    [{ id: "tok_1" }, { did_you_mean: "ids" }],
    [{ ids: [] }, {}],
    [{ ids: "tok_1" }, {}],
    [{ ids: [""] }, {}],
    [{ ids: Array.from({ length: 101 }, (_, at) => `tok_${at}`) }, {}],
  ])("%j", async (args, details) => {
    const result = await revoke(args);
    expectRefusal(result, "invalid_input");
    expect(result.error).toMatchObject(details);
  });

  it("when the registry is gone, before anybody is asked", async () => {
    const { token } = await world.registry.mint();
    await world.registry.close();
    expectRefusal(await revoke({ ids: [token.id] }), "provider_down");
  });
});
