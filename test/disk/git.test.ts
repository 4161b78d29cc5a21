import { symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Job } from "../../src/disk/disk.ts";
import { Problem } from "../../src/problem.ts";
import { run } from "../../src/run.ts";
import { git, repository } from "./repository.ts";
import { diskSetting, setting } from "./setting.ts";

const secret = { key: "//acme.example/:_authToken", value: "tok-3f9a1c77e2", sensitive: true };

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

  test("a text that may not be shown may be replaced in a tracked file by one without a secret", async () => {
    await using s = await diskSetting();
    await repository(s.home, ".npmrc");
    const job = setting(s.home.at("repo/.npmrc"), { ...secret, value: "https://acme.example/" });
    const plan: typeof job.plan = (texts) =>
      job.plan(texts).map((change) => ({
        ...change,
        entries: change.entries.map((entry) => ({ ...entry, bringsNone: true })),
      }));
    const { changes, warnings } = await s.disk.edit({ ...job, plan });
    expect(changes[0]?.diff).toContain("[secret]");
    expect(warnings).toEqual([]);
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
    const real = s.home.at("repo/deep/npmrc");
    const refused = s.disk.edit(setting(s.home.at(".npmrc"), secret));
    await expect(refused).rejects.toMatchObject({
      code: "unsafe_location",
      fix: expect.stringContaining(`git -C ${s.home.at("repo/deep")} rm --cached ${real}`),
    });
    expect((await run("git", ["-C", s.home.at("repo/deep"), "rm", "--cached", real])).code).toBe(0);
    await s.disk.edit(setting(s.home.at(".npmrc"), secret));
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

  test("whoever asks has an exposed file refused, or a tracked one allowed", async () => {
    await using s = await diskSetting();
    await repository(s.home, ".npmrc");
    const edit = (name: string, git: Job["git"]) =>
      s.disk.edit({ ...setting(s.home.at("repo", name), secret), git });
    const unsafe = expect.objectContaining({ code: "unsafe_location" });
    for (const git of ["refuse", "ignore"] as const)
      for (const name of [".npmrc", "exposed"]) await expect(edit(name, git), name).rejects.toEqual(unsafe);
    expect(await s.home.read("repo/exposed")).toBeNull();
    expect((await edit(".npmrc", "allow")).warnings).toEqual([expect.stringContaining("in the next commit")]);
    expect((await edit("exposed", "allow")).warnings).toEqual([expect.stringContaining(".gitignore")]);
    for (const git of ["refuse", "ignore", "allow"] as const) {
      await edit("ignored", git);
      await s.disk.edit(setting(s.home.at("repo/ignored"), { ...secret, value: undefined }));
    }
  });

  test("says which line git would need in which .gitignore", async () => {
    await using s = await diskSetting();
    await repository(s.home, ".npmrc");
    await s.home.write("repo/deep/.gitignore", "");
    await symlink("repo/deep", s.home.at("link"));
    const at = (name: string) => s.disk.unignored(s.home.at(name));
    const line = (file: string, line: string) => ({ file: s.home.at(file), line });
    expect(await at("repo/new/a [b]")).toEqual(line("repo/.gitignore", "/new/a \\[b]"));
    expect(await at("repo/deep/er/x")).toEqual(line("repo/deep/.gitignore", "/er/x"));
    expect(await at("link/x")).toEqual(line("repo/deep/.gitignore", "/x"));
    for (const name of ["repo/.npmrc", "repo/ignored", "repo/.env", "outside"])
      expect(await at(name), name).toBeUndefined();
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
