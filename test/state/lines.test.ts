/** A file of ours that grows: several processes, torn lines, a bound. */
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Problem } from "../../src/problem.ts";
import { FileLines, type Lines } from "../../src/state/lines.ts";
import { tempHome } from "../support/home.ts";

const Shape = z.object({ word: z.string(), count: z.int() });
const open = (file: string, most = 1000) => new FileLines(file, Shape, most);
const name = "ours/state/words.jsonl";

describe("a file of lines", () => {
  it("is not there until something is to be remembered, and then only for its owner", async () => {
    await using home = await tempHome();
    const lines = open(home.at(name));
    expect(await lines.mentioning("a")).toEqual([]);
    expect(await home.tree()).toEqual({});
    await lines.append({ word: "a", count: 1 });
    expect(await open(home.at(name)).mentioning("a")).toEqual([{ word: "a", count: 1 }]);
    expect(await home.mode(name)).toBe(0o600);
    expect(await home.mode("ours/state")).toBe(0o700);
  });

  it("is read by what a line mentions, the oldest first", async () => {
    await using home = await tempHome();
    const lines = open(home.at(name));
    for (const [count, word] of ["ab", "b", "bc"].entries()) await lines.append({ word, count });
    expect((await lines.mentioning("b")).map(({ word }) => word)).toEqual(["ab", "b", "bc"]);
    expect((await lines.mentioning("c")).filter(({ word }) => word === "bc")).toEqual([
      { word: "bc", count: 2 },
    ]);
  });

  it.each([
    ["cut off in the middle", '\n{"word":"to'],
    ["cut off in a letter", Buffer.from([10, 123, 34, 0xc3])],
    ["of another form", '\n{"word":7,"count":"x"}'],
    ["that is no JSON", "\nhello"],
    ["of zeros, as a power failure leaves them", "\0\0\0\0"],
  ])("loses no other to an entry %s", async (_what, torn) => {
    await using home = await tempHome();
    const lines = open(home.at(name));
    await lines.append({ word: "before", count: 1 });
    await appendFile(home.at(name), torn);
    await lines.append({ word: "after", count: 2 });
    expect(await lines.mentioning("before")).toEqual([{ word: "before", count: 1 }]);
    expect(await lines.mentioning("after")).toEqual([{ word: "after", count: 2 }]);
    expect(await lines.mentioning("to")).toEqual([]);
  });

  it("drops the oldest, and what is torn, when there are twice as many as are kept", async () => {
    await using home = await tempHome();
    const lines = open(home.at(name), 10);
    for (let count = 1; count <= 19; count += 1) await lines.append({ word: "w", count });
    await appendFile(home.at(name), "\ntorn");
    expect((await lines.mentioning("w")).length).toBe(19);
    await lines.append({ word: "w", count: 20 });
    expect((await lines.mentioning("w")).map(({ count }) => count)).toEqual(
      Array.from({ length: 10 }, (_, at) => at + 11),
    );
    expect((await readFile(home.at(name), "utf8")).split("\n").length - 1).toBe(10);
    expect(await home.mode(name)).toBe(0o600);
  });

  it("loses nothing when several append while it is being shortened", async () => {
    await using home = await tempHome();
    const writers = Array.from({ length: 6 }, () => open(home.at(name), 20));
    await Promise.all(
      writers.map(async (lines, writer) => {
        for (let at = 0; at < 5; at += 1) await lines.append({ word: `${writer}`, count: at });
      }),
    );
    const old = open(home.at(name), 20);
    for (let at = 0; at < 10; at += 1) await old.append({ word: "fill", count: at });
    // 40 lines: the next one shortens it.
    await Promise.all(writers.map((lines, count) => lines.append({ word: "last", count })));
    const last = await old.mentioning("last");
    expect(last.map(({ count }) => count).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each<[string, (file: string) => Promise<unknown>, (lines: Lines<unknown>) => Promise<unknown>, string]>([
    ["read", (file) => mkdir(file, { recursive: true }), (lines) => lines.mentioning("a"), "file_unreadable"],
    [
      "written",
      (file) => mkdir(file, { recursive: true }),
      (lines) => lines.append({ word: "a", count: 1 }),
      "file_unwritable",
    ],
    [
      "made",
      async (file) => {
        await mkdir(dirname(dirname(file)), { recursive: true });
        await writeFile(dirname(file), "a file in the place of the folder");
      },
      (lines) => lines.append({ word: "a", count: 1 }),
      "file_unwritable",
    ],
  ])("that cannot be %s is a problem that names it", async (_what, spoil, act, code) => {
    await using home = await tempHome();
    const file = home.at(name);
    await spoil(file);
    const error = await act(open(file) as Lines<unknown>).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code, message: expect.stringContaining(file) });
  });
});
