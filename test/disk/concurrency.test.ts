import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/disk/mask.ts";
import { tempHome } from "../support/home.ts";
import { bundleWorker, ended, startWorker } from "./processes.ts";
import { diskSetting, type Setting, setting } from "./setting.ts";

const value = { key: "x", value: "y" };

async function lockFile(s: Setting, holder: object | string): Promise<string> {
  await mkdir(s.state.at("fly-tokens/locks"), { recursive: true });
  const file = s.state.at("fly-tokens/locks", sha256(s.home.at(".npmrc")));
  await writeFile(file, typeof holder === "string" ? holder : JSON.stringify(holder));
  return file;
}

describe("many at once", () => {
  test("twenty processes edit one file, several files and files of their own: every entry is there afterwards", {
    timeout: 120_000,
  }, async () => {
    await using home = await tempHome();
    const program = await bundleWorker(home.path);
    const [shared, other] = [home.at("files/.npmrc"), home.at("files/other")];
    const names = Array.from({ length: 20 }, (_, index) => `key${index}`);
    const workers = names.map((key) =>
      startWorker(program, {
        state: home.at("state"),
        jobs: [
          { files: [shared], key, value: "1" },
          { files: [home.at(`files/${key}`)], key, value: "2" },
          { files: [other, shared], key: `${key}-both`, value: "3" },
          { files: [shared, other], key: `${key}-again`, value: "4" },
        ],
      }),
    );
    expect(await Promise.all(workers.map(ended))).toEqual(names.map(() => 0));
    const both = names.flatMap((key) => [`${key}-again=4`, `${key}-both=3`]);
    expect((await home.read("files/other"))?.trim().split("\n").sort()).toEqual([...both].sort());
    expect((await home.read("files/.npmrc"))?.trim().split("\n").sort()).toEqual(
      [...both, ...names.map((key) => `${key}=1`)].sort(),
    );
    for (const key of names) expect(await home.read(`files/${key}`)).toBe(`${key}=2\n`);
    expect(await readdir(home.at("files"))).toEqual([".npmrc", ...[...names, "other"].sort()]);
    expect(await readdir(home.at("state/locks"))).toEqual([]);
    expect(await readdir(home.at("state/journal"))).toHaveLength(80);
  });

  test("edits within one process wait for each other too", async () => {
    await using s = await diskSetting();
    const keys = Array.from({ length: 20 }, (_, index) => `key${index}`);
    await Promise.all(keys.map((key) => s.disk.edit(setting(s.home.at(".npmrc"), { key, value: "1" }))));
    expect((await s.home.read(".npmrc"))?.trim().split("\n").sort()).toEqual(
      keys.map((key) => `${key}=1`).sort(),
    );
  });

  test("two names of one file are one lock", async () => {
    await using s = await diskSetting({ lock_wait: 0 });
    await lockFile(s, { pid: process.pid, host: hostname(), id: "x" });
    await mkdir(s.home.at("folder"));
    await expect(s.disk.edit(setting(s.home.at("folder/../.npmrc"), value))).rejects.toMatchObject({
      code: "file_locked",
    });
  });
});

describe("a lock", () => {
  test("of a living process is respected, and the refusal names the file and the process", async () => {
    await using s = await diskSetting({ lock_wait: 50 });
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    try {
      const file = await lockFile(s, { pid: child.pid, host: hostname(), id: "x" });
      const edit = s.disk.edit(setting(s.home.at(".npmrc"), value));
      await expect(edit).rejects.toMatchObject({
        code: "file_locked",
        message: expect.stringMatching(new RegExp(`${s.home.at(".npmrc")}.*${child.pid}`)),
        fix: expect.stringContaining(file),
      });
      expect(await s.home.tree()).toEqual({});
      child.kill("SIGKILL");
      await once(child, "exit");
      await s.disk.edit(setting(s.home.at(".npmrc"), value));
      expect(await s.home.read(".npmrc")).toBe("x=y\n");
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("of a dead process is broken by one of many at once, and all their edits are made", async () => {
    for (let round = 0; round < 20; round += 1) {
      await using s = await diskSetting();
      await lockFile(s, { pid: 2 ** 22 + 1, host: hostname(), id: "dead" });
      await lockFile(s, { pid: 2 ** 22 + 1, host: hostname(), id: "dead" });
      const keys = ["a", "b", "c", "d", "e"];
      await Promise.all(keys.map((key) => s.disk.edit(setting(s.home.at(".npmrc"), { key, value: "1" }))));
      expect((await s.home.read(".npmrc"))?.trim().split("\n").sort()).toEqual(keys.map((key) => `${key}=1`));
      expect(await readdir(s.state.at("fly-tokens/locks"))).toEqual([]);
    }
  });

  test("whose breaker has died too is broken all the same", async () => {
    await using s = await diskSetting({ lock_wait: 0 });
    const file = await lockFile(s, { pid: 2 ** 22 + 1, host: hostname(), id: "dead" });
    await writeFile(`${file}.break`, JSON.stringify({ pid: 2 ** 22 + 2, host: hostname(), id: "dead too" }));
    await s.disk.edit(setting(s.home.at(".npmrc"), value));
    expect(await readdir(s.state.at("fly-tokens/locks"))).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")(
    "of a dead process whose number another one has now is broken",
    async () => {
      await using s = await diskSetting({ lock_wait: 0 });
      await lockFile(s, { pid: process.ppid, host: hostname(), started: "1", id: "dead" });
      await s.disk.edit(setting(s.home.at(".npmrc"), value));
      expect(await s.home.read(".npmrc")).toBe("x=y\n");
    },
  );

  test.each(["", "{", "[]", "null"])(
    "that says nothing (%j), as after a power failure, is broken",
    async (content) => {
      await using s = await diskSetting({ lock_wait: 0 });
      await lockFile(s, content);
      await s.disk.edit(setting(s.home.at(".npmrc"), value));
      expect(await s.home.read(".npmrc")).toBe("x=y\n");
    },
  );

  test("of another machine is respected, until it is older than any edit can be", async () => {
    await using s = await diskSetting({ lock_wait: 0 });
    const file = await lockFile(s, { pid: 1, host: "elsewhere", id: "x" });
    await expect(s.disk.edit(setting(s.home.at(".npmrc"), value))).rejects.toMatchObject({
      code: "file_locked",
      message: expect.stringContaining("elsewhere"),
    });
    const old = new Date(Date.now() - 3_600_000);
    await utimes(file, old, old);
    await s.disk.edit(setting(s.home.at(".npmrc"), value));
    expect(await s.home.read(".npmrc")).toBe("x=y\n");
  });

  test("holds for a dry run as well, and is free after it", async () => {
    await using s = await diskSetting({ lock_wait: 0 });
    await lockFile(s, { pid: process.ppid, host: hostname(), id: "x" });
    await expect(
      s.disk.edit({ ...setting(s.home.at(".npmrc"), value), dry_run: true }),
    ).rejects.toMatchObject({ code: "file_locked" });
    await s.disk.edit({ ...setting(s.home.at("other"), value), dry_run: true });
    await s.disk.edit(setting(s.home.at("other"), value));
  });
});
