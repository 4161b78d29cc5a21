import { describe, expect, it } from "vitest";
import { lastOf, matching } from "../../src/completion/match.ts";

describe("what fits", () => {
  const names = ["deploy-production", "Production CI", "old production", "staging", "production-db"];

  it.each<[typed: string, values: string[]]>([
    ["", names],
    ["prod", ["Production CI", "production-db", "deploy-production", "old production"]],
    ["PROD", ["Production CI", "production-db", "deploy-production", "old production"]],
    ["  stag ", ["staging"]],
    ["p.*n", []],
    ["moon", []],
  ])("%o", (typed, values) => expect(matching(names, typed).values).toEqual(values));

  it("is each value once, and no more than the protocol lets an answer hold, with how many there are", () => {
    const many = Array.from({ length: 250 }, (_, index) => `token-${index}`);
    expect(matching([...many, ...many], "token")).toEqual({
      values: many.slice(0, 100),
      total: 250,
      hasMore: true,
    });
    expect(matching(many.slice(0, 100), "token")).toMatchObject({ total: 100, hasMore: false });
  });
});

it.each<[list: string, before: string, members: string[], last: string]>([
  ["", "", [], ""],
  ["np", "", [], "np"],
  ["npm,", "npm,", ["npm"], ""],
  ["npm, doc", "npm, ", ["npm"], "doc"],
  ["npm,docker , pi", "npm,docker , ", ["npm", "docker"], "pi"],
  ["npm and doc", "npm and ", ["npm"], "doc"],
  ["pandas", "", [], "pandas"],
])("the last of %o", (list, before, members, last) => {
  expect(lastOf(list)).toEqual({ before, members, last });
});
