import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { restorePackageManager } from "../../tools/restore-package-manager.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { treeOf } from "../support/home.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

const before = "; mine\nfund=false\n";
let world: World;
let npmrc: string;
let call: (name: string, args?: Record<string, unknown>) => Promise<ToolResult>;

beforeEach(async () => {
  world = await openWorld({ env: { PATH: "/nowhere" } });
  ({ call } = await world.connect());
  npmrc = join(world.home, ".npmrc");
});
afterEach(() => world[Symbol.asyncDispose]());

const setUp = async (args: Record<string, unknown> = {}) =>
  answerOf(configurePackageManager, await call("configure_package_manager", { manager: "npm", ...args }));
const restore = (args: Record<string, unknown>) => call("restore_package_manager", args);
const text = () => readFile(npmrc, "utf8");

it("puts the former bytes back, and leaves the token alone", async () => {
  await writeFile(npmrc, before, { mode: 0o640 });
  const { restore_id, token } = await setUp();
  const result = await restore({ restore_id });
  const url = `${world.registry.url}/artifactory/api/npm/npm/`;
  expect(answerOf(restorePackageManager, result)).toEqual({
    changes: [{ path: npmrc, diff: `-registry=${url}\n-${url.replace("http:", "")}:_authToken=[secret]` }],
    skipped: [],
    warnings: [],
    token_id: token?.id,
  });
  expectSameFacts(result);
  expect(await text()).toBe(before);
  expect((await stat(npmrc)).mode & 0o777).toBe(0o640);
  const { status } = (await (await world.registry.call("GET", `/tokens/${token?.id}`)).json()) as {
    status: string;
  };
  expect(status).toBe("active");
});

it("takes a value out of a file to which it was delivered, and says that the token lives", async () => {
  const env = join(world.home, ".env");
  await writeFile(env, "# mine\n", { mode: 0o600 });
  const made = answerOf(generateToken, await call("generate_token", { name: "ci", deliver_to: "env_file" }));
  const result = await restore({ restore_id: made.delivery.restore_id });
  expect(answerOf(restorePackageManager, result).token_id).toBe(made.token.id);
  expect(result.text).toMatch(new RegExp(`revokes no token.*${made.token.id}.*revoke_token`));
  expect(await readFile(env, "utf8")).toBe("# mine\n");
});

it("leaves nothing of several set-ups that shared an entry, in whatever order they are taken back", async () => {
  await setUp({ manager: "pip" });
  await setUp({ manager: "uv", permission: "read_write" });
  await setUp({ manager: "pip" });
  const ids = (await world.context.disk.journal()).map(({ id }) => id);
  for (const restore_id of [ids[1], ids[2], ids[0]])
    answerOf(restorePackageManager, await restore({ restore_id }));
  const left = Object.keys(await treeOf(world.home)).filter((name) => !/^ours(\/|$)/.test(name));
  expect(left).toEqual([]);
});

it("says whose credential went with it", async () => {
  await setUp();
  await setUp({ manager: "yarn" });
  const first = (await world.context.disk.journal()).at(-1)?.id;
  const { warnings } = answerOf(restorePackageManager, await restore({ restore_id: first }));
  expect(warnings).toEqual([expect.stringMatching(/^Yarn 1 had its token from there, too/)]);
});

it("removes a file that was not there before", async () => {
  const { restore_id } = await setUp();
  answerOf(restorePackageManager, await restore({ restore_id }));
  await expect(stat(npmrc)).rejects.toThrow("ENOENT");
});

it("takes back the latest edit of a manager, then the one before it", async () => {
  await writeFile(npmrc, before);
  await setUp();
  const once = await text();
  await setUp({ permission: "read_write" });
  expect(await text()).not.toBe(once);
  answerOf(restorePackageManager, await restore({ manager: "npm" }));
  expect(await text()).toBe(once);
  answerOf(restorePackageManager, await restore({ manager: "npm" }));
  expect(await text()).toBe(before);
  expectRefusal(await restore({ manager: "npm" }), "not_found", /check_package_manager/);
});

it("only shows what it would do in a dry run", async () => {
  await writeFile(npmrc, before);
  const { restore_id } = await setUp();
  const set = await text();
  const dry = answerOf(restorePackageManager, await restore({ restore_id, dry_run: true }));
  expect(await text()).toBe(set);
  expect(answerOf(restorePackageManager, await restore({ restore_id }))).toEqual(dry);
});

it("leaves alone what was changed since, and says so", async () => {
  await writeFile(npmrc, before);
  const { restore_id } = await setUp();
  await writeFile(
    npmrc,
    `${(await text()).replace(/^registry=.*$/m, "registry=https://other.example/")}later=1\n`,
  );
  const result = await restore({ restore_id });
  const { skipped } = answerOf(restorePackageManager, result);
  expect(skipped).toEqual([expect.stringMatching(/^registry in .*\.npmrc was changed since/)]);
  expectSameFacts(result);
  expect(await text()).toBe("; mine\nfund=false\nregistry=https://other.example/\nlater=1\n");
});

describe("refuses", () => {
  it("to take back the same edit twice", async () => {
    const { restore_id } = await setUp();
    await restore({ restore_id });
    await setUp();
    const set = await text();
    expectRefusal(await restore({ restore_id }), "conflict", /taken back before/);
    expect(await text()).toBe(set);
  });

  it("an edit of another manager than the one that is named", async () => {
    const { restore_id } = await setUp();
    expectRefusal(await restore({ restore_id, manager: "pip" }), "not_found");
  });

  it.each<[Record<string, unknown>, string, object]>([
    [{}, "invalid_input", { message: "Say what to undo." }],
    [{ restore_id: "20260301T100000000Z-00000000" }, "not_found", {}],
    [{ restore_id: "../../../etc/passwd" }, "not_found", {}],
    [{ manager: "npm" }, "not_found", {}],
    [{ manager: "brew" }, "not_found", {}],
    [{ restoreId: "x" }, "invalid_input", { did_you_mean: "restore_id" }],
  ])("%j", async (args, code, details) => {
    const result = await restore(args);
    expectRefusal(result, code as "not_found");
    expect(result.error).toMatchObject(details);
  });
});
