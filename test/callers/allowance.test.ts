import { describe, expect, it } from "vitest";
import { Allowances, networkOf } from "../../src/callers/allowance.ts";

function allowances(burst: number, perSecond: number) {
  const clock = { at: 0 };
  return { clock, of: new Allowances({ burst, perSecond }, () => clock.at) };
}

describe("an allowance", () => {
  it("is there at once, then as much as comes back", () => {
    const { of, clock } = allowances(3, 2);
    expect([1, 2, 3, 4].map(() => of.take("a"))).toEqual([0, 0, 0, 1]);
    clock.at = 499;
    expect(of.take("a")).toBe(1);
    clock.at = 500;
    expect([of.take("a"), of.take("a")]).toEqual([0, 1]);
    clock.at = 1_000_000;
    expect([1, 2, 3, 4].map(() => of.take("a"))).toEqual([0, 0, 0, 1]);
  });

  it("is each one's own", () => {
    const { of } = allowances(1, 1);
    expect([of.take("a"), of.take("a"), of.take("b")]).toEqual([0, 1, 0]);
  });

  it("says how long it takes, and nothing is taken meanwhile", () => {
    const { of, clock } = allowances(10, 1);
    expect([of.take("a", 8), of.take("a", 6), of.take("a", 2)]).toEqual([0, 4, 0]);
    clock.at = 10_000;
    expect(of.take("a", 1000)).toBe(0);
  });

  it("remembers no more than it can, and forgets the longest unseen", () => {
    const { of } = allowances(1, 0.001);
    of.take("first");
    for (let index = 0; index < 10_000; index += 1) of.take(`other ${index}`);
    expect(of.take("other 9999")).toBeGreaterThan(0);
    expect(of.take("first")).toBe(0);
  });
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
])("%s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
