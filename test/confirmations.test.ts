import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Confirmations } from "../src/confirmations.ts";

let folder: string;
let clock: Date;
let confirmations: Confirmations;
const plan = { lines: ["Revoke a"], ids: ["a"], phrase: "a" };
const declined = expect.objectContaining({ code: "declined" });

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "fly-tokens-confirm-")), "confirmations");
  clock = new Date("2026-03-01T10:00:00Z");
  confirmations = new Confirmations(folder, () => clock);
});

describe("a confirmation", () => {
  it("gives back the plan that was agreed to, once", async () => {
    const handle = await confirmations.offer("revoke_token", { ids: ["a"] }, plan);
    expect(await confirmations.redeem(handle, "revoke_token", { ids: ["a"] }, undefined)).toEqual(plan);
    await expect(confirmations.redeem(handle, "revoke_token", { ids: ["a"] }, undefined)).rejects.toEqual(
      declined,
    );
  });

  it("works once when many try at the same time", async () => {
    const handle = await confirmations.offer("revoke_token", {}, plan);
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        new Confirmations(folder, () => clock).redeem(handle, "revoke_token", {}, undefined),
      ),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("does not mind the order of the arguments", async () => {
    const handle = await confirmations.offer("t", { a: 1, b: { c: 2, d: 3 } }, plan);
    await confirmations.redeem(handle, "t", { b: { d: 3, c: 2 }, a: 1 }, undefined);
  });

  it("is bound to the arguments and the tool, and a wrong try does not use it up", async () => {
    const handle = await confirmations.offer("revoke_token", { ids: ["a"] }, plan);
    await expect(confirmations.redeem(handle, "revoke_token", { ids: ["b"] }, undefined)).rejects.toEqual(
      declined,
    );
    await expect(confirmations.redeem(handle, "delete_token", { ids: ["a"] }, undefined)).rejects.toEqual(
      declined,
    );
    await confirmations.redeem(handle, "revoke_token", { ids: ["a"] }, undefined);
  });

  it("ends after ten minutes", async () => {
    const handle = await confirmations.offer("t", {}, plan);
    clock = new Date("2026-03-01T10:10:00Z");
    await expect(confirmations.redeem(handle, "t", {}, undefined)).rejects.toEqual(declined);
  });

  it.each(["", "confirm_0", "../../etc/passwd", `confirm_${"0".repeat(32)}`])(
    "cannot be made up (%j)",
    async (handle) => {
      await confirmations.offer("t", {}, plan);
      await expect(confirmations.redeem(handle, "t", {}, undefined)).rejects.toEqual(declined);
    },
  );

  it("waits for a person at a terminal where the operator wants that", async () => {
    const handle = await confirmations.offer("t", {}, plan);
    await expect(confirmations.redeem(handle, "t", {}, "THE_RULE")).rejects.toEqual(
      expect.objectContaining({
        code: "needs_confirmation",
        message: expect.stringContaining("THE_RULE"),
        fix: expect.stringContaining("fly-tokens approve"),
      }),
    );
    await confirmations.approve(handle);
    await confirmations.redeem(handle, "t", {}, "THE_RULE");
    await expect(confirmations.approve(handle)).rejects.toEqual(declined);
  });

  it("is kept where others cannot read it, and its handle is kept nowhere", async () => {
    const handle = await confirmations.offer("t", {}, plan);
    const [name = ""] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(name + readFileSync(join(folder, name), "utf8")).not.toContain(handle.slice(8));
  });
});
