/** rotate_token, as an agent calls it: package managers and files that use a token, and what becomes of them. */
import { stat, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rotateDue } from "../../src/rotation/due.ts";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { rotateToken } from "../../tools/rotate-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { treeOf } from "../support/home.ts";
import { type Machine, type MachineOptions, openMachine } from "../support/machine.ts";

let here: Machine;
let now: Date;
const open = async (options: MachineOptions = {}) => {
  now = new Date("2026-03-01T10:00:00Z");
  here = await openMachine({
    now: () => now,
    ...options,
    env: { FLY_TOKENS_CONFIRM: "never", ...options.env },
  });
};
const reopen = async (options: MachineOptions) => {
  await here[Symbol.asyncDispose]();
  await open(options);
};
beforeEach(() => open());
afterEach(() => here[Symbol.asyncDispose]());

const rotate = async (args: Record<string, unknown>) =>
  answerOf(rotateToken, await here.call("rotate_token", args));
const generate = async (args: Record<string, unknown>) =>
  answerOf(generateToken, await here.call("generate_token", { name: "ci", ...args })).token.id;
const toFile = (name = "the-token", args = {}) =>
  generate({ deliver_to: "file", deliver_path: name, ...args });
const statuses = async () => Object.fromEntries((await here.tokens()).map(({ id, status }) => [id, status]));
const check = async (manager: string) =>
  answerOf(checkPackageManager, await here.call("check_package_manager", { manager })).package_managers[0];
const later = (hours: number) => {
  now = new Date(now.getTime() + hours * 3_600_000);
};
/** What our own folder says of the values: nothing, but in backups of files that had them. */
const keptValues = async () => {
  const texts = Object.entries(await treeOf(here.home));
  return texts
    .filter(([name, text]) => name.startsWith("ours/") && here.values.some((value) => text.includes(value)))
    .map(([name]) => name.split("/").slice(0, 3).join("/"));
};

describe("a rotation", () => {
  it("puts a successor into every package manager, tries it, and revokes the old one", async () => {
    await here.write(".npmrc", "# mine\ncolor=false\n");
    const { token } = await here.setUp({ manager: "npm,pip", expires: "10d", permission: "read_write" });
    const before = await here.tree();
    const { old, new: successor, rewritten, old_revoked_at } = await rotate({ id: token?.id });
    expect(old).toMatchObject({ id: token?.id, status: "revoked" });
    expect(old_revoked_at).toBe(now.toISOString());
    expect(rewritten?.map(({ verified }) => verified)).toEqual([true]);
    expect(successor).toMatchObject({
      name: token?.name,
      permission: "read_write",
      expires_at: "2026-03-11T10:00:00.000Z",
    });
    expect(await statuses()).toEqual({ [String(successor?.id)]: "active", [String(token?.id)]: "revoked" });
    for (const manager of ["npm", "pip"])
      expect(await check(manager)).toMatchObject({ works: { ok: true }, token: { id: successor?.id } });
    // Nothing but the value has changed in any file.
    const [first = "", second = ""] = here.values;
    const after = Object.entries(await here.tree()).map(([path, text]) => [
      path,
      text.replaceAll(second, first),
    ]);
    expect(Object.fromEntries(after)).toEqual(before);
    expect((await keptValues()).filter((name) => !name.startsWith("ours/state/backups"))).toEqual([]);
  });

  it("rewrites a file to which the value was delivered", async () => {
    const id = await toFile();
    const { rewritten, new: successor } = await rotate({ id });
    expect(rewritten).toEqual([{ where: here.at("the-token"), verified: true }]);
    expect(await here.read("the-token")).toBe(`${here.values[1]}\n`);
    expect((await stat(here.at("the-token"))).mode & 0o777).toBe(0o600);
    expect(await statuses()).toEqual({ [id]: "revoked", [String(successor?.id)]: "active" });
  });

  it("goes on from successor to successor, and never leaves an old value behind", async () => {
    const { token } = await here.setUp({ manager: "npm" });
    let id = token?.id ?? "";
    for (let round = 0; round < 3; round++) id = (await rotate({ id })).new?.id ?? "";
    expect(await check("npm")).toMatchObject({ works: { ok: true }, token: { id } });
    expect(Object.values(await statuses()).filter((status) => status === "active")).toHaveLength(1);
    const texts = Object.values(await here.tree()).join("\n");
    expect(here.values.filter((value) => texts.includes(value))).toEqual([here.values.at(-1)]);
  });

  it("keeps the old one for a while, then rotate-due ends it", async () => {
    const id = await toFile();
    const { old_revoked_at, old_kept_until, new: successor } = await rotate({ id, keep_old_for: "24h" });
    expect([old_revoked_at, old_kept_until]).toEqual([null, "2026-03-02T10:00:00.000Z"]);
    expect(await statuses()).toEqual({ [id]: "active", [String(successor?.id)]: "active" });
    later(23);
    expect(await due()).toEqual([]);
    later(2);
    expect(await due()).toMatchObject([{ id, what: "ended" }]);
    expect(await statuses()).toEqual({ [id]: "revoked", [String(successor?.id)]: "active" });
    expect(await due()).toEqual([]);
  });

  it("with the same idempotency key gives the same result, and makes no third token", async () => {
    const id = await toFile();
    const first = await rotate({ id, idempotency_key: "once" });
    expect(await rotate({ id, idempotency_key: "once" })).toEqual({ ...first, warnings: [] });
    expectRefusal(
      await here.call("rotate_token", { id }),
      "conflict",
      /has been rotated; its successor is tok_/,
    );
    expectRefusal(await here.call("rotate_token", { id, idempotency_key: "twice" }), "conflict");
    expect(await here.tokens()).toHaveLength(2);
  });

  it("shows a value that a person has to carry on, once, and keeps the old one for a day", async () => {
    const id = await generate({});
    const args = { id, deliver_to: "inline", idempotency_key: "shown" };
    const { credential, show_once_warning, old_kept_until } = await rotate(args);
    expect(credential?.token).toBe(here.values[1]);
    expect(show_once_warning).toMatch(/never again/);
    expect(old_kept_until).toBe("2026-03-02T10:00:00.000Z");
    expect(await rotate(args)).not.toHaveProperty("credential");
    expect(await keptValues()).toEqual([]);
  });

  it("says the same in words as in data", async () => {
    const { token } = await here.setUp({ manager: "npm" });
    expectSameFacts(await here.call("rotate_token", { id: token?.id }), "name", "permission", "status");
  });

  it("leaves alone what holds another value by now", async () => {
    const id = await toFile();
    await here.setUp({ manager: "npm" });
    await writeFile(here.at("the-token"), "somebody else's\n");
    expectRefusal(await here.call("rotate_token", { id }), "unsupported", /knows of no place/);
    expect(await here.read("the-token")).toBe("somebody else's\n");
  });
});

