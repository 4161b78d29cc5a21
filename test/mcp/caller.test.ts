/** Callers of one server are strangers to each other. */
import { expect, it } from "vitest";
import { openWorld, type World } from "../support/world.ts";

interface Made {
  token?: { id: string };
  credential?: { token: string };
}

const args = { name: "deploy", idempotency_key: "deploy-1" };

async function made(world: World, caller?: string): Promise<Made> {
  const { call } = await world.connect({ era: "modern", ...(caller !== undefined && { caller }) });
  const { data, isError, text } = await call("generate_token", args);
  expect(isError, text).toBeUndefined();
  return data as Made;
}

it("who chooses the idempotency key that another has chosen gets a token of their own, at any replica", async () => {
  await using one = await openWorld();
  await using other = await openWorld({ beside: one });
  const alices = await made(one, "alice");
  expect(alices.credential?.token).toMatch(/^flyt_/);
  for (const [world, caller] of [
    [one, "bob"],
    [other, "carol"],
    [other, undefined],
  ] as const) {
    const theirs = await made(world, caller);
    expect(theirs.token?.id).not.toBe(alices.token?.id);
    expect(theirs.credential?.token).not.toBe(alices.credential?.token);
  }
});

it("who repeats a call with their key makes no second token", async () => {
  await using one = await openWorld();
  await using other = await openWorld({ beside: one });
  const first = await made(one, "alice");
  const again = await made(one, "alice");
  expect(again.token?.id).toBe(first.token?.id);
  expect(again.credential).toBeUndefined();
  expect((await made(other, "alice")).token?.id).toBe(first.token?.id);
});
