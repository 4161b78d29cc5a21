/** What an agent's context pays for us has bounds, each by itself. */
import { describe, expect, it } from "vitest";
import { type Cost, costsOfLists, costsOfResults, costsOfTools } from "./budget.ts";

function expectWithin(costs: readonly Cost[]): void {
  expect(costs.length).toBeGreaterThan(3);
  expect(costs.filter(({ characters, bound }) => characters > bound)).toEqual([]);
  // A bound far away holds nothing; and nothing is no cost.
  for (const { what, characters } of costs) expect(characters, what).toBeGreaterThan(100);
}

describe("characters", () => {
  it("of what every client loads into every conversation", async () => expectWithin(await costsOfLists()));
  it("of each tool", async () => expectWithin(await costsOfTools()));
  it("of what tools answer", async () => expectWithin(await costsOfResults()));
});
