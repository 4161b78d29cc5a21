import { mkdirSync, writeFileSync } from "node:fs";
import { chmod, chown, lstat, mkdir, readdir, readFile, symlink, truncate, utimes } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Job } from "../../src/disk/disk.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { change, diskSetting, purpose, setting } from "./setting.ts";

const secret = { key: "//acme.example/:_authToken", value: "tok-3f9a1c77e2", sensitive: true };
const root = process.getuid?.() === 0;

describe("edit", () => {
  test("writes a new file 0600 in new folders 0700, and says what it did", async () => {
    await using s = await diskSetting();
    const receipt = await s.disk.edit(setting(s.home.at("a/b/.npmrc"), secret));
    expect(await s.home.tree()).toEqual({
      a: "0700 folder",
      "a/b": "0700 folder",
      "a/b/.npmrc": `0600 ${secret.key}=${secret.value}\n`,
    });
    expect(receipt).toEqual({
      restore_id: expect.stringMatching(/^20261130T101530123Z-[0-9a-f]{8}$/),
      changes: [{ path: s.home.at("a/b/.npmrc"), diff: `+${secret.key}=[secret]` }],
      warnings: [],
    });
  });

  test("changes nothing but what was planned: mode, line endings, byte order mark and missing last line break stay", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", "\uFEFF# mine\r\nregistry=https://registry.example/", 0o640);
    await s.disk.edit(setting(s.home.at(".npmrc"), { key: "x", value: "y" }));
    expect(await s.home.read(".npmrc")).toBe("\uFEFF# mine\r\nregistry=https://registry.example/\r\nx=y");
    expect(await s.home.mode(".npmrc")).toBe(0o640);
  });

  test("keeps bytes that are not UTF-8", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", Buffer.from("# caf\xe9 \xff\n", "latin1"));
    await s.disk.edit(setting(s.home.at(".npmrc"), { key: "x", value: "y" }));
    expect((await s.home.bytes(".npmrc")).toString("latin1")).toBe("# caf\xe9 \xff\nx=y\n");
  });

  test("refuses to put into such a file what its bytes cannot say", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", Buffer.from("# caf\xe9\n", "latin1"));
    const edit = s.disk.edit(setting(s.home.at(".npmrc"), { key: "x", value: "λ" }));
    await expect(edit).rejects.toMatchObject({ code: "file_unwritable" });
    expect((await s.home.bytes(".npmrc")).toString("latin1")).toBe("# caf\xe9\n");
  });

  test.each([
    ["an absolute", true],
    ["a relative", false],
  ])("follows %s symbolic link and keeps it", async (_what, absolute) => {
    await using s = await diskSetting();
    await s.home.write("dotfiles/npmrc", "a=1\n", 0o644);
    await symlink(absolute ? s.home.at("dotfiles/npmrc") : "dotfiles/npmrc", s.home.at(".npmrc"));
    await s.disk.edit(setting(s.home.at(".npmrc"), { key: "x", value: "y" }));
    expect((await lstat(s.home.at(".npmrc"))).isSymbolicLink()).toBe(true);
    expect(await s.home.read("dotfiles/npmrc")).toBe("a=1\nx=y\n");
    expect(await s.home.mode("dotfiles/npmrc")).toBe(0o644);
    expect(await readdir(s.home.at("dotfiles"))).toEqual(["npmrc"]);
  });

  test("refuses a symbolic link that leads nowhere, also as a folder on the way", async () => {
    await using s = await diskSetting();
    await symlink("nowhere", s.home.at(".npmrc"));
    await symlink("nowhere", s.home.at("folder"));
    const before = await s.home.tree();
    for (const name of [".npmrc", "folder/.npmrc"]) {
      await expect(s.disk.edit(setting(s.home.at(name), secret))).rejects.toMatchObject({
        code: "file_unwritable",
        message: expect.stringContaining("leads nowhere"),
      });
    }
    expect(await s.home.tree()).toEqual(before);
  });

  test("without a change it writes nothing at all, not even for itself", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", "x=y\n");
    const before = await lstat(s.home.at(".npmrc"));
    const receipt = await s.disk.edit(setting(s.home.at(".npmrc"), { key: "x", value: "y" }));
    expect(receipt).toEqual({ changes: [], warnings: [] });
    expect((await lstat(s.home.at(".npmrc"))).ino).toBe(before.ino);
    expect(Object.keys(await s.state.tree())).toEqual(["fly-tokens", "fly-tokens/locks"]);
  });

  test("a dry run shows the same and writes nothing", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", "x=1\n");
    const before = await s.home.tree();
    const job = setting(s.home.at(".npmrc"), { key: "x", value: "2" }, secret);
    const dry = await s.disk.edit({ ...job, dry_run: true });
    expect(await s.home.tree()).toEqual(before);
    expect(await s.state.tree()).toEqual({});
    const wet = await s.disk.edit(job);
    expect(dry.restore_id).toBeUndefined();
    expect(wet.changes.map(({ path, diff }) => ({ path, diff }))).toEqual(dry.changes);
    expect(dry.changes[0]?.diff).toBe(`-x=1\n+x=2\n+${secret.key}=[secret]`);
  });

  test("keeps the former bytes and a record without any secret, for this user alone", async () => {
    await using s = await diskSetting();
    const former = "former-secret-91c2";
    await s.home.write(".npmrc", `${secret.key}=${former}\n`);
    const { restore_id, changes } = await s.disk.edit(setting(s.home.at(".npmrc"), secret));
    expect(await readFile(changes[0]?.backup ?? "", "utf8")).toBe(`${secret.key}=${former}\n`);
    expect(changes[0]?.diff).toBe(`-${secret.key}=[secret]\n+${secret.key}=[secret]`);
    const tree = Object.entries(await s.state.tree());
    for (const [, entry] of tree) expect(entry).toMatch(entry.endsWith("folder") ? /^07/ : /^0600/);
    const record = tree.find(([name]) => name.endsWith(`journal/${restore_id}.json`))?.[1];
    expect(record).not.toContain(secret.value);
    expect(record).not.toContain(former);
    expect(await s.disk.journal()).toEqual([
      expect.objectContaining({
        id: restore_id,
        state: "done",
        managers: ["npm"],
        at: "2026-11-30T10:15:30.123Z",
      }),
    ]);
  });

  test("the journal is newest first, also within a millisecond, and can be asked for one manager or token", async () => {
    await using s = await diskSetting();
    const ids: unknown[] = [];
    for (const [manager, token_id] of [
      ["npm", "1"],
      ["pip", "2"],
      ["npm", "2"],
    ] as const) {
      const job = {
        ...setting(s.home.at(".npmrc"), { key: "x", value: `${manager}${token_id}` }),
        purpose: { managers: [manager, "other"], token_id, scope: "user" as const },
      };
      ids.unshift((await s.disk.edit(job)).restore_id);
    }
    expect((await s.disk.journal()).map(({ id }) => id)).toEqual(ids);
    expect((await s.disk.journal({ manager: "npm" })).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect((await s.disk.journal({ token_id: "2", manager: "pip" })).map(({ id }) => id)).toEqual([ids[1]]);
  });

  test("removes a file when the plan says so", async () => {
    await using s = await diskSetting();
    const path = await s.home.write(".npmrc", "x=1\n");
    await s.disk.edit({
      purpose,
      files: [path],
      plan: (texts) => [{ path, before: texts.get(path) ?? null, after: null, entries: [] }],
    });
    expect(await s.home.tree()).toEqual({});
  });

  test("does not show secrets of others that stand on a changed line", async () => {
    await using s = await diskSetting();
    const path = await s.home.write(
      "config.json",
      '{"auths":{"a":{"auth":"c2VjcmV0LW9mLWE="}},"HttpHeaders":{"X-Vault":"of their own"},"proxy":"http://u:pw@proxy.example"}\n',
    );
    const plan: Job["plan"] = (texts) => [
      {
        path,
        before: texts.get(path) ?? null,
        after: `${texts.get(path)?.slice(0, -2)},"x":1}\n`,
        entries: [],
      },
    ];
    const { changes } = await s.disk.edit({ purpose, files: [path], plan });
    expect(changes[0]?.diff).toBe(
      '-{"auths":{"a":{"auth":[secret]}},"HttpHeaders":{"X-Vault":[secret]},"proxy":[secret]}\n+{"auths":{"a":{"auth":[secret]}},"HttpHeaders":{"X-Vault":[secret]},"proxy":[secret],"x":1}',
    );
  });

  test("does not show a secret of this process wherever it stands", async () => {
    await using s = await diskSetting();
    new Secret("a-secret-known-to-this-process");
    const { changes } = await s.disk.edit(
      setting(s.home.at(".npmrc"), { key: "x", value: "a-secret-known-to-this-process" }),
    );
    expect(changes[0]?.diff).toBe("+x=[redacted]");
  });

  describe("refuses", () => {
    test("a file that is a folder, a pipe, UTF-16 or too large; it reads none of them as empty", async () => {
      await using s = await diskSetting();
      await mkdir(s.home.at("folder"));
      await run("mkfifo", [s.home.at("pipe")]);
      await s.home.write("utf16", Buffer.from("\uFEFFx=1", "utf16le"));
      await truncate(await s.home.write("large", ""), 6 * 1024 * 1024);
      await s.home.write("file", "");
      for (const name of ["folder", "pipe", "utf16", "large", "file/below"]) {
        await expect(s.disk.read([s.home.at(name)]), name).rejects.toMatchObject({ code: "file_unreadable" });
        await expect(s.disk.edit(setting(s.home.at(name), secret)), name).rejects.toMatchObject({
          code: "file_unreadable",
        });
      }
      expect(await s.disk.read([s.home.at("none"), "/dev/null"])).toEqual(
        new Map([
          [s.home.at("none"), null],
          ["/dev/null", ""],
        ]),
      );
    });

    test.skipIf(root)("a file that may not be read (not as root, who may read all)", async () => {
      await using s = await diskSetting();
      await s.home.write(".npmrc", "x=1\n", 0o000);
      await expect(s.disk.edit(setting(s.home.at(".npmrc"), secret))).rejects.toMatchObject({
        code: "file_unreadable",
      });
    });

    test.skipIf(root)("a folder that may not be written (not as root, who may write all)", async () => {
      await using s = await diskSetting();
      await s.home.write("folder/.npmrc", "x=1\n");
      await chmod(s.home.at("folder"), 0o500);
      await expect(
        s.disk.edit({ ...setting(s.home.at("folder/.npmrc"), secret), dry_run: true }),
      ).rejects.toMatchObject({ code: "file_unwritable" });
      await chmod(s.home.at("folder"), 0o700);
    });

    test.skipIf(!root)("a file of another user (as root, who can make one)", async () => {
      await using s = await diskSetting({ uid: 1000 });
      await s.home.write(".npmrc", "x=1\n");
      await expect(
        s.disk.edit({ ...setting(s.home.at(".npmrc"), secret), dry_run: true }),
      ).rejects.toMatchObject({ code: "file_unwritable", message: expect.stringContaining("another user") });
    });

    test.skipIf(!root)("nothing of another user to root, and leaves it theirs", async () => {
      await using s = await diskSetting();
      await s.home.write(".npmrc", "x=1\n", 0o640);
      await chown(s.home.at(".npmrc"), 12345, 23456);
      await s.disk.edit(setting(s.home.at(".npmrc"), { key: "x", value: "2" }));
      expect(await lstat(s.home.at(".npmrc"))).toMatchObject({ uid: 12345, gid: 23456 });
      expect(await s.home.mode(".npmrc")).toBe(0o640);
    });

    test("to write to the null device", async () => {
      await using s = await diskSetting();
      await expect(s.disk.edit(setting("/dev/null", secret))).rejects.toMatchObject({
        code: "file_unwritable",
      });
    });

    test("what another program has changed since it was read, and leaves that program's text", async () => {
      await using s = await diskSetting();
      const path = await s.home.write(".npmrc", "x=1\n");
      const job = setting(path, { key: "x", value: "2" });
      const plan: Job["plan"] = (texts) => {
        const changes = job.plan(texts);
        writeFileSync(path, "x=theirs\n");
        return changes;
      };
      await expect(s.disk.edit({ ...job, plan })).rejects.toMatchObject({ code: "file_changed" });
      expect(await s.home.tree()).toEqual({ ".npmrc": "0600 x=theirs\n" });
      expect(await s.disk.journal()).toEqual([]);
      expect(Object.keys(await s.state.tree()).filter((name) => name.includes("backups/"))).toEqual([]);
    });

    test("a new file that another program has made meanwhile", async () => {
      await using s = await diskSetting();
      const path = s.home.at("folder/.npmrc");
      const plan: Job["plan"] = (texts) => {
        mkdirSync(s.home.at("folder"));
        writeFileSync(path, "x=theirs\n");
        return [change(path, texts, [secret])];
      };
      await expect(s.disk.edit({ purpose, files: [path], plan })).rejects.toMatchObject({
        code: "file_changed",
      });
      expect(await s.home.read("folder/.npmrc")).toBe("x=theirs\n");
    });

    test("a plan that was not made from the file, as a fault of ours", async () => {
      await using s = await diskSetting();
      const path = await s.home.write(".npmrc", "x=1\n");
      const plan: Job["plan"] = () => [{ path, before: "something else", after: "x=2\n", entries: [] }];
      await expect(s.disk.edit({ purpose, files: [path], plan })).rejects.toMatchObject({ code: "internal" });
    });
  });

  test("what the plan throws reaches the caller, and the locks are free again", async () => {
    await using s = await diskSetting({ lock_wait: 0 });
    const path = s.home.at(".npmrc");
    const plan = () => {
      throw new TypeError("from the plan");
    };
    await expect(s.disk.edit({ purpose, files: [path], plan })).rejects.toThrow("from the plan");
    await s.disk.edit(setting(path, secret));
    expect(await s.home.read(".npmrc")).toContain(secret.value);
  });

  test("warns of a file that others can read, with the command to change that", async () => {
    await using s = await diskSetting();
    const path = await s.home.write(".npmrc", "x=1\n", 0o644);
    const { warnings } = await s.disk.edit(setting(path, secret));
    expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${path}`)]);
    expect(await s.home.mode(".npmrc")).toBe(0o644);
    expect((await s.disk.edit(setting(path, { key: "x", value: "2" }))).warnings).toEqual([]);
  });

  test("removes what a killed process has left beside the file, and nothing that a living one or another file still needs", async () => {
    await using s = await diskSetting();
    const dead = 2 ** 22 + 1; // above what Linux gives out
    await s.home.write(`..npmrc.fly-tokens-${dead}`, "half");
    await s.home.write(`..npmrc.fly-tokens-${process.ppid}`, "half");
    await s.home.write(`.other.fly-tokens-${dead}`, "half");
    await s.disk.edit(setting(s.home.at(".npmrc"), secret));
    expect(Object.keys(await s.home.tree())).toEqual([
      `..npmrc.fly-tokens-${process.ppid}`,
      ".npmrc",
      `.other.fly-tokens-${dead}`,
    ]);
  });

  test("leaves what a process on another machine is writing, whose number says nothing here, until it is old", async () => {
    await using s = await diskSetting();
    const dead = 2 ** 22 + 1;
    const young = `..npmrc.fly-tokens-${dead}-0badcafe`;
    const old = `..npmrc.fly-tokens-${process.pid}-0badcafe`;
    for (const name of [young, old]) await s.home.write(name, "half");
    const before = (Date.now() - 11 * 60_000) / 1000;
    await utimes(s.home.at(old), before, before);
    await s.disk.edit(setting(s.home.at(".npmrc"), secret));
    expect(Object.keys(await s.home.tree())).toEqual([young, ".npmrc"]);
  });
});
