/** Tokens of callers on other machines: shown once, never put anywhere here; what is in use here stays the operator's. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generateToken } from "../../tools/generate-token.ts";
import { getStatus } from "../../tools/get-status.ts";
import { getToken } from "../../tools/get-token.ts";
import { listTokens } from "../../tools/list-tokens.ts";
import { rotateToken } from "../../tools/rotate-token.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { tempHome } from "../support/home.ts";
import type { ClientOptions, ToolResult } from "../support/world.ts";
import { betrayedIn, openTheirWorld, type TheirWorld } from "./their-world.ts";

const eras: ClientOptions["era"][] = ["legacy", "modern"];

type Call = (name: string, args?: Record<string, unknown>) => Promise<ToolResult>;

/** A call that a person agrees to by its handle. */
async function agreed(call: Call, name: string, args: Record<string, unknown>): Promise<ToolResult> {
  const first = await call(name, args);
  const { confirmation_required: asked } = first.data as { confirmation_required?: { confirmation: string } };
  return asked ? call(name, { ...args, confirmation: asked.confirmation }) : first;
}

/** A token that the operator has put to use on the server's machine: in ~/.npmrc, or in a file. */
async function inUse({ here }: TheirWorld, how: "set up" | "delivered"): Promise<string> {
  const { call } = await here.connect();
  const made =
    how === "set up"
      ? await call("configure_package_manager", { manager: "npm" })
      : await call("generate_token", { name: "ci", deliver_to: "file", deliver_path: "delivered" });
  const { token } = made.data as { token?: { id: string } };
  expect(token, made.text).toBeDefined();
  return token?.id ?? "";
}

