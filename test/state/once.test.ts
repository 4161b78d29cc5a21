import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { FolderOnce, MemoryOnce, type Once } from "../../src/state/once.ts";
import { type TempHome, tempHome } from "../support/home.ts";

const minute = 60_000;
const start = Date.parse("2027-03-01T10:00:00Z");

/** Both stores; each call of `open` of the folder is another process as far as it can know. */
const stores: [string, (home: TempHome, now: () => Date) => () => Once][] = [
  ["a folder", (home, now) => () => new FolderOnce(home.at("state/once"), now)],
  [
    "memory",
    (_home, now) => {
      const once = new MemoryOnce(now);
      return () => once;
    },
  ],
];

describe.each(stores)("once, by %s", (_name, store) => {
  it("is granted to the first, and to nobody after that", async () => {
    await using home = await tempHome();
    const open = store(home, () => new Date(start));
    expect(await open().isSpent("a", start + minute)).toBe(false);
    expect(await open().spend("a", start + minute)).toBe(true);
    expect(await open().spend("a", start + minute)).toBe(false);
    expect(await open().isSpent("a", start + minute)).toBe(true);
    expect(await open().spend("b", start + minute)).toBe(true);
  });

  it("is granted to one of many at the same moment", async () => {
    await using home = await tempHome();
    const open = store(home, () => new Date(start));
    for (let round = 0; round < 20; round += 1) {
      const tries = Array.from({ length: 20 }, () => open().spend(`${round}`, start + minute));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    }
  });

  it("is granted to nobody when it is too late", async () => {
    await using home = await tempHome();
    let now = start;
    const open = store(home, () => new Date(now));
    expect(await open().spend("a", start)).toBe(false);
    expect(await open().spend("b", start + minute)).toBe(true);
    for (const later of [minute, 10 * minute, 100 * minute, 1000 * minute]) {
      now = start + later;
      expect(await open().spend(`other ${later}`, now + minute)).toBe(true);
      expect(await open().spend("b", start + minute)).toBe(false);
    }
  });

  it.each(["", "../../x", "a\0b", "x".repeat(10_000), "CON", "ü"])("takes any id: %j", async (id) => {
    await using home = await tempHome();
    const open = store(home, () => new Date(start));
    expect(await open().spend(id, start + minute)).toBe(true);
    expect(await open().spend(id, start + minute)).toBe(false);
  });
});

describe("a folder", () => {
  it("is granted to one of several processes", async () => {
    await using home = await tempHome();
    const until = Date.now() + 10 * minute;
    const ids = Array.from({ length: 200 }, () => randomUUID());
    const program = `
      import { FolderOnce } from ${JSON.stringify(new URL("../../src/state/once.ts", import.meta.url).href)};
      const once = new FolderOnce(${JSON.stringify(home.at("once"))}, () => new Date());
      const won = [];
      for (const id of ${JSON.stringify(ids)}) if (await once.spend(id, ${until})) won.push(id);
      process.stdout.write(JSON.stringify(won));
    `;
    const run = () =>
      promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
    const outputs = await Promise.all([run(), run(), run(), run()]);
    const won = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(won.sort()).toEqual(ids.sort());
  });

  it("is for its owner alone, and its files have no content and no name that tells anything", async () => {
    await using home = await tempHome();
    const once = new FolderOnce(home.at("once"), () => new Date(start));
    await once.spend("the id", start + minute);
    const kept = Object.entries(await home.tree());
    expect(kept.map(([, what]) => what)).toEqual(["0700 folder", "0700 folder", "0600 "]);
    expect(kept.join()).not.toContain("the id");
  });

  it("is swept when what is in it is too old for every clock, and not before", async () => {
    await using home = await tempHome();
    let now = start;
    const once = new FolderOnce(home.at("once"), () => new Date(now));
    const files = async () => Object.values(await home.tree()).filter((what) => what === "0600 ").length;
    await once.spend("a", start + 10 * minute);
    await home.write("once/notes.txt", "of somebody else");
    now = start + 60 * minute;
    await once.spend("b", now + 10 * minute);
    expect(await files()).toBe(2);
    now = start + 100 * minute;
    await once.spend("c", now + 10 * minute);
    expect(await files()).toBe(2);
    expect(await home.read("once/notes.txt")).toBe("of somebody else");
  });

  it.each<[string, (home: TempHome) => Promise<unknown>]>([
    ["a file is in its place", (home) => home.write("state/once", "")],
    ["a file is in the place of a part of it", (home) => home.write("state", "")],
    [
      "a file is in the place of its slot",
      (home) => home.write(`state/once/${Math.floor((start + minute) / (10 * minute))}`, ""),
    ],
  ])("grants nothing when it cannot be written: %s", async (_why, spoil) => {
    await using home = await tempHome();
    await spoil(home);
    const once = new FolderOnce(home.at("state/once"), () => new Date(start));
    await expect(once.spend("a", start + minute)).rejects.toMatchObject({
      code: "file_unwritable",
      fix: expect.stringContaining("FLY_TOKENS_HOME"),
    });
  });

  it.skipIf(process.getuid?.() === 0)("grants nothing where writing is not permitted", async () => {
    await using home = await tempHome();
    await home.write("once/x", "");
    await chmod(home.at("once"), 0o500);
    const once = new FolderOnce(home.at("once"), () => new Date(start));
    await expect(once.spend("a", start + minute)).rejects.toMatchObject({ code: "file_unwritable" });
    await chmod(home.at("once"), 0o700);
  });
});
