/** Fakes for the tests of the fake, which must not have noticed any departure from the contract when a test is over. */
import { afterEach, expect } from "vitest";
import { type FakeJfrog, type FakeOptions, startFakeJfrog } from "./fake.ts";

const fakes: FakeJfrog[] = [];

export async function startWatched(options: FakeOptions = {}): Promise<FakeJfrog> {
  const fake = await startFakeJfrog(options);
  fakes.push(fake);
  return fake;
}

afterEach(async () => {
  const violations = fakes.flatMap((fake) => fake.violations);
  for (const fake of fakes.splice(0)) await fake[Symbol.asyncDispose]();
  expect(violations).toEqual([]);
});
