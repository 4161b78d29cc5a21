import { symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { run } from "../../src/run.ts";
import { repository } from "./repository.ts";
import { diskSetting } from "./setting.ts";

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
