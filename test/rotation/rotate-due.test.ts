/** What cron calls: what it does, says and leaves alone. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { command } from "../../src/commands/rotate-due.ts";
import { loadConfig } from "../../src/config.ts";
import { openLog } from "../../src/log.ts";
import { openSetting, type Setting } from "./setting.ts";

let here: Setting;
beforeEach(async () => {
  here = await openSetting();
});
afterEach(() => vi.restoreAllMocks());

/** The command as main.ts runs it. @returns its exit code and what it prints */
async function run(flags: Record<string, string | boolean> = {}, positionals: string[] = [], env = {}) {
  const { config: _config, ...seams } = here.context;
  const config = loadConfig({
    flags: {},
    env: { ...seams.env, ...env },
    cwd: here.home,
    home: here.home,
    platform: seams.platform,
  });
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const code = await command.run({ commands: {}, config, seams, log: openLog("silent"), flags, positionals });
  return { code, printed };
}

async function auditLog() {
  const lines = ((await here.read("ours/state/audit.jsonl")) ?? "").split("\n").filter(Boolean);
  return lines.map(
    (line) => JSON.parse(line) as { client?: { name: string }; ids?: string[]; outcome?: string },
  );
}

describe("refuses, before anything is asked,", () => {
  it.each([
    ["what is no length of time", { within: "soon" }, [], /not a length of time/],
    ["an overlap that is none", { "keep-old-for": "long" }, [], /not a length of time/],
    ["a word too many", {}, ["30d"], /takes no "30d"/],
  ])("%s", async (_what, flags, positionals, said) => {
    await expect(run(flags, positionals)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(said),
    });
  });

  it("to change anything where the operator allows nothing", async () => {
    const id = await here.toFile("one", { expires: "3d" });
    here.later(48);
    const env = { FLY_TOKENS_READ_ONLY: "true" };
    await expect(run({}, [], env)).rejects.toMatchObject({ code: "forbidden" });
    expect((await run({ "dry-run": true }, [], env)).printed).toMatch(
      new RegExp(`${id}\\) would be rotated`),
    );
    expect(await here.active()).toEqual([id]);
  });
});

it("says what it does, a line each, and with which code it ends", async () => {
  expect(await run()).toEqual({ code: 0, printed: "Nothing is due.\n" });
  const good = await here.toFile("good", { expires: "3d", name: "good" });
  const bad = await here.toFile("bad", { expires: "3d", name: "bad" });
  await here.call("rotate_token", { id: await here.toFile("kept"), keep_old_for: "24h" });
  here.later(48);
  await here.write("bad", "somebody else's\n");
  const before = [await here.tree(), await here.tokens()];
  const { code, printed } = await run({ "dry-run": true });
  expect(code).toBe(1);
  expect(printed.trim().split("\n").sort()).toEqual([
    expect.stringMatching(/^local bad \(tok_\w+\) could NOT be rotated: This machine knows of no place/),
    expect.stringMatching(/^local ci \(tok_\w+\) would be revoked\.$/),
    `local good (${good}) would be rotated.`,
  ]);
  expect([await here.tree(), await here.tokens()]).toEqual(before);
  const real = await run();
  expect(real.code).toBe(1);
  expect(real.printed).toMatch(/good .* was rotated: successor tok_\w+, 1 places/);
  expect(real.printed).toMatch(/bad .* was NOT rotated: This machine knows of no place/);
  expect(real.printed).toMatch(/ci .* was revoked; its successor is in its place/);
  for (const value of here.values) expect(real.printed).not.toContain(value);
  const entries = (await auditLog()).filter(({ client }) => client?.name === "fly-tokens rotate-due");
  expect(entries.filter(({ ids }) => ids?.includes(good)).map(({ outcome }) => outcome)).toContain("ok");
  expect(entries.filter(({ ids }) => ids?.includes(bad)).length).toBeGreaterThan(0);
});

it("rotates what is used here, whoever else has many that end sooner", async () => {
  const id = await here.toFile("mine", { expires: "6d" });
  for (let count = 0; count < 205; count++)
    await here.registry.call("POST", "/tokens", {
      name: `theirs ${count}`,
      permission: "read_only",
      expires_at: new Date(here.world.now + 5.5 * 86_400_000).toISOString(),
    });
  here.later(4 * 24);
  expect(await here.due()).toMatchObject([{ id, what: "rotated" }]);
});

it("says that an issuer does not answer, and ends with another code", async () => {
  await here.toFile("one", { expires: "3d" });
  here.world.cut = (request) => request.startsWith("GET /fly/api/v1/tokens");
  const { code, printed } = await run();
  expect(code).toBe(1);
  expect(printed).toMatch(/^local could not be looked at: .* could not be reached/);
});

it("says each time that an old one does not let itself be revoked, until it is", async () => {
  const id = await here.toFile();
  await here.rotate({ id, keep_old_for: "24h" });
  here.later(25);
  here.world.cut = (request) => request.endsWith("/revoke");
  expect(await here.due()).toMatchObject([{ id, what: "failed" }]);
  here.world.cut = undefined;
  expect(await here.due()).toMatchObject([{ id, what: "ended" }]);
  expect(await here.due()).toEqual([]);
});

it("ends what its issuer has forgotten by now", async () => {
  const id = await here.toFile();
  const { new: successor } = await here.rotate({ id, keep_old_for: "24h", idempotency_key: "once" });
  await here.call("revoke_token", { ids: [id] });
  await here.call("delete_token", { id });
  here.later(25);
  expect(await here.due()).toMatchObject([{ id, what: "ended" }]);
  const again = await here.rotate({ id, idempotency_key: "once" });
  expect(again.new?.id).toBe(successor?.id);
  expect(again.old).toMatchObject({ id, status: "revoked" });
});

it("ends what its issuer does not know", async () => {
  let isUnknown = false;
  here = await openSetting({
    fetch: (real) => async (input, init) => {
      const url = typeof input === "object" && "url" in input ? input.url : String(input);
      if (!isUnknown || !url.endsWith("/revoke")) return real(input, init);
      return Response.json({ error: { code: "not_found", message: "There is none." } }, { status: 404 });
    },
  });
  const id = await here.toFile();
  await here.rotate({ id, keep_old_for: "24h" });
  here.later(25);
  isUnknown = true;
  expect(await here.due()).toMatchObject([{ id, what: "ended", rotation: { warnings: [] } }]);
  expect(await here.due()).toEqual([]);
});

it("an overlap ends with the old one's own life", async () => {
  const id = await here.toFile("one", { expires: "2d" });
  const { old_kept_until } = await here.rotate({ id, keep_old_for: "30d" });
  expect(old_kept_until).toBe("2026-03-03T10:00:00.000Z");
  here.later(49);
  expect(await here.due()).toMatchObject([{ id, what: "ended" }]);
});
