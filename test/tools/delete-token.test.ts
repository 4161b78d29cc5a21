import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteToken } from "../../tools/delete-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

let clock: Date;
let world: World;
let remove: (args: Record<string, unknown>) => Promise<ToolResult>;

beforeEach(async () => {
  clock = new Date("2026-03-01T10:00:00Z");
  world = await openWorld({ now: () => clock, env: { FLY_TOKENS_CONFIRM: "never" } });
  const { call } = await world.connect();
  remove = (args) => call("delete_token", args);
});
afterEach(() => world[Symbol.asyncDispose]());

const names = async () => {
  const { tokens } = (await (await world.registry.call("GET", "/tokens?sort=name")).json()) as {
    tokens: { name: string }[];
  };
  return tokens.map(({ name }) => name);
};
const mint = async (name: string, expires_at: string | null = null) =>
  (await world.registry.mint({ name, expires_at })).token.id;

it("removes what is revoked or expired, never what is active, and says for each id what became of it", async () => {
  const [active, revoked, expired] = [
    await mint("active"),
    await mint("revoked"),
    await mint("expired", "2026-03-01T11:00:00Z"),
  ];
  await world.registry.call("POST", `/tokens/${revoked}/revoke`);
  clock = new Date("2026-03-01T12:00:00Z");
  const result = await remove({ ids: [active, revoked, expired, "tok_unknown", revoked] });
  expect(answerOf(deleteToken, result).outcomes).toEqual([
    { id: active, outcome: "still_active", message: expect.stringContaining("revoke") },
    { id: revoked, outcome: "deleted" },
    { id: expired, outcome: "deleted" },
    { id: "tok_unknown", outcome: "not_found", message: "There is no such token." },
  ]);
  expectSameFacts({ ...result, text: `${result.text} ${result.text.replaceAll(" ", "_")}` });
  expect(await names()).toEqual(["active"]);
});

it("asks first, naming what would go", async () => {
  const revoked = await mint("old");
  await world.registry.call("POST", `/tokens/${revoked}/revoke`);
  await using asking = await openWorld({
    env: { FLY_TOKENS_LOCAL_URL: world.registry.url, FLY_TOKENS_LOCAL_KEY: world.registry.adminKey },
  });
  const { call } = await asking.connect();
  const { data } = await call("delete_token", { ids: [revoked] });
  expect(data).toEqual({
    confirmation_required: {
      plan: [`Delete old (${revoked}), revoked`, "They disappear from the list for good."],
      confirmation: expect.stringMatching(/^confirm_/),
    },
  });
  expect(await names()).toEqual(["old"]);
});

it("does not tell a developer whether a token of others exists", async () => {
  const bob = await world.registry.addUser("bob");
  const foreign = await mint("admin's");
  await world.registry.call("POST", `/tokens/${foreign}/revoke`);
  await using theirs = await openWorld({
    env: {
      FLY_TOKENS_CONFIRM: "never",
      FLY_TOKENS_LOCAL_URL: world.registry.url,
      FLY_TOKENS_LOCAL_KEY: bob,
    },
  });
  const { call } = await theirs.connect();
  const unknown = "tok_00000000000000000000";
  const [first, second] = answerOf(
    deleteToken,
    await call("delete_token", { ids: [foreign, unknown] }),
  ).outcomes;
  expect({ ...first, id: unknown }).toEqual(second);
  expect(second).toMatchObject({ outcome: "not_found" });
  expect(await names()).toEqual(["admin's"]);
});

describe("refuses", () => {
  it.each<[Record<string, unknown>, object]>([
    [{}, {}],
    [{ ids: [] }, {}],
    [{ id: "tok_1" }, { did_you_mean: "ids" }],
    [{ ids: ["tok_1"], filter: { status: "revoked" } }, { allowed: ["ids", "provider", "confirmation"] }],
    [{ ids: Array.from({ length: 101 }, (_, at) => `tok_${at}`) }, {}],
  ])("%j", async (args, details) => {
    const result = await remove(args);
    expectRefusal(result, "invalid_input");
    expect(result.error).toMatchObject(details);
  });

  it("when the registry is gone, before anybody is asked", async () => {
    await world.registry.close();
    expectRefusal(await remove({ ids: ["tok_1"] }), "provider_down");
  });
});
