/** How well the tools tell apart under a plain search: what has been reached, less a margin (docs/agent-ergonomics.md). */
import { beforeAll, describe, expect, it } from "vitest";
import { tools as all } from "../../tools/index.generated.ts";
import { bm25 } from "./bm25.ts";
import { catalogueOf } from "./catalogue.ts";
import { blind, first, halves } from "./said.ts";
import { type Scores, scoresOf } from "./scores.ts";
import { utterances } from "./utterances.ts";
import { blind as ofBlind } from "./utterances-blind.ts";

describe("BM25", () => {
  it("gives the scores that one calculates by hand", () => {
    const rank = bm25([
      { name: "one", text: "red red blue" },
      { name: "two", text: "blue" },
    ]);
    // idf(red) = ln(1 + 1.5/1.5); twice in three words, where two are the average.
    const red = (Math.log(2) * 2 * 2.2) / (2 + 1.2 * (0.25 + 0.75 * 1.5));
    expect(rank("Red!").ranked).toEqual([
      { name: "one", score: expect.closeTo(red, 10) },
      { name: "two", score: 0 },
    ]);
    expect(rank("blue").ranked[0]?.name).toBe("two");
    expect(rank("green").cover).toBe(0);
  });
});

describe.each([
  ["the utterances", first, utterances],
  ["those written blind", blind, ofBlind],
] as const)("%s", (_set, said, byTool) => {
  it("are more than 200, of every tool, and said once", () => {
    expect(said.length).toBeGreaterThan(200);
    expect(new Set(said.map(({ say }) => say)).size).toBe(said.length);
    expect(Object.keys(byTool).sort()).toEqual(all.map(({ name }) => name).sort());
    for (const half of halves) expect(said.filter((one) => one.half === half).length).toBeGreaterThan(100);
  });
});

describe.each(["default", "with Fly.io"] as const)("%s", (setting) => {
  let scores: Scores;
  let blindly: Scores;
  beforeAll(async () => {
    const { tools } = await catalogueOf(setting);
    scores = scoresOf(tools);
    blindly = scoresOf(tools, { said: blind });
  });

  it.each([
    ["plain", 0.75, 0.93, 0.84],
    ["one wish", 0.59, 0.82, 0.71],
    ["two wishes", 0.8, 0.75, 0.88],
  ] as const)("%s: in both halves", (kind, top1, top3, mrr) => {
    for (const half of halves) {
      const score = scores.of(half, kind);
      expect(score.top1, half).toBeGreaterThanOrEqual(top1);
      expect(score.top3, half).toBeGreaterThanOrEqual(top3);
      expect(score.mrr, half).toBeGreaterThanOrEqual(mrr);
    }
  });

  it.each([
    ["one wish", 0.44, 0.68, 0.6],
    ["two wishes", 0.75, 0.45, 0.85],
  ] as const)("%s, written blind: in both halves", (kind, top1, top3, mrr) => {
    for (const half of halves) {
      const score = blindly.of(half, kind);
      expect(score.top1, half).toBeGreaterThanOrEqual(top1);
      expect(score.top3, half).toBeGreaterThanOrEqual(top3);
      expect(score.mrr, half).toBeGreaterThanOrEqual(mrr);
    }
  });

  it("convinces where nothing is meant less often than where something is", () => {
    const { accepted, refused } = scores.scope("held out");
    expect(accepted).toBeGreaterThanOrEqual(0.58);
    expect(refused).toBeGreaterThanOrEqual(0.85);
  });
});
