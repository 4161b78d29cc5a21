import { expect, test } from "vitest";
import { openFlyio } from "../support/flyio.ts";

interface Plan {
  confirmation_required: { confirmation: string };
}

interface Outcomes {
  outcomes: { id: string; outcome: string }[];
}

test("what a token is for stands in the list, and in the plan that a person agrees to", async () => {
  await using here = await openFlyio();
  for (const app of ["web", "api"]) here.fake.addToken({ app, name: "ci" });
  const { text } = await here.call("list_tokens", { flyio: { org: "acme" } });
  expect(text).toMatch(/app api in organization acme.*app web in organization acme/s);
  const ids = here.fake.tokens.map(({ id }) => id);
  const plan = await here.call("revoke_token", { ids });
  expect(plan.text).toMatch(/app web in organization acme.*app api in organization acme/s);
});

test("a hundred tokens are revoked in one call, each with its outcome, in the order of the plan", async () => {
  await using here = await openFlyio();
  const ids = Array.from({ length: 100 }, () => here.fake.addToken().id);
  const { data } = await here.call("revoke_token", { ids });
  const { confirmation } = (data as unknown as Plan).confirmation_required;
  const done = await here.call("revoke_token", { ids, confirmation });
  const { outcomes } = done.data as unknown as Outcomes;
  expect(outcomes.map(({ id, outcome }) => [id, outcome])).toEqual(ids.map((id) => [id, "revoked"]));
  expect(here.fake.tokens.every(({ revokedAt }) => revokedAt)).toBe(true);
});
