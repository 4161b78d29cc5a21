/** The GraphQL API of the fake: who sees what, who may mint, how lists come in pages. */
import { describe, expect, it } from "vitest";
import { create, graphql, revoke } from "./ask.ts";
import { startFakeFlyio } from "./fake.ts";

const bearer = (token: string) => `Bearer ${token}`;
const first = <Item>(items: readonly Item[]): Item => items[0] as Item;

describe("who sees what", () => {
  it("a user sees organizations, apps and themself; a stranger nothing", async () => {
    await using fake = await startFakeFlyio();
    const query = `{ viewer { email } organizations { nodes { slug rawSlug viewerRole internalNumericId } } apps { nodes { name } } }`;
    const { data } = await graphql(fake, bearer(first(fake.users).token), query);
    expect(data).toMatchObject({
      viewer: { email: "alice@example.com" },
      organizations: {
        nodes: [
          { slug: "personal", rawSlug: "alice-personal", viewerRole: "admin" },
          { slug: "acme", rawSlug: "acme", internalNumericId: String(fake.org("acme").number) },
        ],
      },
      apps: { nodes: [{ name: "web" }, { name: "api" }] },
    });
    const stranger = await graphql(fake, "Bearer fo1_unknown", query);
    expect(stranger.errors?.[0]?.extensions?.code).toBe("UNAUTHORIZED");
  });

  it("a macaroon sees the app that it is for, and is nobody's user", async () => {
    await using fake = await startFakeFlyio();
    const token = fake.addToken({ app: "web" });
    const query = `{ viewer { __typename email } apps { nodes { name organization { slug } } } app(name: "api") { id } }`;
    const { data, errors } = await graphql(fake, token.header, query);
    expect(data).toEqual({
      viewer: { __typename: "Macaroon", email: `${token.uuid}@tokens.fly.io` },
      apps: { nodes: [{ name: "web", organization: { slug: "acme" } }] },
      app: null,
    });
    expect(errors).toMatchObject([{ message: "Could not find App", extensions: { code: "NOT_FOUND" } }]);
    const own = await graphql(fake, token.header, "{ viewer { organizations { nodes { id } } } }");
    expect(own.errors?.[0]?.extensions?.code).toBe("UNAUTHORIZED");
  });
});

describe("minting and revoking", () => {
  it("gives a user a token with its record, which lists then show", async () => {
    await using fake = await startFakeFlyio({ now: () => new Date("2026-11-27T08:00:00Z") });
    const [, bob] = fake.users;
    const input = {
      name: "ci",
      organizationId: fake.org("acme").id,
      profile: "deploy",
      profileParams: { app_id: "web" },
      expiry: "720h0m0s",
    };
    const { data } = await graphql(fake, bearer(bob?.token ?? ""), create, { input });
    const [token] = fake.tokens;
    expect(data).toEqual({
      createLimitedAccessToken: {
        limitedAccessToken: {
          id: token?.id,
          name: "ci",
          profile: "deploy",
          expiresAt: "2026-12-27T08:00:00.000Z",
          tokenHeader: token?.header,
          user: { email: "bob@example.com" },
        },
      },
    });
    const list = `{ app(name: "web") { limitedAccessTokens { nodes { id } totalCount } } }`;
    expect((await graphql(fake, bearer(bob?.token ?? ""), list)).data).toEqual({
      app: { limitedAccessTokens: { nodes: [{ id: token?.id }], totalCount: 1 } },
    });
  });

  it("refuses a scoped token, whatever it may do", async () => {
    await using fake = await startFakeFlyio();
    const input = { name: "x", organizationId: fake.org("acme").id, profile: "deploy_organization" };
    const { errors } = await graphql(fake, fake.addToken().header, create, { input });
    expect(errors?.[0]?.extensions?.code).toBe("UNAUTHORIZED");
    expect(fake.tokens).toHaveLength(1);
  });

  it("refuses an app of another organization, an unknown profile and an expiry that Go cannot read", async () => {
    await using fake = await startFakeFlyio();
    const [alice] = fake.users;
    fake.addOrg({ slug: "other", members: { "alice@example.com": "admin" }, apps: ["blog"] });
    const base = { name: "x", organizationId: fake.org("acme").id, profile: "deploy_organization" };
    for (const [input, code] of [
      [{ ...base, profile: "deploy", profileParams: { app_id: "blog" } }, "NOT_FOUND"],
      [{ ...base, profile: "readonly" }, "UNPROCESSABLE"],
      [{ ...base, expiry: "30d" }, "UNPROCESSABLE"],
    ] as const) {
      const { errors } = await graphql(fake, bearer(alice?.token ?? ""), create, { input });
      expect(errors?.[0]?.extensions?.code).toBe(code);
    }
    expect(fake.tokens).toEqual([]);
  });

  it("revokes again without a word and keeps the moment; does not know an unknown id", async () => {
    let now = new Date("2026-11-27T08:00:00Z");
    await using fake = await startFakeFlyio({ now: () => now });
    const alice = bearer(first(fake.users).token);
    const token = fake.addToken();
    for (let round = 0; round < 2; round += 1) {
      const { data } = await graphql(fake, alice, revoke, { input: { id: token.id } });
      expect(data).toEqual({ deleteLimitedAccessToken: { revokedBy: "alice@example.com" } });
      now = new Date(now.getTime() + 60_000);
    }
    expect(token.revokedAt).toEqual(new Date("2026-11-27T08:00:00Z"));
    const { errors } = await graphql(fake, alice, revoke, { input: { id: "nothing" } });
    expect(errors).toMatchObject([{ message: "Could not find LimitedAccessToken" }]);
  });
});

describe("lists", () => {
  it("come in pages of the server's own size, and never larger than its cap", async () => {
    await using fake = await startFakeFlyio();
    for (let count = 0; count < 130; count += 1) fake.addToken({ app: "web", name: `t${count}` });
    const alice = bearer(first(fake.users).token);
    const query = `query ($after: String, $first: Int) { organization(slug: "acme") {
      limitedAccessTokens(after: $after, first: $first) { nodes { name } pageInfo { endCursor hasNextPage } totalCount }
    } }`;
    const page = async (variables: object) => {
      const { data } = await graphql(fake, alice, query, { ...variables });
      return (data as unknown as { organization: { limitedAccessTokens: Page } }).organization
        .limitedAccessTokens;
    };
    expect(await page({})).toMatchObject({ nodes: { length: 25 }, totalCount: 130 });
    const long = await page({ first: 500 });
    expect(long.nodes).toHaveLength(100);
    expect(await page({ first: 500, after: long.pageInfo.endCursor })).toMatchObject({
      nodes: { length: 30 },
      pageInfo: { hasNextPage: false },
    });
  });

  it("are remembered with the fields that were selected, through fragments and aliases", async () => {
    await using fake = await startFakeFlyio();
    const query = `query Mine { mine: app(name: "web") { ...tokens } }
      fragment tokens on App { limitedAccessTokens { nodes { id secret: tokenHeader } } }`;
    await graphql(fake, bearer(first(fake.users).token), query);
    expect(fake.requests).toMatchObject([{ name: "Mine", kind: "query", scheme: "Bearer", variables: {} }]);
    expect(fake.requests[0]?.fields).toContain("app.limitedAccessTokens.nodes.tokenHeader");
  });
});

interface Page {
  nodes: unknown[];
  pageInfo: { endCursor: string; hasNextPage: boolean };
  totalCount: number;
}
