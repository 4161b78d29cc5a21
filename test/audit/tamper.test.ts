/** Whatever is done to the log is noticed; and what only happened to it is not taken for that. */
import { readFile, rm, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seal } from "../../src/audit/chain.ts";
import { openTrail, type Trail } from "./trail.ts";

const asked = { client: { name: "x", version: "" }, tool: "delete_token" };
const torn = '{"at":"2027-01-01T00:00:09Z","ca';

/** Twelve lines and one that is torn. */
async function written(): Promise<Trail> {
  const trail = await openTrail();
  await trail.call(["ours_1"]);
  await trail.call(["tok_2", "tok_3"], "forbidden");
  await trail.call([], "ok", "create_environment");
  await trail.tear(torn);
  for (const id of ["a", "b"]) await trail.call([id]);
  await trail.audit.open(asked).begin(["c"]);
  return trail;
}

it("is whole, with a line that is torn", async () => {
  await using trail = await written();
  expect(await trail.verify()).toMatchObject({ lines: 12, torn: [7] });
  expect((await trail.verify()).wrong).toBeUndefined();
  const recovered = JSON.parse((await trail.lines())[7] ?? "");
  expect(recovered).toMatchObject({ event: "recovered", torn: { bytes: torn.length } });
  expect(recovered).not.toHaveProperty("expected");
});

