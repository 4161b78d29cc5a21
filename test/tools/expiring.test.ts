/** What expires within 14 days, and where it is used: in the list, in the status, and where it is looked at. */
import { rm, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { getStatus } from "../../tools/get-status.ts";
import { getToken } from "../../tools/get-token.ts";
import { listTokens } from "../../tools/list-tokens.ts";
import { answerOf, expectSameFacts } from "../support/answers.ts";
import { openMachine } from "../support/machine.ts";

async function openHere() {
  const start = new Date("2026-03-01T22:00:00Z");
  let clock = start;
  const machine = await openMachine({ now: () => clock });
  const { call } = machine;
  return {
    ...machine,
    /** Days since the start. */
    pass: (days: number) => {
      clock = new Date(start.getTime() + days * 86_400_000);
    },
    mint: async (name: string, expires_at?: string) =>
      (await machine.registry.mint({ name, ...(expires_at && { expires_at }) })).token.id,
    list: async (args = {}) => {
      const result = await call("list_tokens", args);
      return { text: result.text, result, expiring: answerOf(listTokens, result).expiring };
    },
    status: async () => {
      const result = await call("get_status");
      return { result, ...answerOf(getStatus, result) };
    },
    warnings: async (manager: string) => {
      const result = await call("check_package_manager", { manager });
      const [one] = answerOf(checkPackageManager, result).package_managers;
      for (const warning of one?.warnings ?? []) expect(result.text).toContain(warning);
      return one?.warnings ?? [];
    },
    usedBy: async (id: string) => answerOf(getToken, await call("get_token", { id })).delivered_to,
    [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
  };
}

it("is in the list and in the status, the first to go first, in words and as data", async () => {
  await using here = await openHere();
  const today = await here.mint("today", "2026-03-01T23:00:00Z");
  const late = await here.mint("late", "2026-03-15T21:59:59Z");
  const tomorrow = await here.mint("tomorrow", "2026-03-02T00:00:01Z");
  const three = await here.mint("three", "2026-03-04T23:59:59Z");
  await here.mint("later", "2026-03-15T22:00:00Z");
  await here.mint("never");
  const gone = await here.mint("revoked", "2026-03-03T00:00:00Z");
  await here.registry.call("POST", `/tokens/${gone}/revoke`);
  const expected = [
    { id: today, name: "today", expires_at: "2026-03-01T23:00:00.000Z", when: "today", used_by: [] },
    { id: tomorrow, name: "tomorrow", expires_at: "2026-03-02T00:00:01.000Z", when: "tomorrow", used_by: [] },
    { id: three, name: "three", expires_at: "2026-03-04T23:59:59.000Z", when: "in 3 days", used_by: [] },
    { id: late, name: "late", expires_at: "2026-03-15T21:59:59.000Z", when: "in 14 days", used_by: [] },
  ];
  const { expiring, result } = await here.list();
  expect(expiring).toEqual(expected);
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
  expect(result.text).toContain(`three (${three}) expires in 3 days (2026-03-04T23:59:59.000Z)\n`);
  expect(result.text).toMatch(/rotate_token/);
  // Of this page alone.
  expect(
    (await here.list({ limit: 1, name: "late", sort: "name" })).expiring?.map(({ name }) => name),
  ).toEqual(["late"]);
  expect((await here.list({ name: "never" })).expiring).toBeUndefined();
  const status = await here.status();
  expect(status.expiring).toEqual(expected);
  expectSameFacts(status.result, "capabilities");
});

it("is not there when nothing expires", async () => {
  await using here = await openHere();
  await here.mint("never");
  expect((await here.list()).text).not.toContain("rotate_token");
  expect(await here.status()).not.toHaveProperty("expiring");
});

it("has one page in the status, and takes nothing away from it when the issuer is gone", async () => {
  await using here = await openHere();
  for (let day = 2; day < 27; day += 1)
    await here.mint(`token${day}`, `2026-03-${String(2 + (day % 12)).padStart(2, "0")}T00:00:00Z`);
  expect((await here.status()).expiring).toHaveLength(20);
  await here.registry.close();
  const status = await here.status();
  expect(status).not.toHaveProperty("expiring");
  expect(status.providers[0]?.problem).toMatch(/Nothing answers/);
});

describe("where it is used:", () => {
  it("package managers and deliveries, those that share an edit together", async () => {
    await using here = await openHere();
    const { token } = await here.setUp({ manager: "npm,pip", expires: "10d" });
    await here.call("generate_token", {
      name: "kept",
      expires: "5d",
      deliver_to: "file",
      deliver_path: here.at("kept"),
    });
    const { expiring, result } = await here.list();
    expect(expiring).toEqual([
      expect.objectContaining({ name: "kept", when: "in 5 days", used_by: [`file (${here.at("kept")})`] }),
      expect.objectContaining({
        id: token?.id,
        when: "in 10 days",
        used_by: [expect.stringMatching(/^npm, pip \(.*\.npmrc, .*\)$/)],
      }),
    ]);
    expect(result.text).toContain(`; used here by file (${here.at("kept")})`);
    expect((await here.status()).expiring).toEqual(expiring);
    expect(await here.usedBy(expiring?.[0]?.id ?? "")).toEqual([here.at("kept")]);
  });

  it("not what was taken back, replaced, changed or removed since", async () => {
    await using here = await openHere();
    const first = (await here.setUp({ manager: "npm", expires: "10d" })).token?.id ?? "";
    expect(await here.usedBy(first)).toEqual([here.at(".npmrc")]);
    // Another token took its place.
    const second =
      (await here.setUp({ manager: "npm", expires: "40d", permission: "read_write" })).token?.id ?? "";
    expect([await here.usedBy(first), await here.usedBy(second)]).toEqual([[], [here.at(".npmrc")]]);
    // A line of the user's own is no matter.
    const text = (await here.read(".npmrc")) ?? "";
    await here.write(".npmrc", `# mine\n${text}`);
    expect(await here.usedBy(second)).toEqual([here.at(".npmrc")]);
    // Another value in its place is.
    await here.write(".npmrc", text.replace(/flyt_\w+/, "another"));
    expect(await here.usedBy(second)).toEqual([]);
    await rm(here.at(".npmrc"));
    expect(await here.usedBy(second)).toEqual([]);
    const third = (await here.setUp({ manager: "pip" })).token?.id ?? "";
    await here.call("restore_package_manager", { manager: "pip" });
    expect(await here.usedBy(third)).toEqual([]);
    const made = await here.call("generate_token", {
      name: "x",
      deliver_to: "file",
      deliver_path: here.at("x"),
    });
    const { id } = (made.data as object as { token: { id: string } }).token;
    expect(await here.usedBy(id)).toEqual([here.at("x")]);
    await rm(here.at("x"));
    expect(await here.usedBy(id)).toEqual([]);
  });

  it("a record that cannot be read hides no expiry", async () => {
    await using here = await openHere();
    const { restore_id } = await here.setUp({ manager: "npm", expires: "10d" });
    await writeFile(here.at(`ours/state/journal/${restore_id}.json`), "{");
    expect((await here.list()).expiring).toEqual([
      expect.objectContaining({ when: "in 10 days", used_by: [] }),
    ]);
  });
});

it("check_package_manager warns, and says what to do", async () => {
  await using here = await openHere();
  const { token } = await here.setUp({ manager: "npm", expires: "30d" });
  expect(await here.warnings("npm")).toEqual([]);
  for (const [days, words] of [
    [16.05, "expires in 14 days"],
    [29, "expires tomorrow"],
    [29.95, "expires today"],
    [31, "has expired"],
  ] as const) {
    here.pass(days);
    expect(await here.warnings("npm")).toEqual([
      `The token ${words} (${token?.expires_at}): rotate_token with id ${token?.id} puts a successor in its places.`,
    ]);
  }
  await here.registry.call("POST", `/tokens/${token?.id}/revoke`);
  expect(await here.warnings("npm")).toEqual([]);
});