describe("refuses, and makes nothing,", () => {
  const refused = async (
    args: Record<string, unknown>,
    code: Parameters<typeof expectRefusal>[1],
    said?: RegExp,
  ) => {
    const before = [await here.tokens(), await here.tree()];
    expectRefusal(await here.call("rotate_token", args), code, said);
    expect([await here.tokens(), await here.tree()]).toEqual(before);
  };

  it("what names no token, or too much", async () => {
    const id = await toFile();
    await refused({}, "invalid_input", /Which token/);
    await refused({ id, expires_within: "7d" }, "invalid_input", /Which token/);
    await refused({ id: "tok_unknown" }, "not_found");
    await refused({ expires_within: "soon" }, "invalid_input");
    await refused({ id, expires: "yesterday" }, "invalid_input");
    await refused({ id, keep_old_for: "long" }, "invalid_input");
    await refused({ expires_within: "60d", deliver_to: "inline" }, "invalid_input", /for one token/);
  });

  it("a revoked one, and one that nobody here uses", async () => {
    const id = await generate({});
    await refused({ id }, "unsupported", /deliver_to/);
    await here.call("revoke_token", { ids: [id] });
    await refused({ id, deliver_to: "inline" }, "conflict", /revoked, and stays so/);
  });

  it("when a place cannot be written", async () => {
    const { token } = await here.setUp({ manager: "npm" });
    await writeFile(here.at(".npmrc"), `${await here.read(".npmrc")}\0`);
    await refused({ id: token?.id }, "file_unparsable", /Whether npm has the token cannot be seen/);
  });

  it("a longer life than the operator allows", async () => {
    await reopen({ env: { FLY_TOKENS_MAX_EXPIRY: "7d" } });
    const id = await toFile();
    await refused({ id, expires: "8d" }, "forbidden", /FLY_TOKENS_MAX_EXPIRY/);
    expect((await rotate({ id })).new?.expires_at).toBe("2026-03-08T10:00:00.000Z");
  });
});

