import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listTokens } from "../../tools/list-tokens.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

let clock: Date;
let world: World;
let list: (args?: Record<string, unknown>) => Promise<ToolResult>;
/** The names on a page. */
const names = async (args: Record<string, unknown>) =>
  answerOf(listTokens, await list(args)).tokens.map(({ name }) => name);

beforeEach(async () => {
  clock = new Date("2026-03-01T10:00:00Z");
  world = await openWorld({ now: () => clock });
  const { call } = await world.connect();
  list = (args) => call("list_tokens", args);
});
afterEach(() => world[Symbol.asyncDispose]());

/** Five tokens, a minute apart, the newest last. */
async function five() {
  const { registry } = world;
  const bob = await registry.addUser("bob");
  await registry.call("POST", "/environments", { name: "production" });
  const mint = async (options: Parameters<typeof registry.mint>[0]) => {
    clock = new Date(clock.getTime() + 60_000);
    return (await registry.mint({ permission: "read_only", ...options })).token.id;
  };
  await mint({ name: "one", expires_at: "2026-03-01T11:00:00Z" });
  await mint({ name: "two", permission: "read_write" });
  const three = await mint({ name: "three", environment: "production", expires_at: "2026-03-20T00:00:00Z" });
  await mint({ name: "four", expires_at: "2026-05-01T00:00:00Z", key: bob });
  await registry.call("POST", `/tokens/${three}/revoke`);
  await mint({ name: "Five", expires_at: "2026-03-09T00:00:00Z" });
  return { bob };
}

it("shows everything about a token but its value", async () => {
  const { registry } = world;
  await registry.call("POST", "/environments", { name: "production" });
  const { token, value } = await registry.mint({
    name: "ci",
    permission: "read_only",
    environment: "production",
  });
  await registry.fetch("/v2/", { headers: { authorization: `Bearer ${value}` } });
  const result = await list();
  expect(answerOf(listTokens, result)).toEqual({
    tokens: [
      {
        id: token.id,
        provider: "local",
        name: "ci",
        username: "admin",
        permission: "read_only",
        scope: "download packages and images",
        environment: "production",
        created_by: "admin",
        created_at: "2026-03-01T10:00:00.000Z",
        expires_at: null,
        last_used_at: expect.any(String),
        status: "active",
      },
    ],
    total: 1,
  });
  expectSameFacts(
    result,
    "provider",
    "username",
    "scope",
    "created_at",
    "last_used_at",
    "total",
    "expires_at",
  );
  expect(result.text).toContain("expires never");
  expect(world.frames.join()).not.toContain(value);
});

it("says so when there is none", async () => {
  const result = await list();
  expect(answerOf(listTokens, result)).toEqual({ tokens: [], total: 0 });
  expect(result.text).toBe("No token matches.");
});

it("gives every token once, page by page, newest first, also when one is made meanwhile", async () => {
  await five();
  const seen: string[] = [];
  let cursor: string | undefined;
  const totals: (number | undefined)[] = [];
  do {
    const result = await list({ limit: 2, ...(cursor && { cursor }) });
    const page = answerOf(listTokens, result);
    expectSameFacts(result, "provider", "username", "scope", "created_at", "expires_at");
    seen.push(...page.tokens.map(({ name }) => name));
    totals.push(page.total);
    cursor = page.next_cursor;
    if (seen.length === 2) await world.registry.mint({ name: "newcomer" });
  } while (cursor);
  expect(seen).toEqual(["Five", "four", "three", "two", "one"]);
  expect(totals).toEqual([5, undefined, undefined]);
});

describe("finds", () => {
  it.each<[Record<string, unknown>, string[]]>([
    [{ status: "active" }, ["Five", "four", "two", "one"]],
    [{ status: "revoked" }, ["three"]],
    [{ permission: "read_write" }, ["two"]],
    [{ permission: "custom" }, []],
    [{ environment: "production" }, ["three"]],
    [{ environment: "nowhere" }, []],
    [{ name: "FI" }, ["Five"]],
    [{ name: "%" }, []],
    [{ created_by: "bob" }, ["four"]],
    [{ expires_within: "2h" }, ["one"]],
    [{ expires_within: "30d" }, ["one", "Five"]],
    [{ sort: "name" }, ["Five", "four", "one", "three", "two"]],
    [{ sort: "-name" }, ["two", "three", "one", "four", "Five"]],
    [{ sort: "created_at", limit: 2 }, ["one", "two"]],
    [{ status: "active", created_by: "admin", permission: "read_only" }, ["Five", "one"]],
  ])("%j", async (args, expected) => {
    await five();
    expect(await names(args)).toEqual(expected);
  });

  it("what has expired, as soon as it has", async () => {
    await five();
    expect(await names({ status: "expired" })).toEqual([]);
    clock = new Date("2026-03-01T11:00:00Z");
    expect(await names({ status: "expired" })).toEqual(["one"]);
    expect(await names({ expires_within: "30d" })).toEqual(["Five"]);
  });

  it("nothing of others for a developer", async () => {
    const { bob } = await five();
    await using theirs = await openWorld({
      env: { FLY_TOKENS_LOCAL_URL: world.registry.url, FLY_TOKENS_LOCAL_KEY: bob },
    });
    const { call } = await theirs.connect();
    const page = answerOf(listTokens, await call("list_tokens"));
    expect(page).toMatchObject({ tokens: [{ name: "four" }], total: 1 });
    expect(answerOf(listTokens, await call("list_tokens", { created_by: "admin" })).tokens).toEqual([]);
  });
});

describe("refuses", () => {
  it.each<[Record<string, unknown>, object]>([
    [{ expires_in: "30d" }, { did_you_mean: "expires_within" }],
    [{ expires_within: "a while" }, {}],
    [{ expires_within: "0d" }, {}],
    [{ status: "actve" }, { did_you_mean: "active", allowed: ["active", "expired", "revoked"] }],
    [{ sort: "-created" }, { did_you_mean: "-created_at" }],
    [{ limit: 0 }, {}],
    [{ limit: 201 }, {}],
    [{ limit: 1.5 }, {}],
    [{ cursor: "next" }, {}],
  ])("%j", async (args, details) => {
    const result = await list(args);
    expectRefusal(result, "invalid_input");
    expect(result.error).toMatchObject(details);
  });

  it("a cursor that was given for another order", async () => {
    await five();
    const { next_cursor: cursor } = answerOf(listTokens, await list({ limit: 1 }));
    expectRefusal(await list({ limit: 1, sort: "name", cursor }), "invalid_input");
  });

  it("when the registry is gone", async () => {
    await world.registry.close();
    expectRefusal(await list(), "provider_down");
  });
});