describe.each(eras)("a caller of the %s era", (era) => {
  it("mints, sees, rotates and revokes a token of its own", async () => {
    await using world = await openTheirWorld();
    const { call } = await world.there.connect({ era });
    const made = answerOf(
      generateToken,
      await call("generate_token", { name: "theirs", deliver_to: "inline" }),
    );
    expect(made.credential?.token).toMatch(/^flyt_/);
    const { id } = made.token;
    expect(answerOf(getToken, await call("get_token", { id })).delivered_to).toEqual([]);
    const rotated = answerOf(rotateToken, await agreed(call, "rotate_token", { id }));
    expect(rotated).toMatchObject({ old: { id, status: "active" }, rewritten: [] });
    expect(rotated.credential?.token).toMatch(/^flyt_/);
    expect(rotated.credential?.token).not.toBe(made.credential?.token);
    const both = [id, rotated.new?.id];
    const { data } = await agreed(call, "revoke_token", { ids: both });
    expect(data).toMatchObject({ outcomes: both.map((one) => ({ id: one, outcome: "revoked" })) });
    expect((await world.tokens()).map(({ status }) => status)).toEqual(["revoked", "revoked"]);
    expect(betrayedIn(world.there.said, world)).toEqual([]);
    expect(world.started).toEqual([]);
  });

  it.each(["set up", "delivered"] as const)(
    "cannot have a token rotated that is %s on the server's machine, nor is it told where",
    async (how) => {
      await using world = await openTheirWorld();
      const id = await inUse(world, how);
      const before = [await world.tokens(), await world.theirs()];
      const { call } = await world.there.connect({ era });
      for (const args of [
        { id },
        { id, deliver_to: "inline" },
        { id, keep_old_for: "1h", idempotency_key: "k" },
      ]) {
        const refused = await call("rotate_token", args);
        expectRefusal(refused, "forbidden", /in use on the machine where this server runs/);
        expect(refused.error.fix).toMatch(/who runs the server/);
      }
      expect(answerOf(getToken, await call("get_token", { id })).delivered_to).toEqual([]);
      const plan = await call("revoke_token", { ids: [id] });
      expect(plan.text).toMatch(/on record where this server runs/);
      expect([await world.tokens(), await world.theirs()]).toEqual(before);
      const said = world.there.said.map((text) => text.replaceAll("npm on test-machine", ""));
      expect(betrayedIn(said, world)).toEqual([]);
      expect(said.join()).not.toMatch(/npmrc|delivered"|\/delivered/);
    },
  );

  it("is told what expires, and not where it is used", async () => {
    await using world = await openTheirWorld();
    const { call: here } = await world.here.connect();
    await here("generate_token", {
      name: "ci",
      expires: "2d",
      deliver_to: "file",
      deliver_path: "delivered",
    });
    const { call } = await world.there.connect({ era });
    const { expiring = [] } = answerOf(listTokens, await call("list_tokens"));
    expect(expiring.map(({ name, used_by }) => [name, used_by])).toEqual([["ci", []]]);
    const { expiring: soon = [] } = answerOf(getStatus, await call("get_status"));
    expect(soon.map(({ used_by }) => used_by)).toEqual([[]]);
    expect(betrayedIn(world.there.said, world)).toEqual([]);
  });

  it("cannot have an interrupted rotation carried on that rewrites the server's files", async () => {
    await using world = await openTheirWorld();
    const { call: here } = await world.here.connect();
    const made = answerOf(generateToken, await here("generate_token", { name: "ci" }));
    const { id } = made.token;
    const path = join(world.here.home, "successor");
    await agreed(here, "rotate_token", { id, deliver_to: "file", deliver_path: path, keep_old_for: "1h" });
    const { call } = await world.there.connect({ era });
    // Settled by now; what was rewritten for it is not told.
    const refused = await call("rotate_token", { id });
    expect(refused.isError).toBe(true);
    expect(betrayedIn(world.there.said, world)).toEqual([]);
  });
});

describe("get_status", () => {
  it("tells of issuers and policy, and not of the machine", async () => {
    await using home = await tempHome();
    const rules = { environments: { production: { protected: true } } };
    const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
    await using world = await openTheirWorld({ env: { FLY_TOKENS_POLICY } });
    const { call } = await world.there.connect({ era: "modern" });
    const status = answerOf(getStatus, await call("get_status"));
    expect(status.package_managers).toEqual([]);
    expect(status.policy.rules?.join()).toMatch(/production/);
    expect(status.providers.map(({ id }) => id)).toContain("local");
    expect(status.providers.find(({ id }) => id === "flyio")?.problem).toMatch(/who runs the server/);
    expect(betrayedIn(world.there.said, world)).toEqual([]);
  });
});

it("a rule's file is named to nobody elsewhere", async () => {
  await using home = await tempHome();
  const rules = { environments: { production: { max_expiry: "1h" } } };
  const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
  await using world = await openTheirWorld({ env: { FLY_TOKENS_POLICY } });
  const { call } = await world.there.connect({ era: "modern" });
  await call("create_environment", { name: "production" });
  const refused = await call("generate_token", { name: "x", environment: "production", expires: "30d" });
  expectRefusal(refused, "forbidden");
  expect(refused.text).toContain("[server]");
  expect(betrayedIn(world.there.frames, world)).toEqual([]);
  expect(world.there.frames.join()).not.toContain(FLY_TOKENS_POLICY);
});

it("where the operator forbids secrets in results, nothing is minted, and nothing else is offered", async () => {
  await using world = await openTheirWorld({ env: { FLY_TOKENS_INLINE_SECRETS: "deny" } });
  const { call } = await world.there.connect({ era: "modern" });
  const refused = await call("generate_token", { name: "x" });
  expectRefusal(refused, "forbidden");
  expect(refused.error.fix).not.toMatch(/deliver_to/);
  expect(await world.tokens()).toEqual([]);
});

it("what was minted by one call is at no other's hand", async () => {
  await using world = await openTheirWorld();
  const { call } = await world.there.connect({ era: "modern" });
  const { token } = answerOf(generateToken, await call("generate_token", { name: "x" }));
  const { call: other } = await world.there.connect({ era: "legacy" });
  const used = await other("configure_package_manager", { manager: "npm", token_id: token.id });
  expectRefusal(used, "forbidden");
  expectRefusal(await other("get_token", { id: token.id, explain: true }), "forbidden");
});

it("what looks for words of the machine finds them where they are said", async () => {
  await using world = await openTheirWorld();
  const { call } = await world.here.connect();
  await call("configure_package_manager", { manager: "npm", dry_run: true });
  await call("get_token", { from: "env:NOTHING" });
  expect(betrayedIn(world.here.said, world)).toContain(world.here.home);
});