describe("is noticed:", () => {
  type Change = (lines: string[]) => string[] | undefined;
  const reseal = (line: string, change: object) => {
    const { hash: _, prev, seq, ...content } = JSON.parse(line);
    return seal({ ...content, ...change }, { seq: seq - 1, hash: prev }).line;
  };
  it.each<[string, Change, number | undefined]>([
    ["a word in a line", (lines) => lines.with(1, lines[1]?.replace("ok", "no") ?? ""), 2],
    ["a line with its own new hash", (lines) => lines.with(1, reseal(lines[1] ?? "", { outcome: "no" })), 3],
    ["white space", (lines) => lines.with(3, ` ${lines[3]}`), 4],
    ["an empty line", (lines) => lines.toSpliced(3, 0, ""), 4],
    ["a line that is gone", (lines) => lines.toSpliced(2, 1), 3],
    ["the first line that is gone", (lines) => lines.slice(1), 1],
    ["a line that is there twice", (lines) => lines.toSpliced(2, 0, lines[2] ?? ""), 4],
    ["a line of another's", (lines) => lines.toSpliced(2, 0, '{"event":"begin"}'), 3],
    [
      "two lines that changed places",
      (lines) => [...lines.slice(1, 2), ...lines.slice(0, 1), ...lines.slice(2)],
      1,
    ],
    ["the torn line that is gone", (lines) => lines.toSpliced(6, 1), 7],
    ["another torn line", (lines) => lines.with(6, `${torn}x`), 7],
    ["the last line that is gone", (lines) => lines.slice(0, -1), 0],
    ["all that is gone but one", (lines) => lines.slice(0, 1), 0],
    ["everything that is gone", () => [], 0],
    [
      "the last line with its own new hash",
      (lines) => lines.with(-1, reseal(lines.at(-1) ?? "", { tool: "x" })),
      0,
    ],
  ])("%s", async (_what, change, line) => {
    await using trail = await written();
    await trail.rewrite(change(await trail.lines()) ?? []);
    expect((await trail.verify()).wrong?.line).toBe(line);
  });

  it("the missing file, and the missing head", async () => {
    await using trail = await written();
    const head = await trail.head();
    await rm(trail.at("state/audit.head"));
    expect((await trail.verify()).wrong).toMatchObject({
      line: 0,
      why: expect.stringMatching(/audit\.head was missing/),
    });
    await writeFile(trail.at("state/audit.head"), head);
    await rm(trail.log);
    expect((await trail.verify()).wrong).toMatchObject({ line: 0, why: expect.stringMatching(/line 12/) });
  });

  it("one bit, in whichever line, and in the head", async () => {
    await using trail = await written();
    for (const file of [trail.log, trail.at("state/audit.head")]) {
      const bytes = await readFile(file);
      let from = 0;
      for (const line of bytes.toString("latin1").match(/[^\n]*\n/g) ?? []) {
        await fc.assert(
          fc.asyncProperty(fc.nat({ max: line.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
            const flipped = Buffer.from(bytes);
            flipped[from + at] = (flipped[from + at] ?? 0) ^ (1 << bit);
            await writeFile(file, flipped);
            expect((await trail.verify()).wrong).toBeDefined();
          }),
          { numRuns: 60, examples: [[line.length - 1, 0]] },
        );
        from += line.length;
      }
      await writeFile(file, bytes);
      expect((await trail.verify()).wrong).toBeUndefined();
    }
  });

  it.each<[string, (trail: Trail) => Promise<unknown>]>([
    ["a cut log", async (trail) => trail.rewrite((await trail.lines()).slice(0, 3))],
    ["a log that is gone", (trail) => rm(trail.log)],
    ["a last line that is another", async (trail) => trail.rewrite((await trail.lines()).with(-1, "{}"))],
    ["a head that is gone", (trail) => rm(trail.at("state/audit.head"))],
    ["a head that is another", (trail) => trail.write("state/audit.head", `12 ${"0".repeat(64)}\n`)],
  ])("%s, also after the log was written to again", async (_what, harm) => {
    await using trail = await written();
    await harm(trail);
    for (const id of ["d", "e"]) await trail.call([id]);
    expect((await trail.verify()).wrong).toBeDefined();
    expect((await trail.lines()).slice(-5).join()).toMatch(/"event":"recovered","expected":/);
  });

  it("a log that was made anew as a whole, by the head that somebody noted", async () => {
    await using trail = await written();
    const { head } = await trail.verify();
    await rm(trail.state, { recursive: true });
    await trail.call();
    expect((await trail.verify()).wrong).toBeUndefined();
    expect((await trail.verify(head)).wrong).toMatchObject({
      line: 0,
      why: expect.stringMatching(/expected/),
    });
  });
});

describe("is not taken for that:", () => {
  it("that there is nothing yet", async () => {
    await using trail = await openTrail();
    expect(await trail.verify()).toEqual({ lines: 0, head: "0".repeat(64), torn: [] });
  });

  it("an end that is torn, before and after the next line, also within a character", async () => {
    await using trail = await openTrail();
    await trail.call();
    for (const text of [torn, "\u0000\u0000\u0000", Buffer.from("ö").subarray(0, 1), "{".repeat(200_000)]) {
      const before = (await trail.verify()).lines;
      await trail.tear(text as string);
      const verdict = await trail.verify();
      expect([verdict.lines, verdict.wrong, verdict.torn.length]).toEqual([
        before,
        undefined,
        (before - 2) / 3 + 1,
      ]);
      await trail.call();
      expect(await trail.verify()).toMatchObject({ lines: before + 3, torn: verdict.torn });
      expect((await trail.verify()).wrong).toBeUndefined();
    }
  });

  it("that a process was killed between the line and the head", async () => {
    await using trail = await openTrail();
    await trail.audit.open(asked).begin([]);
    const first = await trail.head();
    for (const lines of [2, 3, 4]) {
      await trail.audit.open(asked).begin([]);
      // Once, and several times one after the other.
      await trail.write("state/audit.head", first);
      expect(await trail.verify()).toMatchObject({ lines, torn: [] });
      expect((await trail.verify()).wrong).toBeUndefined();
    }
    await trail.write("state/audit.head", `0 ${"0".repeat(64)}\n`);
    expect((await trail.verify()).wrong).toBeUndefined();
    await trail.call();
    expect((await trail.lines()).join()).not.toContain("recovered");
  });

  it("that it has grown since its head was noted", async () => {
    await using trail = await written();
    const { head } = await trail.verify();
    await trail.call();
    expect((await trail.verify(head)).wrong).toBeUndefined();
    expect((await trail.verify("0".repeat(64))).wrong).toBeUndefined();
  });
});
