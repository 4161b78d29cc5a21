import { expect, test } from "vitest";
import { Throttle } from "../../src/registry/throttle.ts";

const limits = { failures: 3, window: 60_000, keys: 2 };

test("a key is held up after its failures, until its window ends", () => {
  const throttle = new Throttle(limits);
  expect([0, 1, 2].map((time) => throttle.fail("a", time))).toEqual([0, 0, 0]);
  expect(throttle.fail("a", 3)).toBe(60);
  expect(throttle.fail("a", 59_500)).toBe(1);
  expect(throttle.fail("a", 60_000)).toBe(0);
});

test("keys do not count for each other", () => {
  const throttle = new Throttle(limits);
  for (let time = 0; time < 10; time++) throttle.fail("a", time);
  expect(throttle.fail("b", 10)).toBe(0);
});

test("only so many keys are remembered; the oldest are forgotten first", () => {
  const throttle = new Throttle(limits);
  for (const key of ["a", "a", "a", "b", "b", "b", "c"]) throttle.fail(key, 0);
  expect(throttle.fail("b", 1)).toBeGreaterThan(0);
  expect(throttle.fail("a", 1)).toBe(0);
});
