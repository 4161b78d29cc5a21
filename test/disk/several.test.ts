import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Job } from "../../src/disk/disk.ts";
import { run } from "../../src/run.ts";
import { diskSetting, setting, undo } from "./setting.ts";

const value = { key: "x", value: "new" };

/** Does the job, and something else between planning and writing. */
function disturbed(job: Job, disturb: () => void): Job {
  return {
    ...job,
    plan(texts) {
      const changes = job.plan(texts);
      disturb();
      return changes;
    },
  };
}

describe("an edit of several files", () => {
  test("writes them all under one restore_id", async () => {
    await using s = await diskSetting();
    const files = [await s.home.write("a", "x=old\n"), s.home.at("folder/b")];
    const before = await s.home.tree();
    const { restore_id = "", changes } = await s.disk.edit(setting(files, value));
    expect(await s.home.read("a")).toBe("x=new\n");
    expect(await s.home.read("folder/b")).toBe("x=new\n");
    expect(changes.map(({ path }) => path)).toEqual(files);
    await s.disk.restore(restore_id, undo);
    expect(await s.home.tree()).toEqual(before);
  });

  test("puts the first back when the second fails, and forgets the edit", async () => {
    await using s = await diskSetting();
    const files = [
      await s.home.write("a", "x=old\n", 0o640),
      s.home.at("folder/b"),
      await s.home.write("c", "x=old\n"),
    ];
    const job = disturbed(setting(files, value), () => writeFileSync(s.home.at("c"), "x=theirs\n"));
    await expect(s.disk.edit(job)).rejects.toMatchObject({ code: "file_changed" });
    expect(await s.home.tree()).toEqual({ a: "0640 x=old\n", c: "0600 x=theirs\n" });
    expect(await s.disk.journal()).toEqual([]);
  });

  test("puts the first back when the place of the second is gone", async () => {
    await using s = await diskSetting();
    const files = [await s.home.write("a", "x=old\n"), await s.home.write("folder/b", "x=old\n")];
    const job = disturbed(setting(files, value), () => {
      rmSync(s.home.at("folder"), { recursive: true });
      writeFileSync(s.home.at("folder"), "");
    });
    await expect(s.disk.edit(job)).rejects.toMatchObject({ code: expect.stringMatching(/^file_/) });
    expect(await s.home.read("a")).toBe("x=old\n");
  });

  test("leaves a written file alone that somebody else has changed before it could be put back", async () => {
    await using s = await diskSetting();
    const files = [await s.home.write("a", "x=old\n"), await s.home.write("b", "x=old\n")];
    const { edit } = s.disk;
    const job = disturbed(setting(files, value), () => writeFileSync(s.home.at("b"), "x=theirs\n"));
    await expect(edit(job)).rejects.toMatchObject({ code: "file_changed" });
    expect(await s.home.tree()).toEqual({ a: "0600 x=old\n", b: "0600 x=theirs\n" });
  });

  test.skipIf(process.getuid?.() !== 0)(
    "on a full disk nothing changes and nothing is left behind (as root, who can mount a small one)",
    async (context) => {
      await using s = await diskSetting();
      mkdirSync(s.home.at("small"));
      const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", s.home.at("small")]);
      if (mounted.code !== 0) return context.skip("mounting is not permitted here");
      try {
        const path = await s.home.write("small/.npmrc", "x=old\n");
        await s.home.write("a", "x=old\n");
        await s.home.write("small/filler", Buffer.alloc(56 * 1024));
        const job = setting([s.home.at("a"), path], { key: "x", value: "n".repeat(32 * 1024) });
        await expect(s.disk.edit(job)).rejects.toMatchObject({
          code: "file_unwritable",
          message: expect.stringContaining("no space"),
        });
        expect(Object.keys(await s.home.tree())).toEqual(["a", "small", "small/.npmrc", "small/filler"]);
        expect(await s.home.read("small/.npmrc")).toBe("x=old\n");
        expect(await s.home.read("a")).toBe("x=old\n");
        expect(await s.disk.journal()).toEqual([]);
      } finally {
        await run("umount", [s.home.at("small")]);
      }
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    "on a read-only file system it is refused, in a dry run too (as root, who can mount one)",
    async (context) => {
      await using s = await diskSetting();
      mkdirSync(s.home.at("fixed"));
      const mounted = await run("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", s.home.at("fixed")]);
      if (mounted.code !== 0) return context.skip("mounting is not permitted here");
      try {
        const job = setting(s.home.at("fixed/.npmrc"), value);
        for (const dry_run of [true, false]) {
          await expect(s.disk.edit({ ...job, dry_run })).rejects.toMatchObject({
            code: "file_unwritable",
            message: expect.stringContaining("read-only"),
          });
        }
        const secret = {
          ...setting(s.home.at("fixed/new/token"), { ...value, sensitive: true }),
          dry_run: true,
        };
        await expect(s.disk.edit({ ...secret, git: "refuse" })).rejects.toMatchObject({
          code: "file_unwritable",
        });
      } finally {
        await run("umount", [s.home.at("fixed")]);
      }
    },
  );

  test("refuses when the folder of ours cannot be written, and says which setting moves it", async () => {
    await using s = await diskSetting();
    await s.state.write("fly-tokens", "a file in the way");
    const path = await s.home.write("a", "x=old\n");
    await expect(s.disk.edit(setting(path, value))).rejects.toMatchObject({
      code: "file_unwritable",
      fix: expect.stringContaining("FLY_TOKENS_HOME"),
    });
    expect(await s.home.read("a")).toBe("x=old\n");
  });
});
