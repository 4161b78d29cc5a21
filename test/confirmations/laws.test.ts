/** What holds for every handle, of whichever kind. */
import { describe, expect, it } from "vitest";
import { quote } from "../../src/problem.ts";
import { call, declined, kinds, minute, openDesk, plan } from "./kinds.ts";

const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => "taken",
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );

describe.each(kinds)("a %s confirmation", (kind) => {
  it("gives back the plan that was agreed to, once", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    expect(await desk.open().redeem(handle, call(), undefined)).toEqual(plan);
    for (const again of [desk.open(), desk.open()])
      await expect(again.redeem(handle, call(), undefined)).rejects.toEqual(declined);
  });

  it.each([{}, { always: true }, { always: false }, { lines: [], ids: [], phrase: "" }])(
    "keeps a plan as it is: %j",
    async (more) => {
      await using desk = await openDesk(kind);
      const handle = await desk.open().offer(call(), { ...plan, ...more });
      expect(await desk.open().redeem(handle, call(), undefined)).toEqual({ ...plan, ...more });
    },
  );

  it("keeps a plan of a hundred tokens", async () => {
    await using desk = await openDesk(kind);
    const ids = Array.from({ length: 100 }, (_, at) => `tok_${at}_${"x".repeat(20)}`);
    const long = { ids, lines: ids.map((id) => `Revoke ${quote(id)}`), phrase: "100" };
    const handle = await desk.open().offer(call(), long);
    expect(await desk.open().redeem(handle, call(), undefined)).toEqual(long);
  });

  it("is taken by one of many replicas that try at the same time", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => desk.open().redeem(handle, call(), undefined)),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const each of tries) if (each.status === "rejected") expect(each.reason).toEqual(declined);
  });

  it("does not mind the order of the arguments", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call({ args: { a: 1, b: { c: 2, d: 3 } } }), plan);
    await desk.open().redeem(handle, call({ args: { b: { d: 3, c: 2 }, a: 1 } }), undefined);
  });

  it("is bound to the arguments, the tool and the caller, and a wrong try does not use it up", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    for (const other of [
      { args: { ids: ["tok_b"] } },
      { args: { ids: ["tok_a"], filter: {} } },
      { tool: "delete_token" },
      { caller: "bob" },
      { caller: "" },
      { caller: undefined },
      { caller: "alice ", args: {} },
    ])
      await expect(desk.open().redeem(handle, call(other), undefined)).rejects.toEqual(declined);
    await desk.open().redeem(handle, call(), undefined);
  });

  it("is to another caller what an unknown one is, whatever else is wrong or missing", async () => {
    await using desk = await openDesk(kind);
    const desks = desk.open();
    const handle = await desks.offer(call(), plan);
    const unknown = await refusalOf(desks.redeem("confirm_0", call({ caller: "bob" }), "THE_RULE"));
    expect(unknown).toMatch(/^declined: The confirmation is unknown/);
    for (const args of [call().args, { ids: [] }])
      for (const rule of [undefined, "THE_RULE"])
        expect(await refusalOf(desks.redeem(handle, call({ caller: "bob", args }), rule))).toBe(unknown);
  });

  it("ends after ten minutes, to the millisecond", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    const other = await desk.open().offer(call(), plan);
    desk.pass(10 * minute - 1);
    await desk.open().redeem(other, call(), undefined);
    desk.pass(1);
    await expect(desk.open().redeem(handle, call(), undefined)).rejects.toEqual(declined);
    await expect(desk.open().look(handle)).rejects.toEqual(declined);
    await expect(desk.open().approve(handle)).rejects.toEqual(declined);
  });

  it.each([
    "",
    "confirm_0",
    "../../etc/passwd",
    `confirm_${"0".repeat(32)}`,
    `confirm_${"A".repeat(300)}`,
    "\0",
  ])("cannot be made up (%j)", async (handle) => {
    await using desk = await openDesk(kind);
    await desk.open().offer(call(), plan);
    await expect(desk.open().redeem(handle, call(), undefined)).rejects.toEqual(declined);
  });

  it("shows what it stands for, and whose it is, to who approves it", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    expect(await desk.open().look(handle)).toMatchObject({ tool: "revoke_token", caller: "alice", plan });
  });

  it("waits for a person at a terminal where the operator wants that", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    await expect(desk.open().redeem(handle, call(), "THE_RULE")).rejects.toEqual(
      expect.objectContaining({
        code: "needs_confirmation",
        message: expect.stringContaining("THE_RULE"),
        fix: expect.stringContaining(`fly-tokens approve ${handle}`),
      }),
    );
    await desk.open().approve(handle);
    await desk.open().approve(handle);
    await expect(desk.open().redeem(handle, call({ caller: "bob" }), "THE_RULE")).rejects.toEqual(declined);
    await desk.open().redeem(handle, call(), "THE_RULE");
  });

  it("that was used cannot be approved, looked at, or approved into a second use", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    await desk.open().approve(handle);
    const outcomes = await Promise.allSettled([
      desk.open().redeem(handle, call(), "THE_RULE"),
      desk.open().approve(handle),
      desk.open().redeem(handle, call(), "THE_RULE"),
      desk.open().approve(handle),
    ]);
    expect([outcomes[0], outcomes[2]].filter((each) => each?.status === "fulfilled")).toHaveLength(1);
    await expect(desk.open().approve(handle)).rejects.toEqual(declined);
    await expect(desk.open().look(handle)).rejects.toEqual(declined);
    for (const rule of [undefined, "THE_RULE"])
      await expect(desk.open().redeem(handle, call(), rule)).rejects.toEqual(declined);
  });

  it("approves itself alone", async () => {
    await using desk = await openDesk(kind);
    const [one, other] = [await desk.open().offer(call(), plan), await desk.open().offer(call(), plan)];
    expect(one).not.toBe(other);
    await desk.open().approve(one);
    await expect(desk.open().redeem(other, call(), "R")).rejects.toMatchObject({
      code: "needs_confirmation",
    });
  });

  it("is kept where others cannot read it, and the handle itself is kept nowhere", async () => {
    await using desk = await openDesk(kind);
    const handle = await desk.open().offer(call(), plan);
    await desk.open().approve(handle);
    await desk.open().redeem(handle, call(), "THE_RULE");
    const kept = Object.entries(await desk.tree());
    expect(kept.length).toBeGreaterThan(1);
    for (const [name, what] of kept) {
      expect(what).toMatch(/^(0700 folder$|0600 )/);
      expect(name + what).not.toContain(handle.slice(8));
    }
  });
});
