import { expect, test } from "vitest";
import * as api from "../../../src/providers/flyio/api.generated.ts";
import { describeProvider } from "../contract.ts";
import { inDays, stage } from "./open.ts";

describeProvider("flyio", {
  abilities: ["tokens", "registries", "identity", "restrict"],
  never: false,
  ecosystems: ["docker"],
  open: stage,
});

test("no list and no look at a token asks for a value; only its making does", async () => {
  await using opened = await stage();
  const { provider, fake, now } = opened;
  const { token } = await provider.tokens.issue({
    name: "n",
    permission: "read_only",
    expires_at: inDays(now()),
    idempotency_key: "k",
  });
  await provider.tokens.list({ limit: 50 });
  await provider.tokens.list({ limit: 50, flyio: { app: "web" } });
  await provider.tokens.get(token.id);
  await provider.tokens.revoke(token.id);
  await provider.identity.me();
  const secrets = fake.requests.filter(({ fields }) => fields.some((one) => /\btoken(Header)?$/.test(one)));
  expect(secrets.map(({ name }) => name)).toEqual(["CreateToken"]);
  expect(fake.requests.length).toBeGreaterThan(8);
});

test("the documents select a value once", () => {
  const documents = Object.entries(api).filter(([, text]) => /\btoken(Header)?\b/.test(text));
  expect(documents.map(([name]) => name)).toEqual(["createTokenMutation"]);
});
