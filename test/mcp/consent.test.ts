import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type ClientOptions, openWorld, type World } from "../support/world.ts";

let clock: Date;
let world: World;
let id: string;

beforeEach(async () => {
  clock = new Date("2026-03-01T10:00:00Z");
  world = await openWorld({ now: () => clock });
  ({
    token: { id },
  } = await world.registry.mint({ name: "victim" }));
});
afterEach(() => world[Symbol.asyncDispose]());

async function status(): Promise<string> {
  const response = await world.registry.call("GET", `/tokens/${id}`);
  return ((await response.json()) as { status: string }).status;
}

/** Lets the clock of the server go on, so that an answer looks as if a person had given it. */
function person(answer: Answer) {
  return () => {
    clock = new Date(clock.getTime() + 5_000);
    return answer;
  };
}

const eras: ClientOptions["era"][] = ["legacy", "modern"];
const typed = (confirm: string): Answer => ({ action: "accept", content: { confirm } });

describe.each(eras)("a client of the %s era with forms", (era) => {
  it("shows the person what would happen, and does it when they type the name", async () => {
    let message = "";
    const { call } = await world.connect({
      era,
      ask: (said) => {
        message = said;
        return person(typed("victim"))();
      },
    });
    const { data } = await call("revoke_token", { ids: [id] });
    expect(message).toContain("victim");
    expect(data).toEqual({ outcomes: [{ id, name: "victim", outcome: "revoked" }] });
    expect(await status()).toBe("revoked");
  });

  it.each([
    ["declines", { action: "decline" }],
    ["cancels", { action: "cancel" }],
    ["types something else", typed("yes")],
    ["types nothing", typed("")],
    ["answers without the field", { action: "accept", content: {} }],
  ] as [string, Answer][])("changes nothing when the person %s", async (_what, answer) => {
    let asked = 0;
    const { call } = await world.connect({
      era,
      ask: () => {
        asked++;
        return person(answer)();
      },
    });
    const { isError, error } = await call("revoke_token", { ids: [id] });
    expect(isError).toBe(true);
    expect(error).toMatchObject({
      code: "declined",
      message: expect.stringContaining("Nothing was changed"),
    });
    expect(asked).toBe(1);
    expect(await status()).toBe("active");
  });

  it("gives a plan and a confirmation when the client declines by itself, faster than a person could", async () => {
    const { call } = await world.connect({ era, ask: () => ({ action: "decline" }) });
    const { data, isError } = await call("revoke_token", { ids: [id] });
    expect(isError).toBeUndefined();
    expect(data).toEqual({
      confirmation_required: {
        plan: expect.arrayContaining([expect.stringContaining("victim")]),
        confirmation: expect.stringMatching(/^confirm_/),
      },
    });
    expect(await status()).toBe("active");
  });

  it("does not do what has become another plan while the person was thinking", async () => {
    const { token: second } = await world.registry.mint({ name: "other" });
    const { call } = await world.connect({
      era,
      ask: async () => {
        await world.registry.call("POST", `/tokens/${second.id}/revoke`);
        return person(typed("2"))();
      },
    });
    const { error } = await call("revoke_token", { filter: { status: "active" } });
    expect(error.code).toBe("declined");
    expect(await status()).toBe("active");
  });
});

describe.each(eras)("a client of the %s era without forms", (era) => {
  const required = async (
    call: (name: string, args?: Record<string, unknown>) => Promise<{ data: Record<string, never> }>,
  ) =>
    (
      (await call("revoke_token", { ids: [id] })).data as {
        confirmation_required?: { plan: string[]; confirmation: string };
      }
    ).confirmation_required;

  it("gets a plan first, and the second call does exactly that, once", async () => {
    const { call } = await world.connect({ era });
    const confirmation = (await required(call))?.confirmation;
    expect(await status()).toBe("active");
    expect((await call("revoke_token", { ids: [id], confirmation })).data).toEqual({
      outcomes: [{ id, name: "victim", outcome: "revoked" }],
    });
    expect((await call("revoke_token", { ids: [id], confirmation })).error.code).toBe("declined");
  });

  it("cannot use the confirmation for other arguments, for another tool, or after ten minutes", async () => {
    const { token: other } = await world.registry.mint({ name: "other" });
    const { call } = await world.connect({ era });
    const confirmation = (await required(call))?.confirmation;
    expect((await call("revoke_token", { ids: [other.id], confirmation })).error.code).toBe("declined");
    expect((await call("delete_token", { ids: [id], confirmation })).error.code).toBe("declined");
    clock = new Date(clock.getTime() + 600_000);
    expect((await call("revoke_token", { ids: [id], confirmation })).error.code).toBe("declined");
    expect(await status()).toBe("active");
  });

  it("cannot claim consent", async () => {
    const { call } = await world.connect({ era });
    for (const claim of [
      { confirm: true },
      { confirmed: true },
      { confirmation: "yes" },
      { confirmation: "" },
    ]) {
      expect((await call("revoke_token", { ids: [id], ...claim })).isError).toBe(true);
    }
    expect(await status()).toBe("active");
  });
});

describe("the operator's policy", () => {
  const withPolicy = async (confirm: string, act: (world: World, id: string) => Promise<void>) => {
    await using other = await openWorld({ env: { FLY_TOKENS_CONFIRM: confirm } });
    const { token } = await other.registry.mint({ name: "victim" });
    await act(other, token.id);
  };

  it("never: asks nobody", () =>
    withPolicy("never", async ({ connect }, victim) => {
      const { call } = await connect();
      expect((await call("revoke_token", { ids: [victim] })).data).toMatchObject({
        outcomes: [{ outcome: "revoked" }],
      });
    }));

  it("always: a confirmation is worth nothing before a person has approved it", () =>
    withPolicy("always", async ({ connect, context }, victim) => {
      const { call } = await connect();
      const first = (await call("revoke_token", { ids: [victim] })).data as {
        confirmation_required?: { confirmation: string };
      };
      const confirmation = first.confirmation_required?.confirmation ?? "";
      expect((await call("revoke_token", { ids: [victim], confirmation })).error).toMatchObject({
        code: "needs_confirmation",
        fix: expect.stringContaining("fly-tokens approve"),
      });
      await context.confirmations.approve(confirmation);
      expect((await call("revoke_token", { ids: [victim], confirmation })).data).toMatchObject({
        outcomes: [{ outcome: "revoked" }],
      });
    }));

  it("is not asked for when there is nothing to destroy", async () => {
    const { call } = await world.connect();
    expect((await call("revoke_token", { ids: ["tok_unknown"] })).data).toMatchObject({
      outcomes: [{ id: "tok_unknown", outcome: "not_found" }],
    });
  });
});

it("an answer to one question does not answer another", async () => {
  let waiting = 0;
  const { call } = await world.connect({
    era: "legacy",
    ask: async () => {
      waiting++;
      await pause(1);
      return person(typed("victim"))();
    },
  });
  const [first, second] = await Promise.all([
    call("revoke_token", { ids: [id] }),
    call("delete_token", { ids: [id] }),
  ]);
  expect(first.data).toMatchObject({ outcomes: [{ outcome: "revoked" }] });
  expect(second.data).toMatchObject({ outcomes: [{ outcome: "still_active" }] });
  expect(waiting).toBe(1);
});
