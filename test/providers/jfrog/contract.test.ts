import { expect, test } from "vitest";
import { describeProvider } from "../contract.ts";
import { later, stage } from "./open.ts";

describeProvider("jfrog", {
  abilities: ["tokens", "environments", "registries", "identity"],
  environments: "named",
  ecosystems: ["npm", "pypi", "docker", "maven", "nuget", "go", "generic"],
  async open() {
    const opened = await stage();
    // A credential is a token itself; here those are some that the platform does not list.
    for (const token of opened.fake.tokens) token.stored = false;
    return opened;
  },
});

test("what is sent is what openapi/jfrog-access.yaml describes", async () => {
  await using opened = await stage();
  const { provider, fake, now } = opened;
  const request = { name: "n", permission: "read_only", environment: "production" } as const;
  const { token, secret } = await provider.tokens.issue({ ...request, expires_at: later(now()) });
  await provider.tokens.issue({ ...request, expires_at: null, idempotency_key: "k" });
  await provider.tokens.list({ limit: 50 });
  await provider.tokens.list({ limit: 50, environment: "production" });
  await provider.tokens.get(token.id);
  await provider.tokens.get("me");
  if (secret) await provider.registries.introspect?.(secret);
  await provider.environments.list();
  await provider.registries.endpoint("npm");
  await provider.identity.me();
  await provider.tokens.revoke(token.id);
  expect(fake.violations).toEqual([]);
  expect(new Set(fake.requests.map(({ operation }) => operation))).toEqual(
    new Set(["createToken", "listTokens", "getToken", "getOwnToken", "revokeToken", "listRepositories"]),
  );
});
