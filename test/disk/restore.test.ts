import { spawnSync } from "node:child_process";
import { appendFile, chmod, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { diskSetting, type Setting, setting, undo } from "./setting.ts";

const secret = { key: "//acme.example/:_authToken", value: "tok-3f9a1c77e2", sensitive: true };
const former = `# mine\r\nregistry = https://registry.example/\r\n${secret.key}=former-91c2`;

async function edited(s: Setting, content: string | null = former): Promise<string> {
  if (content !== null) await s.home.write(".npmrc", content, 0o644);
  const receipt = await s.disk.edit(
    setting(s.home.at(".npmrc"), { key: "registry", value: "https://acme.example/" }, secret),
  );
  return receipt.restore_id ?? "";
}

describe("restore", () => {
  test("gives back the former bytes, and says so without a secret", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", former, 0o644);
    const before = await s.home.tree();
    const id = await edited(s);
    const { changes, skipped } = await s.disk.restore(id, undo);
    expect(await s.home.tree()).toEqual(before);
    expect(skipped).toEqual([]);
    expect(changes).toEqual([
      {
        path: s.home.at(".npmrc"),
        diff: `-registry = https://acme.example/\n-${secret.key}=[secret]\n+registry = https://registry.example/\n+${secret.key}=[secret]`,
      },
    ]);
    expect((await s.disk.journal())[0]?.state).toBe("restored");
  });

  test("masks by what was written, also where nothing else tells that it is a secret", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", "odd=former-value-1\n");
    const { restore_id = "" } = await s.disk.edit(
      setting(s.home.at(".npmrc"), { key: "odd", value: "written-value-2", sensitive: true }),
    );
    const { changes } = await s.disk.restore(restore_id, undo);
    expect(changes[0]?.diff).toBe("-odd=[secret]\n+odd=[secret]");
  });

  test("removes a file that the edit made, and its folders as far as they are empty", async () => {
    await using s = await diskSetting();
    const { restore_id = "" } = await s.disk.edit(setting(s.home.at("a/b/.npmrc"), secret));
    await s.home.write("a/other", "");
    await s.disk.restore(restore_id, undo);
    expect(await s.home.tree()).toEqual({ a: "0700 folder", "a/other": "0600 " });
  });

  test("removes a folder that it made with the last file that an edit made there", async () => {
    await using s = await diskSetting();
    const make = async (name: string) =>
      (await s.disk.edit(setting(s.home.at(name), { key: "a", value: "1" }))).restore_id ?? "";
    const ids = [await make("a/b/x"), await make("a/c/y")];
    for (const id of ids) await s.disk.restore(id, undo);
    expect(await s.home.tree()).toEqual({});
  });

  test("keeps a mode that was tightened since", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    await chmod(s.home.at(".npmrc"), 0o600);
    await s.disk.restore(id, undo);
    expect(await s.home.tree()).toEqual({ ".npmrc": `0600 ${former}` });
  });

  test("brings back a file that the edit removed, with its mode", async () => {
    await using s = await diskSetting();
    const path = await s.home.write(".npmrc", former, 0o640);
    const plan = () => [{ path, before: former, after: null, entries: [] }];
    const { restore_id = "" } = await s.disk.edit({
      purpose: { managers: ["npm"], scope: "user" },
      files: [path],
      plan,
    });
    await s.disk.restore(restore_id, undo);
    expect(await s.home.tree()).toEqual({ ".npmrc": `0640 ${former}` });
  });

  test("after a later edit by somebody else it takes back only what is still ours", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    await appendFile(s.home.at(".npmrc"), "\r\nfund=false\r\n");
    const text = await s.home.read(".npmrc");
    await writeFile(
      s.home.at(".npmrc"),
      String(text).replace("https://acme.example/", "https://other.example/"),
    );
    const { skipped } = await s.disk.restore(id, undo);
    expect(await s.home.read(".npmrc")).toBe(
      `# mine\r\nregistry = https://other.example/\r\n${secret.key}=former-91c2\r\nfund=false\r\n`,
    );
    expect(skipped).toEqual([" registry"]);
  });

  test("two edits can be taken back in either order", async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      await using s = await diskSetting();
      await s.home.write(".npmrc", "z=1\n");
      const ids = [];
      for (const key of ["a", "b"])
        ids.push((await s.disk.edit(setting(s.home.at(".npmrc"), { key, value: key }))).restore_id ?? "");
      for (const index of order) await s.disk.restore(ids[index] ?? "", undo);
      expect(await s.home.read(".npmrc")).toBe("z=1\n");
    }
  });

  test("what an edit wrote does not come back with a later one that had found it there", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", "z=1\n");
    const set = async (value: string) =>
      (await s.disk.edit(setting(s.home.at(".npmrc"), { ...secret, value }))).restore_id ?? "";
    const ids = [await set("tok-first-3f9a"), await set("tok-second-91c2"), await set("tok-third-77aa")];
    expect((await s.disk.restore(ids[0] ?? "", undo)).skipped).toHaveLength(1);
    await s.disk.restore(ids[1] ?? "", undo);
    expect(await s.home.read(".npmrc")).toContain("tok-third-77aa");
    expect(JSON.stringify(await s.state.tree())).not.toContain("tok-second-91c2");
    const { changes } = await s.disk.restore(ids[2] ?? "", undo);
    expect(changes[0]?.diff).toBe(`-${secret.key}=[secret]`);
    expect(await s.home.read(".npmrc")).toBe("z=1\n");
    expect(JSON.stringify(await s.state.tree())).not.toContain("tok-first-3f9a");
  });

  test("says which file is gone, and brings none back that the user removed", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    await rm(s.home.at(".npmrc"));
    expect(await s.disk.restore(id, undo)).toEqual({
      changes: [],
      skipped: [`${s.home.at(".npmrc")} is not there any more.`],
    });
    expect(await s.home.tree()).toEqual({});
  });

  test("a dry run shows the same and changes nothing", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    const before = await s.home.tree();
    const dry = await s.disk.restore(id, undo, { dry_run: true });
    expect(await s.home.tree()).toEqual(before);
    expect(await s.disk.restore(id, undo)).toEqual(dry);
  });

  test("follows the symbolic link that the edit followed", async () => {
    await using s = await diskSetting();
    await s.home.write("dotfiles/npmrc", former, 0o644);
    await symlink("dotfiles/npmrc", s.home.at(".npmrc"));
    const before = await s.home.tree();
    const id = await edited(s, null);
    await s.disk.restore(id, undo);
    expect(await s.home.tree()).toEqual(before);
  });

  test("refuses to take the same edit back twice", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    await s.disk.restore(id, undo);
    await expect(s.disk.restore(id, undo)).rejects.toMatchObject({ code: "conflict" });
  });

  test("of two calls at once, one does it and the other is refused", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    const results = await Promise.allSettled([s.disk.restore(id, undo), s.disk.restore(id, undo)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await s.home.read(".npmrc")).toBe(former);
  });

  test.each(["", "20261130T101530123Z-00000000", "../../etc/passwd", "../journal/x", "x\0"])(
    "knows no edit named %j",
    async (id) => {
      await using s = await diskSetting();
      await expect(s.disk.restore(id, undo)).rejects.toMatchObject({ code: "not_found" });
    },
  );

  test("refuses a backup that is not what was saved, and leaves the file alone", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    const now = await s.home.read(".npmrc");
    await writeFile(s.state.at("fly-tokens/backups", id, "0"), "something else");
    await expect(s.disk.restore(id, undo)).rejects.toMatchObject({ code: "file_unreadable" });
    expect(await s.home.read(".npmrc")).toBe(now);
  });

  test("refuses a damaged journal rather than take it for an empty one", async () => {
    await using s = await diskSetting();
    const id = await edited(s);
    for (const content of ["{", "[]", '"x"']) {
      await writeFile(s.state.at("fly-tokens/journal", `${id}.json`), content);
      await expect(s.disk.journal()).rejects.toMatchObject({ code: "file_unreadable" });
      await expect(s.disk.restore(id, undo)).rejects.toMatchObject({ code: "file_unreadable" });
    }
  });

  test("of an edit that was killed before it had written anything, no draft and no folder is left", async () => {
    await using s = await diskSetting();
    await s.home.write(".npmrc", former);
    const before = await s.home.tree();
    const files = [s.home.at(".npmrc"), s.home.at("new/deep/npmrc")];
    const { restore_id = "" } = await s.disk.edit(setting(files, secret));
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await s.home.write(".npmrc", former);
    await rm(s.home.at("new/deep/npmrc"));
    await s.home.write(`..npmrc.fly-tokens-${pid}`, secret.value, 0o644);
    await s.home.write(`new/deep/.npmrc.fly-tokens-${pid}`, secret.value);
    await s.disk.restore(restore_id, undo);
    expect(await s.home.tree()).toEqual(before);
  });

  test("an edit that was cut off in the middle can be taken back", async () => {
    await using s = await diskSetting();
    const files = [await s.home.write("a", "x=old\n"), await s.home.write("b", "x=old\n")];
    const { restore_id = "" } = await s.disk.edit(setting(files, { key: "x", value: "new" }));
    const record = s.state.at("fly-tokens/journal", `${restore_id}.json`);
    await writeFile(
      record,
      (await s.state.read(`fly-tokens/journal/${restore_id}.json`))?.replace('"done"', '"pending"') ?? "",
    );
    await s.home.write("b", "x=old\n");
    await s.disk.restore(restore_id, undo);
    expect(await s.home.tree()).toEqual({ a: "0600 x=old\n", b: "0600 x=old\n" });
    expect(await readdir(s.state.at("fly-tokens/locks"))).toEqual([]);
  });
});
