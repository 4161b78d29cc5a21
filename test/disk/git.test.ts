import { symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.ts";
import { run } from "../../src/run.ts";
import type { TempHome } from "../support/home.ts";
import { diskSetting, setting } from "./setting.ts";

const secret = { key: "//acme.example/:_authToken", value: "tok-3f9a1c77e2", sensitive: true };

async function git(home: TempHome, ...args: string[]): Promise<void> {
  const { code, stderr } = await run("git", ["-C", home.at("repo"), ...args]);
  if (code !== 0) throw new Error(stderr);
}

async function repository(home: TempHome, ...tracked: string[]): Promise<void> {
  await home.write("repo/.gitignore", "ignored\n.env\n");
  await git(home, "init", "--quiet");
  for (const name of tracked) {
    await home.write(`repo/${name}`, "x=1\n");
    await git(home, "add", name);
  }
}

describe("git", () => {
  test("a secret is refused in a file that git tracks, in a dry run too; anything else is not", async () => {
    await using s = await diskSetting();
    await repository(s.home, ".npmrc");
    const before = await s.home.read("repo/.npmrc");
    for (const dry_run of [true, false]) {
      await expect(
        s.disk.edit({ ...setting(s.home.at("repo/.npmrc"), secret), dry_run }),
      ).rejects.toMatchObject({ code: "unsafe_location" });
    }
    expect(await s.home.read("repo/.npmrc")).toBe(before);
    await s.disk.edit(
      setting(s.home.at("repo/.npmrc"), { ...secret, value: "${FLY_TOKEN}", sensitive: false }),
    );
    expect(await s.home.read("repo/.npmrc")).toContain("${FLY_TOKEN}");
  });

  test("a secret may be taken out of a tracked file", async () => {
    await using s = await diskSetting();
    await repository(s.home, ".npmrc");
    await s.home.write("repo/.npmrc", `${secret.key}=${secret.value}\n`);
    await s.disk.edit(setting(s.home.at("repo/.npmrc"), { ...secret, value: undefined }));
    expect(await s.home.read("repo/.npmrc")).toBe("");
  });

  test("finds the repository of the file that a symbolic link leads to", async () => {
    await using s = await diskSetting();
    await repository(s.home, "deep/npmrc");
    await symlink("repo/deep/npmrc", s.home.at(".npmrc"));
    await expect(s.disk.edit(setting(s.home.at(".npmrc"), secret))).rejects.toMatchObject({
      code: "unsafe_location",
    });
  });

  test("warns of a file that git does not track yet, and not of one that it ignores", async () => {
    await using s = await diskSetting();
    await repository(s.home);
    expect((await s.disk.edit(setting(s.home.at("repo/.npmrc"), secret))).warnings).toEqual([
      expect.stringContaining(".gitignore"),
    ]);
    expect((await s.disk.edit(setting(s.home.at("repo/ignored"), secret))).warnings).toEqual([]);
    expect((await s.disk.edit(setting(s.home.at(".npmrc"), secret))).warnings).toEqual([]);
  });

  test("is asked only where there is a repository, and only when a secret is written", async () => {
    const asked: string[] = [];
    await using s = await diskSetting({
      run: (command, args, options) => {
        asked.push(command);
        return run(command, args, options);
      },
    });
    await repository(s.home);
    await s.disk.edit(setting(s.home.at(".npmrc"), secret));
    await s.disk.edit(setting(s.home.at("repo/.npmrc"), { key: "x", value: "y" }));
    expect(asked).toEqual([]);
    await s.disk.edit(setting(s.home.at("repo/.npmrc"), secret));
    expect(asked).toEqual(["git", "git"]);
  });

  test("does not start the program that a repository names for every look at its files", async () => {
    await using s = await diskSetting();
    await repository(s.home, ".npmrc");
    await s.home.write("hook", `#!/bin/sh\ntouch ${s.home.at("started")}\n`, 0o700);
    await git(s.home, "config", "core.fsmonitor", s.home.at("hook"));
    await expect(s.disk.edit(setting(s.home.at("repo/.npmrc"), secret))).rejects.toMatchObject({
      code: "unsafe_location",
    });
    expect(await s.home.read("started")).toBeNull();
  });

  test("warns when git cannot say", async () => {
    const missing = () =>
      Promise.reject(new Problem("not_found", "The program `git` is not installed.", "Install it."));
    await using s = await diskSetting({ run: missing });
    await s.home.write("repo/.git/HEAD", "");
    expect((await s.disk.edit(setting(s.home.at("repo/.npmrc"), secret))).warnings).toEqual([
      expect.stringContaining("did not say"),
    ]);
  });
});

describe("create", () => {
  test("makes a new file, 0600, in new folders, 0700", async () => {
    await using s = await diskSetting();
    await s.disk.create(s.home.at("a/b/token"), "value\n");
    expect(await s.home.tree()).toEqual({
      a: "0700 folder",
      "a/b": "0700 folder",
      "a/b/token": "0600 value\n",
    });
  });

  test("a dry run makes nothing", async () => {
    await using s = await diskSetting();
    await s.disk.create(s.home.at("a/token"), "value\n", { dry_run: true });
    expect(await s.home.tree()).toEqual({});
  });

  test("never replaces: neither a file nor a folder nor a symbolic link, not even one that leads nowhere", async () => {
    await using s = await diskSetting();
    await s.home.write("file", "theirs");
    await s.home.write("folder/x", "");
    await symlink("nowhere", s.home.at("link"));
    const before = await s.home.tree();
    for (const name of ["file", "folder", "link"]) {
      for (const dry_run of [true, false]) {
        await expect(s.disk.create(s.home.at(name), "ours", { dry_run })).rejects.toMatchObject({
          code: "conflict",
        });
      }
    }
    expect(await s.home.tree()).toEqual(before);
  });

  test("of several at once exactly one makes the file, and it is whole", async () => {
    await using s = await diskSetting();
    const results = await Promise.allSettled(
      ["a", "b", "c", "d"].map((text) => s.disk.create(s.home.at("new/token"), text.repeat(9))),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    expect(await s.home.read("new/token")).toMatch(/^(a{9}|b{9}|c{9}|d{9})$/);
    expect(Object.keys(await s.home.tree())).toEqual(["new", "new/token"]);
  });

  test("refuses a path below a file", async () => {
    await using s = await diskSetting();
    await s.home.write("file", "");
    await expect(s.disk.create(s.home.at("file/token"), "x")).rejects.toMatchObject({
      code: "file_unwritable",
    });
  });

  test("refuses a git repository that does not ignore it, or that tracks it", async () => {
    await using s = await diskSetting();
    await repository(s.home, "token");
    await run("rm", [s.home.at("repo/token")]);
    for (const name of ["token", "other", "new/other"]) {
      await expect(s.disk.create(s.home.at("repo", name), "x"), name).rejects.toMatchObject({
        code: "unsafe_location",
      });
    }
    await s.disk.create(s.home.at("repo/.env"), "x");
    expect(await s.home.read("repo/.env")).toBe("x");
  });
});
