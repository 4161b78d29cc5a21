import { appendFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { issue, stage } from "./open.ts";

test("the journal is a file of ours alone, with no secret in it", async () => {
  await using opened = await stage();
  const { token, secret } = await issue(opened);
  await opened.provider.tokens.revoke(token.id);
  expect(await opened.home.mode("state/jfrog.jsonl")).toBe(0o600);
  expect(await opened.home.mode("state")).toBe(0o700);
  const text = (await opened.home.read("state/jfrog.jsonl")) ?? "";
  expect(text).not.toContain(secret?.reveal().slice(0, 40));
  const events = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line).event]));
  expect(events).toEqual(["issued", "revoking", "revoked"]);
});

test.each(['\n{"event":"issued","at":"20', "\n", "\n\n{}\n", "\0\0\0", "nonsense"])(
  "an entry that was cut off spoils no other: %j",
  async (torn) => {
    await using opened = await stage();
    const first = await issue(opened);
    await opened.provider.tokens.revoke(first.token.id);
    await appendFile(opened.home.at("state/jfrog.jsonl"), torn);
    const second = await issue(opened);
    await opened.provider.tokens.revoke(second.token.id);
    const { items } = await opened.open().tokens.list({ limit: 50, status: "revoked" });
    expect(items.map(({ id }) => id).sort()).toEqual([first.token.id, second.token.id].sort());
  },
);

test("many processes at once lose no entry", async () => {
  await using opened = await stage();
  const grants = await Promise.all(Array.from({ length: 20 }, () => issue(opened, {}, opened.open())));
  await Promise.all(grants.map(({ token }) => opened.open().tokens.revoke(token.id)));
  expect((await opened.provider.tokens.list({ limit: 50, status: "revoked" })).items.length).toBe(20);
});
