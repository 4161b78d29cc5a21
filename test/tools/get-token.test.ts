import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { getToken } from "../../tools/get-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { pull, push } from "../support/images.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

let world: World;
let call: (name: string, args: Record<string, unknown>) => Promise<ToolResult>;

beforeEach(async () => {
  world = await openWorld();
  ({ call } = await world.connect());
});
afterEach(() => world[Symbol.asyncDispose]());

it("tells all that is known of a token, but its value", async () => {
  const { token, value } = await world.registry.mint({ name: "ci", expires_at: "2099-01-01T00:00:00Z" });
  const result = await call("get_token", { id: token.id });
  expect(answerOf(getToken, result)).toEqual({
    token: { ...token, provider: "local", scope: "download and publish packages and images" },
    delivered_to: [],
  });
  expectSameFacts(result, "provider");
  expect(result.text).toContain("never used");
  expect(world.frames.join()).not.toContain(value);
});

it("names the files of this machine that hold it, until that is undone", async () => {
  const set = answerOf(configurePackageManager, await call("configure_package_manager", { manager: "npm" }));
  const id = set.token?.id ?? "";
  const result = await call("get_token", { id });
  expect(answerOf(getToken, result).delivered_to).toEqual([join(world.home, ".npmrc")]);
  expectSameFacts(result, "provider");
  await call("restore_package_manager", { restore_id: set.restore_id });
  expect(answerOf(getToken, await call("get_token", { id })).delivered_to).toEqual([]);
});

it("shows what an environment's token pulled, newest first, and not what others of it pulled", async () => {
  const { registry } = world;
  await registry.call("POST", "/environments", { name: "production" });
  const writer = await registry.mint();
  const digests = [
    await push(registry, writer.value, "docker/app", "1.0"),
    await push(registry, writer.value, "docker/app", "2.0"),
  ];
  const [ours, other] = [
    await registry.mint({ environment: "production" }),
    await registry.mint({ environment: "production" }),
  ];
  await pull(registry, ours.value, "docker/app", "1.0");
  await pull(registry, other.value, "docker/app", "1.0");
  await pull(registry, ours.value, "docker/app", "2.0");
  const result = await call("get_token", { id: ours.token.id });
  const { last_pulls } = answerOf(getToken, result);
  expect(last_pulls).toEqual([
    { image: "docker/app", tag: "2.0", digest: digests[1], at: expect.any(String) },
    { image: "docker/app", tag: "1.0", digest: digests[0], at: expect.any(String) },
  ]);
  expectSameFacts(result, "provider", "expires_at");
});

describe("refuses", () => {
  it("an id that is unknown, and for a developer one of somebody else in the same words", async () => {
    const bob = await world.registry.addUser("bob");
    const { token } = await world.registry.mint({ name: "of the admin" });
    await using theirs = await openWorld({
      env: { FLY_TOKENS_LOCAL_URL: world.registry.url, FLY_TOKENS_LOCAL_KEY: bob },
    });
    const developer = await theirs.connect();
    const unknown = await developer.call("get_token", { id: "tok_00000000000000000000" });
    const foreign = await developer.call("get_token", { id: token.id });
    expectRefusal(unknown, "not_found", /list_tokens/);
    expect(foreign.wire).toBe(unknown.wire);
  });

  it.each([
    [{ ids: ["a"] }, { did_you_mean: "id" }],
    [{ id: "a", detail: true }, { allowed: ["id", "from", "explain", "access", "provider"] }],
    [{ id: "" }, {}],
    [{ id: 7 }, {}],
    [{}, {}],
  ])("%j", async (args, details) => {
    const result = await call("get_token", args);
    expectRefusal(result, "invalid_input");
    expect(result.error).toMatchObject(details);
  });

  it.each(["../users", "a/b", "?", "%2e%2e", " "])("an id that would be another path: %j", async (id) => {
    expectRefusal(await call("get_token", { id }), "not_found");
  });

  it("when the registry is gone", async () => {
    await world.registry.close();
    expectRefusal(await call("get_token", { id: "tok_1" }), "provider_down");
  });
});
