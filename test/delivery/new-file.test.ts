/** A file that holds nothing but a value is new, whatever is there and whoever else wants it at the same time. */
import { symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Means } from "../../src/delivery/delivery.ts";
import { file } from "../../src/delivery/file.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { repository } from "../disk/repository.ts";
import { diskSetting, type Setting } from "../disk/setting.ts";

const means = ({ disk }: Setting) => ({ disk }) as unknown as Means;
const create = (s: Setting, name: string, value: string) =>
  file.deliver({ username: "x", secret: new Secret(value) }, { path: s.home.at(name) }, means(s));
const check = (s: Setting, name: string) => file.check({ path: s.home.at(name) }, means(s));

describe("a new file", () => {
  test("is 0600, in new folders, 0700", async () => {
    await using s = await diskSetting();
    await create(s, "a/b/token", "value");
    expect(await s.home.tree()).toEqual({
      a: "0700 folder",
      "a/b": "0700 folder",
      "a/b/token": "0600 value\n",
    });
  });

  test("is not made by its check, nor is a folder for it", async () => {
    await using s = await diskSetting();
    await check(s, "a/token");
    expect(await s.home.tree()).toEqual({});
  });

  test("never replaces: neither a file nor a folder nor a symbolic link, not even one that leads nowhere", async () => {
    await using s = await diskSetting();
    await s.home.write("file", "theirs");
    await s.home.write("empty", "");
    await s.home.write("folder/x", "");
    await symlink("nowhere", s.home.at("link"));
    const before = await s.home.tree();
    const codes = { file: "conflict", empty: "conflict", folder: "file_unreadable", link: "file_unwritable" };
    for (const [name, code] of Object.entries(codes))
      for (const act of [check, create])
        await expect(act(s, name, "ours"), name).rejects.toMatchObject({ code });
    expect(await s.home.tree()).toEqual(before);
  });

  test("of several at once exactly one makes the file, and it is whole", async () => {
    await using s = await diskSetting();
    const results = await Promise.allSettled(
      ["a", "b", "c", "d"].map((text) => create(s, "new/token", text.repeat(9))),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    expect(await s.home.read("new/token")).toMatch(/^(a{9}|b{9}|c{9}|d{9})\n$/);
    expect(Object.keys(await s.home.tree())).toEqual(["new", "new/token"]);
  });

  test("is refused below a file", async () => {
    await using s = await diskSetting();
    await s.home.write("file", "");
    for (const act of [check, create])
      await expect(act(s, "file/token", "x")).rejects.toMatchObject({
        code: "file_unreadable",
        message: expect.stringContaining("a part of its path is a file"),
      });
  });

  test("is refused in a git repository that does not ignore it, or that tracks it", async () => {
    await using s = await diskSetting();
    await repository(s.home, "token");
    await run("rm", [s.home.at("repo/token")]);
    for (const name of ["token", "other", "new/other"])
      await expect(create(s, `repo/${name}`, "x"), name).rejects.toMatchObject({ code: "unsafe_location" });
    await create(s, "repo/.env", "x");
    expect(await s.home.read("repo/.env")).toBe("x\n");
  });
});
