/** A new file, where git may and may not see it, and taken back again. */
import { chmod, rm, symlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { file } from "../../src/delivery/file.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { restorePackageManager } from "../../tools/restore-package-manager.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { type Machine, openMachine } from "../support/machine.ts";

let here: Machine;
beforeEach(async () => {
  here = await openMachine();
});
afterEach(() => here[Symbol.asyncDispose]());

const generate = (path: string, more: Record<string, unknown> = {}) =>
  here.call("generate_token", { name: "x", deliver_to: "file", deliver_path: path, ...more });
const deliver = async (...args: Parameters<typeof generate>) =>
  answerOf(generateToken, await generate(...args));
const restore = async (restore_id: string | undefined) =>
  answerOf(restorePackageManager, await here.call("restore_package_manager", { restore_id }));
const git = (...args: string[]) => run("git", ["-C", here.at("repo"), ...args]);
const isIgnored = async (name: string) => (await git("check-ignore", "--quiet", name)).code === 0;
const value = () => here.values.at(-1);

async function repository(ignored?: string): Promise<void> {
  await here.write("repo/a.txt", "");
  await git("init", "--quiet");
  if (ignored !== undefined) await here.write("repo/.gitignore", ignored);
}

it("is new, with one line, for its owner alone, and goes with its folders when it is taken back", async () => {
  const before = await here.tree();
  const { delivery } = await deliver("keys/prod/token");
  expect(await here.tree()).toEqual({
    ...before,
    keys: "0700 folder",
    "keys/prod": "0700 folder",
    "keys/prod/token": `0600 ${value()}\n`,
  });
  await restore(delivery.restore_id);
  expect(await here.tree()).toEqual(before);
});

describe("in a git repository", () => {
  it.each([{}, { deliver_git: "refuse" }])("that does not ignore it, is refused: %j", async (more) => {
    await repository("*.log\n");
    const before = await here.tree();
    const result = await generate("repo/token", more);
    expectRefusal(result, "unsafe_location", /does not ignore it/);
    expect(result.error.fix).toContain("deliver_git ignore");
    expect(await here.tree()).toEqual(before);
  });

  it.each(["refuse", "ignore"])(
    "that tracks it, is refused, with %s too: ignoring does not help",
    async (how) => {
      await repository("*.log\n");
      await here.write("repo/token", "");
      await git("add", "token");
      await rm(here.at("repo/token"));
      const before = await here.tree();
      expectRefusal(await generate("repo/token", { deliver_git: how }), "unsafe_location", /tracked by git/);
      expect(await here.tree()).toEqual(before);
      expect(await here.tokens()).toEqual([]);
    },
  );

  it("is ignored first, by one anchored line, and both are taken back", async () => {
    await repository("*.log");
    const before = await here.tree();
    const { delivery, show_once_warning } = await deliver("repo/sub/token", { deliver_git: "ignore" });
    expect(show_once_warning).not.toContain("git");
    expect(await here.read("repo/.gitignore")).toBe("*.log\n/sub/token");
    expect(await here.read("repo/sub/token")).toBe(`${value()}\n`);
    expect([await isIgnored("sub/token"), await isIgnored("token")]).toEqual([true, false]);
    await restore(delivery.restore_id);
    expect(await here.tree()).toEqual(before);
  });

  it("has a .gitignore made for it, which goes with it", async () => {
    await repository();
    const before = await here.tree();
    const { delivery } = await deliver("repo/token", { deliver_git: "ignore" });
    expect(await here.read("repo/.gitignore")).toBe("/token\n");
    await restore(delivery.restore_id);
    expect(await here.tree()).toEqual(before);
  });

  it("keeps the lines that came into .gitignore since, when it is taken back", async () => {
    await repository("*.log\n");
    const { delivery } = await deliver("repo/token", { deliver_git: "ignore" });
    await here.write("repo/.gitignore", "*.log\n/token\nbuild\n");
    await restore(delivery.restore_id);
    expect(await here.read("repo/.gitignore")).toBe("*.log\nbuild\n");
    expect(await here.read("repo/token")).toBeUndefined();
  });

  it("leaves a .gitignore alone that has it already, or that has nothing to say", async () => {
    await repository("token\n");
    await deliver("repo/token", { deliver_git: "ignore" });
    expect(await here.read("repo/.gitignore")).toBe("token\n");
    await deliver("outside", { deliver_git: "ignore" });
    expect(Object.keys(await here.tree()).filter((name) => name.includes(".gitignore"))).toEqual([
      "repo/.gitignore",
    ]);
  });

  it("is ignored by the .gitignore that has the last word", async () => {
    await repository("*.log\n");
    await here.write("repo/sub/.gitignore", "!token\n");
    await deliver("repo/sub/token", { deliver_git: "ignore" });
    expect(await here.read("repo/sub/.gitignore")).toBe("!token\n/token\n");
    expect(await isIgnored("sub/token")).toBe(true);
  });

  it.each(["a [b]*", "#x", "!x", "a\\b", "end ", "ä ?"])(
    "is ignored whatever it is called: %j",
    async (name) => {
      await repository("");
      await deliver(`repo/${name}`, { deliver_git: "ignore" });
      expect(await isIgnored(name)).toBe(true);
      expect(await here.read(`repo/${name}`)).toBe(`${value()}\n`);
      expect(await isIgnored("a.txt")).toBe(false);
    },
  );

  it("is refused, and .gitignore as it was, where git does not read what was added", async () => {
    await repository();
    await here.write("elsewhere", "*.log\n");
    await symlink(here.at("elsewhere"), here.at("repo/.gitignore"));
    const before = await here.tree();
    const result = await generate("repo/token", { deliver_git: "ignore" });
    expectRefusal(result, "unsafe_location", /does not ignore it.* was revoked\. Choose/);
    expect(await here.tree()).toEqual(before);
    expect((await here.tokens()).map(({ status }) => status)).toEqual(["revoked"]);
    expect(await here.context.disk.journal()).toEqual([]);
  });

  it("is written all the same where that is allowed, and the answer warns", async () => {
    await repository("");
    const exposed = await deliver("repo/token", { deliver_git: "allow" });
    expect(exposed.show_once_warning).toMatch(/does not ignore it/);
    await git("add", "token");
    await rm(here.at("repo/token"));
    const tracked = await deliver("repo/token", { deliver_git: "allow" });
    expect(tracked.show_once_warning).toMatch(/tracked by git: the secret will be in the next commit/);
    expect(await here.read("repo/.gitignore")).toBe("");
  });
});

describe("a rotation", () => {
  const login = {
    username: "x",
    secret: new Secret("flyt_successor0123456789"),
    token: { id: "tok_2", provider: "local", name: "x" },
  };
  const put = () => file.deliver(login, { path: here.at("token") }, here.context.means(), true);

  it.each([
    ["old\n", "new\n"],
    ["old", "new"],
    ["old\r\n", "new\r\n"],
    ["", "new\n"],
    [undefined, "new\n"],
  ])("puts its value in the place of the former: %j", async (before, after) => {
    if (before !== undefined) await here.write("token", before);
    const { restore_id = "" } = await put();
    expect(await here.read("token")).toBe(after.replace("new", login.secret.reveal()));
    const [record] = await here.context.disk.journal({ token_id: "tok_2" });
    expect(record).toMatchObject({ id: restore_id, provider: "local", managers: [] });
    await restore(restore_id);
    expect(await here.read("token")).toBe(before);
  });

  it.each(["old\nmore\n", "\nold", "\n", "old\n\n"])(
    "refuses a file that holds something else: %j",
    async (text) => {
      await here.write("token", text);
      const conflict = expect.objectContaining({ code: "conflict" });
      await expect(put()).rejects.toEqual(conflict);
      await expect(file.check({ path: here.at("token") }, here.context.means(), true)).rejects.toEqual(
        conflict,
      );
      expect(await here.read("token")).toBe(text);
      expect(await file.read?.({ path: here.at("token") }, here.context.means())).toBeUndefined();
    },
  );

  it("keeps links and modes, and warns when others can read along", async () => {
    await here.write("real", "old\n");
    await chmod(here.at("real"), 0o644);
    await here.link("token", "real");
    const { warnings } = await put();
    expect(warnings).toEqual([expect.stringMatching(/can be read or written by other users \(mode 0644\)/)]);
    expect(await here.tree()).toEqual({
      token: `-> ${here.at("real")}`,
      real: `0644 ${login.secret.reveal()}\n`,
    });
  });
});
