/** Who agrees at one replica, and comes back to another: with the operator's key, over one home. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallEntry } from "../../src/audit/entry.ts";
import { treeOf } from "../support/home.ts";
import { type ClientOptions, openWorld, type World } from "../support/world.ts";

const key = "the-operators-key-of-32-letters-or-more";
const eras: ClientOptions["era"][] = ["legacy", "modern"];

let clock: Date;
let one: World;
let other: World;
let id: string;

const replica = (env: Record<string, string> = {}) =>
  openWorld({ now: () => clock, env: { FLY_TOKENS_HTTP_KEY: key, ...env }, beside: one });

beforeEach(async () => {
  clock = new Date("2026-03-01T10:00:00Z");
  one = await openWorld({ now: () => clock, env: { FLY_TOKENS_HTTP_KEY: key } });
  other = await replica();
  ({
    token: { id },
  } = await one.registry.mint({ name: "victim" }));
});
afterEach(async () => {
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
});

async function status(): Promise<string> {
  const response = await one.registry.call("GET", `/tokens/${id}`);
  return ((await response.json()) as { status: string }).status;
}

function confirmationIn(data: object): string {
  const { confirmation_required } = data as { confirmation_required?: { confirmation: string } };
  return confirmation_required?.confirmation ?? "";
}

async function log(): Promise<CallEntry[]> {
  const text = await readFile(`${one.home}/ours/state/audit.jsonl`, "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CallEntry);
}

describe.each(eras)("a confirmation that a client of the %s era was given", (era) => {
  const offered = async (world = one, caller = "alice") => {
    const { call } = await world.connect({ era, caller });
    const { data } = await call("revoke_token", { ids: [id] });
    return confirmationIn(data);
  };
  const redeemed = async (world: World, confirmation: string, caller = "alice", ids = [id]) => {
    const { call } = await world.connect({ era, caller });
    const { error, data } = await call("revoke_token", { ids, confirmation });
    return error.code ?? (data as { outcomes?: { outcome: string }[] }).outcomes?.[0]?.outcome;
  };

  it("is taken by another replica, once of all", async () => {
    const confirmation = await offered();
    expect(confirmation.length).toBeGreaterThan(80);
    expect(await redeemed(other, confirmation)).toBe("revoked");
    for (const world of [one, other]) expect(await redeemed(world, confirmation)).toBe("declined");
  });

  it("is taken from nobody else, for nothing else, with no other key, and not too late", async () => {
    const confirmation = await offered();
    await using without = await replica({ FLY_TOKENS_HTTP_KEY: key.toUpperCase() });
    expect(await redeemed(other, confirmation, "bob")).toBe("declined");
    expect(await redeemed(other, confirmation, "alice", ["tok_other"])).toBe("declined");
    expect(await redeemed(without, confirmation)).toBe("declined");
    clock = new Date(clock.getTime() + 600_000);
    expect(await redeemed(other, confirmation)).toBe("declined");
    expect(await status()).toBe("active");
  });

  it("waits at every replica until a person has approved it at one", async () => {
    const env = { FLY_TOKENS_CONFIRM: "always" };
    await using strict = await replica(env);
    await using stricter = await replica(env);
    const confirmation = await offered(strict);
    expect(await redeemed(stricter, confirmation)).toBe("needs_confirmation");
    await strict.context.confirmations.approve(confirmation);
    expect(await redeemed(stricter, confirmation)).toBe("revoked");
    expect(await redeemed(strict, confirmation)).toBe("declined");
  });

  it("stands in the log with who agreed, and how", async () => {
    await redeemed(other, await offered());
    expect(await log()).toMatchObject([
      { event: "end", caller: "alice", transport: "http", outcome: "confirmation_required" },
      { event: "begin", caller: "alice", consent: "confirmation", ids: [id] },
      { event: "end", caller: "alice", consent: "confirmation", outcome: "ok" },
    ]);
  });
});

describe("a short confirmation, without a key", () => {
  it("is bound to its caller, too", async () => {
    await using plain = await openWorld({ now: () => clock });
    const { token } = await plain.registry.mint({ name: "victim" });
    const as = async (caller: string, more = {}) => {
      const { call } = await plain.connect({ era: "modern", caller });
      return call("revoke_token", { ids: [token.id], ...more });
    };
    const { data } = await as("alice");
    const confirmation = confirmationIn(data);
    expect(confirmation).toMatch(/^confirm_[0-9a-f]{32}$/);
    const unknown = await as("bob", { confirmation: `confirm_${"0".repeat(32)}` });
    expect((await as("bob", { confirmation })).error).toEqual(unknown.error);
    expect((await as("alice", { confirmation })).data).toMatchObject({ outcomes: [{ outcome: "revoked" }] });
  });
});

describe("a form that one replica asked with", () => {
  const answered = { confirm: { action: "accept", content: { confirm: "victim" } } };

  /** Rounds as a client sends them by hand. */
  async function roundsAt(world: World, caller = "alice") {
    const ask = () => ({ action: "decline" as const });
    const { client } = await world.connect({ era: "modern", caller, ask });
    return async (params: object, args: object = { ids: [id] }) => {
      const call = { name: "revoke_token", arguments: args, ...params };
      const result = (await client.callTool(call as never, { allowInputRequired: true })) as {
        requestState?: string;
        isError?: boolean;
        structuredContent?: { outcomes?: { outcome: string }[] };
      };
      return { ...result, outcome: result.structuredContent?.outcomes?.[0]?.outcome };
    };
  }

  const round = async (world: World, params: object, caller?: string, args?: object) =>
    (await roundsAt(world, caller))(params, args);

  const asked = async (world = one) => {
    const { requestState } = await round(world, {});
    clock = new Date(clock.getTime() + 5_000);
    return requestState ?? "";
  };

  it("is answered at another, as the person agreed", async () => {
    const requestState = await asked();
    expect((await round(other, { requestState, inputResponses: answered })).outcome).toBe("revoked");
    expect((await log()).find(({ event, outcome }) => event === "end" && outcome === "ok")).toMatchObject({
      caller: "alice",
      consent: "form",
    });
  });

  it("is answered once of all: what it makes is made once", async () => {
    const FLY_TOKENS_POLICY = join(one.home, "policy.json");
    const rules = { environments: { production: { protected: true } } };
    await writeFile(FLY_TOKENS_POLICY, JSON.stringify(rules), { mode: 0o600 });
    await one.registry.call("POST", "/environments", { name: "production" });
    await using first = await replica({ FLY_TOKENS_POLICY });
    await using second = await replica({ FLY_TOKENS_POLICY });
    const args = { name: "deploy", environment: "production" };
    const inputResponses = { confirm: { action: "accept", content: { confirm: "production" } } };
    const { requestState } = await round(first, { name: "generate_token" }, "alice", args);
    const answers = await Promise.all(
      [first, second, first, second].map((world) =>
        round(world, { name: "generate_token", requestState, inputResponses }, "alice", args),
      ),
    );
    expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
    const { tokens } = (await (await one.registry.call("GET", "/tokens")).json()) as {
      tokens: { name: string }[];
    };
    expect(tokens.filter(({ name }) => name === "deploy")).toHaveLength(1);
  });

  it("says nothing of what was asked", async () => {
    const bytes = Buffer.from(await asked(), "base64url").toString("latin1");
    expect(bytes).not.toMatch(/digest|victim|alice|tok_/);
  });

  it.each<[string, () => Promise<[World, string, string?]>]>([
    ["from another caller", async () => [other, await asked(), "bob"]],
    ["with a state that was made up", async () => [other, "AQAAAA"]],
    ["with one of another kind", async () => [other, (await handle()).slice("confirm_".length)]],
    [
      "after ten minutes",
      async () => {
        const state = await asked();
        clock = new Date(clock.getTime() + 595_000);
        return [other, state];
      },
    ],
  ])("is not answered %s", async (_what, prepare) => {
    const [world, requestState, caller] = await prepare();
    await expect(round(world, { requestState, inputResponses: answered }, caller)).rejects.toMatchObject({
      code: -32602,
    });
    expect(await status()).toBe("active");
  });

  async function handle(): Promise<string> {
    const { call } = await one.connect({ era: "modern", caller: "alice" });
    const { data } = await call("revoke_token", { ids: [id] });
    return confirmationIn(data);
  }

  it("is not answered where there is another key, or none", async () => {
    await using another = await replica({ FLY_TOKENS_HTTP_KEY: `${key}.` });
    const requestState = await asked();
    for (const params of [{ requestState, inputResponses: answered }])
      await expect(round(another, params)).rejects.toMatchObject({ code: -32602 });
    expect(await status()).toBe("active");
  });

  it("is not answered when any character of its state is another", async () => {
    const requestState = await asked();
    const next = await roundsAt(other);
    for (let at = 0; at < requestState.length; at += 1) {
      const letter = requestState[at] === "A" ? "B" : "A";
      const forged = `${requestState.slice(0, at)}${letter}${requestState.slice(at + 1)}`;
      await expect(next({ requestState: forged, inputResponses: answered })).rejects.toMatchObject({
        code: -32602,
      });
    }
    expect(await status()).toBe("active");
  });

  it("does not answer another call", async () => {
    const requestState = await asked();
    const params = { requestState, inputResponses: answered };
    const { token } = await one.registry.mint({ name: "victim" });
    expect(await round(other, params, "alice", { ids: [token.id] })).toMatchObject({ isError: true });
    expect((await round(other, params)).outcome).toBe("revoked");
  });
});

describe("over stdio", () => {
  it("an answer is used up in memory: nothing is written for it, and no caller is named", async () => {
    const ask = () => {
      clock = new Date(clock.getTime() + 5_000);
      return { action: "accept" as const, content: { confirm: "victim" } };
    };
    const { call } = await one.connect({ era: "legacy", ask });
    expect((await call("revoke_token", { ids: [id] })).data).toMatchObject({
      outcomes: [{ outcome: "revoked" }],
    });
    const names = Object.keys(await treeOf(`${one.home}/ours`));
    expect(names.filter((name) => /once|approved|confirmations/.test(name))).toEqual([]);
    for (const entry of await log()) expect(entry).not.toHaveProperty("caller");
  });
});