describe("puts everything back", () => {
  /** A step that fails: the n-th request of some kind after the successor was made. */
  const failing = (matches: (url: string, method: string) => boolean, status = 503): MachineOptions => ({
    fetch: (real) => async (input, init) => {
      const request = new Request(input, init);
      if (armed && matches(new URL(request.url).pathname, request.method))
        return Response.json({ error: { code: "x", message: "no" } }, { status });
      return real(request);
    },
  });
  let armed = false;
  afterEach(() => {
    armed = false;
  });

  it.each([
    ["the proof of a package manager", (url: string) => url.endsWith("/-/whoami")],
    ["the question whose value it is", (url: string) => url.endsWith("/introspect")],
  ])("when %s fails", async (_what, matches) => {
    await reopen(failing(matches));
    const id = await toFile();
    const { token } = await here.setUp({ manager: "npm", token_id: id });
    expect(token?.id).toBe(id);
    const before = await here.tree();
    armed = true;
    const result = await here.call("rotate_token", { id });
    armed = false;
    expect(result.isError).toBe(true);
    expect(await here.tree()).toEqual(before);
    const all = await statuses();
    expect(all[id]).toBe("active");
    expect(Object.values(all).filter((status) => status === "active")).toHaveLength(1);
    expect((await keptValues()).filter((name) => !name.startsWith("ours/state/backups"))).toEqual([]);
    // And the next one succeeds.
    const { new: successor } = await rotate({ id });
    expect(await check("npm")).toMatchObject({ works: { ok: true }, token: { id: successor?.id } });
  });

  it("when the old one cannot be revoked, the successor stays, and rotate-due ends it later", async () => {
    await reopen(failing((url) => url.endsWith("/revoke")));
    const id = await toFile();
    armed = true;
    const { old_revoked_at, warnings } = await rotate({ id });
    armed = false;
    expect(old_revoked_at).toBeNull();
    expect(warnings?.join()).toMatch(/could NOT be revoked/);
    expect(await here.read("the-token")).toBe(`${here.values[1]}\n`);
    expect(await due()).toMatchObject([{ id, what: "ended" }]);
    expect((await statuses())[id]).toBe("revoked");
  });
});

describe("several at once", () => {
  const open3 = async () => {
    const soon = await toFile("soon", { expires: "3d" });
    const sooner = await toFile("sooner", { expires: "2d" });
    const unknown = await generate({ expires: "1d" });
    const late = await toFile("late", { expires: "30d" });
    return { soon, sooner, unknown, late };
  };

  it("in two turns by a client without forms: the plan, then exactly the plan", async () => {
    await reopen({ env: { FLY_TOKENS_CONFIRM: "auto" } });
    const { soon, sooner, unknown, late } = await open3();
    const args = { expires_within: "7d" };
    const asked = await here.call("rotate_token", args);
    const { plan, confirmation } = (
      asked.data as unknown as { confirmation_required: { plan: string[]; confirmation: string } }
    ).confirmation_required;
    const said = plan.join("\n");
    for (const id of [soon, sooner]) expect(said).toContain(`(${id})`);
    expect(said).toContain(here.at("soon"));
    expect(said).toContain(`Not ${unknown}`);
    expect(said).not.toContain(late);
    expect(await here.tokens()).toHaveLength(4);
    // What comes to expire in the meantime is not part of it.
    const more = await toFile("more", { expires: "1d" });
    const { rotations } = await rotate({ ...args, confirmation });
    expect(rotations?.map(({ id, old }) => [id, old?.status])).toEqual([
      [sooner, "revoked"],
      [soon, "revoked"],
    ]);
    const all = await statuses();
    expect([all[unknown], all[late], all[more]]).toEqual(["active", "active", "active"]);
    expect(await here.tokens()).toHaveLength(7);
    expectRefusal(await here.call("rotate_token", { ...args, confirmation }), "declined");
  });

  it("by rotate-due: what is used here, and what is not is left alone", async () => {
    const { soon, sooner, unknown, late } = await open3();
    // None has half of its life behind it.
    expect(await due()).toEqual([]);
    later(40);
    expect(await due()).toMatchObject([
      { id: sooner, what: "rotated" },
      { id: soon, what: "rotated" },
    ]);
    const all = await statuses();
    expect([all[unknown], all[late], all[soon], all[sooner]]).toEqual([
      "expired",
      "active",
      "revoked",
      "revoked",
    ]);
    expect(await due()).toEqual([]);
  });
});

async function due(within = 7 * 86_400_000) {
  const outcomes = [];
  for await (const outcome of rotateDue({ within, dry_run: false }, here.context)) outcomes.push(outcome);
  return outcomes;
}
