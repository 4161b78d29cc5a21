/** Who gets which kind, and what only one of them has. */
import { expect, it } from "vitest";
import { Secret } from "../../src/secret.ts";
import { call, declined, minute, openDesk, plan } from "./kinds.ts";

const sealed = /^confirm_[\w-]{48,}$/;
const short = /^confirm_[0-9a-f]{32}$/;

it("a handle is sealed for who calls over HTTP where there is a key, and short for everybody else", async () => {
  await using keyed = await openDesk("sealed");
  await using other = await openDesk("stored");
  expect(await keyed.open().offer(call(), plan)).toMatch(sealed);
  expect(await keyed.open().offer(call({ caller: undefined }), plan)).toMatch(short);
  expect(await other.open().offer(call(), plan)).toMatch(short);
});

it("who has the key takes both kinds", async () => {
  await using desk = await openDesk("sealed");
  const local = call({ caller: undefined });
  for (const each of [call(), local]) {
    const handle = await desk.open().offer(each, plan);
    await desk.open().approve(handle);
    expect(await desk.open().redeem(handle, each, "THE_RULE")).toEqual(plan);
  }
});

it("offering a sealed one writes nothing", async () => {
  await using desk = await openDesk("sealed");
  await desk.open().offer(call(), plan);
  expect(await desk.tree()).toEqual({});
});

it("a sealed one says nothing of the plan, the caller or the arguments", async () => {
  await using desk = await openDesk("sealed");
  const handle = await desk.open().offer(call(), plan);
  const bytes = Buffer.from(handle.slice(8), "base64url").toString("latin1");
  for (const word of ["alice", "tok_a", "revoke", "Revoke"]) expect(bytes).not.toContain(word);
});

it("a sealed one cannot be changed in any place", async () => {
  await using desk = await openDesk("sealed");
  const handle = await desk.open().offer(call(), plan);
  for (let at = 8; at < handle.length; at += 1)
    for (const letter of handle[at] === "A" ? "Bb-_" : "A") {
      const forged = `${handle.slice(0, at)}${letter}${handle.slice(at + 1)}`;
      await expect(desk.open().redeem(forged, call(), undefined)).rejects.toEqual(declined);
    }
  for (const forged of [handle.slice(0, -1), `${handle}A`, `${handle}=`, `${handle}\n`, ` ${handle}`])
    await expect(desk.open().redeem(forged, call(), undefined)).rejects.toEqual(declined);
  expect(await desk.tree()).toEqual({});
  await desk.open().redeem(handle, call(), undefined);
});

it("one sealed with another key is unknown", async () => {
  await using desk = await openDesk("sealed");
  const other = desk.open(new Secret("another key of thirty-two letters or more"));
  await expect(desk.open().redeem(await other.offer(call(), plan), call(), undefined)).rejects.toEqual(
    declined,
  );
});

it("without the key a sealed one is unknown to a caller, and a question of settings to a person at a terminal", async () => {
  await using keyed = await openDesk("sealed");
  await using desk = await openDesk("stored");
  const handle = await keyed.open().offer(call(), plan);
  await expect(desk.open().redeem(handle, call(), undefined)).rejects.toEqual(declined);
  for (const act of [desk.open().look(handle), desk.open().approve(handle)])
    await expect(act).rejects.toMatchObject({
      code: "not_configured",
      fix: expect.stringContaining("FLY_TOKENS_HTTP_KEY"),
    });
});

it("approvals and uses go when nobody can need them any more", async () => {
  await using desk = await openDesk("sealed");
  const use = async () => {
    const handle = await desk.open().offer(call(), plan);
    await desk.open().approve(handle);
    await desk.open().redeem(handle, call(), "THE_RULE");
    const names = Object.entries(await desk.tree()).filter(([, what]) => what !== "0700 folder");
    return names.length;
  };
  expect(await use()).toBe(2);
  desk.pass(30 * minute);
  expect(await use()).toBe(4);
  desk.pass(120 * minute);
  expect(await use()).toBe(2);
});

it("a sealed one that cannot be marked as used is not used", async () => {
  await using desk = await openDesk("sealed");
  const handle = await desk.open().offer(call(), plan);
  await desk.write("state/once", "a file in the place of the folder");
  await expect(desk.open().redeem(handle, call(), undefined)).rejects.toMatchObject({
    code: expect.stringMatching(/^file_un/),
  });
});

it("a short one that cannot be kept is not offered", async () => {
  await using desk = await openDesk("stored");
  await desk.write("state/confirmations", "a file in the place of the folder");
  await expect(desk.open().offer(call(), plan)).rejects.toMatchObject({ code: "file_unwritable" });
});
