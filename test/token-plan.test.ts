import { expect, it } from "vitest";
import { lifeOf } from "../src/token-plan.ts";

it("a life is said as it was meant, although some time has passed since", () => {
  const now = new Date("2027-01-01T00:00:00.000Z");
  const life = (milliseconds: number, expires?: string) =>
    lifeOf({ expires, expires_at: new Date(now.getTime() + milliseconds), now });
  const week = 7 * 86_400_000;
  for (const passed of [0, 1, 29_000]) expect(life(week - passed)).toBe("for 7d");
  expect(life(5_400_000 - 3)).toBe("for 90m");
  expect(life(week, " 2027-01-08T00:00Z")).toBe("until 2027-01-08T00:00:00.000Z");
  expect(lifeOf({ expires_at: null, now })).toBe("for ever");
});
