import { describe, expect, test } from "vitest";
import type { TokenQuery } from "../../../src/providers/provider.ts";
import { rejection } from "../server.ts";
import { type Flyio, inDays, type Stage, stage } from "./open.ts";

const names = async (provider: Flyio, flyio?: TokenQuery["flyio"]) =>
  (await provider.tokens.list({ limit: 200, sort: "name", flyio })).items.map(({ name }) => name);

/** Tokens of web and api, of acme, and of alice's own organization and its app. */
async function populated(): Promise<Stage> {
  const opened = await stage();
  const { fake } = opened;
  fake.addApp("alice-personal", "mine");
  fake.addToken({ app: "web", name: "of web" });
  fake.addToken({ app: "api", name: "of api" });
  fake.addToken({ name: "of acme", user: "bob@example.com" });
  fake.addToken({ org: "alice-personal", name: "of alice" });
  fake.addToken({ org: "alice-personal", app: "mine", name: "of mine" });
  return opened;
}

describe("a list", () => {
  test("is of everything that the caller has, each token once", async () => {
    await using opened = await populated();
    expect(await names(opened.open())).toEqual(["of acme", "of alice", "of api", "of mine", "of web"]);
  });

  test("is of FLY_ORG, where no organization is named", async () => {
    await using opened = await populated();
    expect(await names(opened.provider)).toEqual(["of acme", "of api", "of web"]);
    expect(await names(opened.provider, { org: "personal" })).toEqual(["of alice", "of mine"]);
  });

  test.each<[TokenQuery["flyio"], string[]]>([
    [{ app: "web" }, ["of web"]],
    [{ app: "web", scope: "app" }, ["of web"]],
    [{ app: "web", org: "acme", scope: "app" }, ["of web"]],
    [{ app: "web", org: "acme" }, ["of acme", "of api", "of web"]],
    [{ scope: "app" }, ["of api", "of mine", "of web"]],
    [{ scope: "app", org: "acme" }, ["of api", "of web"]],
    [{ scope: "app", org: "personal" }, ["of mine"]],
    [{ org: "alice-personal" }, ["of alice", "of mine"]],
    [{ scope: "org" }, ["of acme", "of alice", "of api", "of mine", "of web"]],
  ])("is for %j of %j", async (query, expected) => {
    await using opened = await populated();
    expect(await names(opened.open(), query)).toEqual(expected);
  });

  test.each<[TokenQuery["flyio"], string]>([
    [{ app: "nothing" }, "not_found"],
    [{ org: "nothing" }, "not_found"],
    [{ scope: "app", org: "nothing" }, "not_found"],
    [{ app: "web", org: "personal" }, "invalid_input"],
    [{ app: "web", org: "acme", scope: "org" }, "invalid_input"],
  ])("for %j is refused: %s", async (query, code) => {
    await using opened = await populated();
    expect(await rejection(names(opened.provider, query))).toMatchObject({ code });
  });

  test("of an app that is null, as the API may answer, is not an empty one", async () => {
    await using opened = await populated();
    const provider = opened.open(
      {},
      {
        async fetch() {
          return Response.json({ data: { app: null, organization: null } });
        },
      },
    );
    for (const query of [{ app: "web" }, { org: "acme" }])
      expect(await rejection(names(provider, query))).toMatchObject({ code: "not_found" });
  });

  test("says who made each, until when, and what has become of it", async () => {
    await using opened = await populated();
    const [{ id, ...token } = { id: "" }] = (
      await opened.provider.tokens.list({ limit: 9, created_by: "BOB@example.com" })
    ).items;
    expect(token).toEqual({
      provider: "flyio",
      name: "of acme",
      username: "x",
      permission: "read_write",
      scope: "org: organization acme; made elsewhere, may have been narrowed",
      created_by: "bob@example.com",
      created_at: "2026-11-22T12:00:00.000Z",
      expires_at: "2046-11-17T12:00:00.000Z",
      status: "active",
    });
    await opened.provider.tokens.revoke(id);
    expect((await opened.provider.tokens.list({ limit: 9, status: "revoked" })).items).toMatchObject([
      { id, status: "revoked" },
    ]);
  });

  test("goes to the end of every page, of organizations, apps and tokens", async () => {
    await using opened = await stage({ pageSize: { default: 2, cap: 3 } });
    const { fake } = opened;
    for (const letter of "abcdefgh") {
      fake.addApp("acme", letter);
      for (let count = 0; count < 4; count++) fake.addToken({ app: letter, name: `${letter}${count}` });
    }
    for (const slug of ["o1", "o2", "o3", "o4"])
      fake.addOrg({ slug, members: { "alice@example.com": "member" } });
    fake.addToken({ org: "o4", name: "last" });
    expect((await names(opened.open())).length).toBe(33);
    expect((await names(opened.open(), { scope: "app", org: "acme" })).length).toBe(32);
    expect((await names(opened.open(), { app: "h" })).length).toBe(4);
  });

  test("of many apps takes few requests", async () => {
    await using opened = await stage();
    for (let count = 0; count < 60; count++) {
      opened.fake.addApp("acme", `app-${count}`);
      opened.fake.addToken({ app: `app-${count}`, name: `t${count}` });
    }
    expect((await names(opened.provider, { scope: "app", org: "acme" })).length).toBe(60);
    expect(opened.fake.requests.length).toBeLessThanOrEqual(4);
  });

  test("leaves out what the API could not load", async () => {
    await using opened = await populated();
    opened.fake.faults.always("*", { kind: "null-nodes" });
    expect(await names(opened.open())).toEqual(["of acme", "of alice", "of api", "of mine", "of web"]);
  });

  test.each([
    ["has a next page and no cursor", null],
    ["has the same next page for ever", "again"],
  ])("that %s is refused", async (_, endCursor) => {
    await using opened = await populated();
    const limitedAccessTokens = { nodes: [], pageInfo: { hasNextPage: true, endCursor } };
    const provider = opened.open(
      {},
      {
        async fetch() {
          return Response.json({ data: { organization: { limitedAccessTokens } } });
        },
      },
    );
    expect(await rejection(names(provider, { org: "acme" }))).toMatchObject({ code: "provider_down" });
  });

  test("for a credential that sees no organization says what to name", async () => {
    await using opened = await populated();
    const provider = opened.open({ FLY_API_TOKEN: opened.fake.addToken({ app: "web" }).header });
    expect(await rejection(names(provider))).toMatchObject({
      code: "forbidden",
      fix: expect.stringContaining("name that app"),
    });
    expect((await names(provider, { app: "web" })).length).toBe(2);
  });

  test("of an environment is empty, and nobody is asked", async () => {
    await using opened = await populated();
    expect(await opened.provider.tokens.list({ limit: 9, environment: "production" })).toEqual({
      items: [],
      total: 0,
    });
    expect(opened.fake.requests).toEqual([]);
  });

  test("counts what matches, and pages through tokens of the same moment", async () => {
    await using opened = await stage();
    for (let count = 0; count < 7; count++) opened.fake.addToken({ name: "same" });
    const first = await opened.provider.tokens.list({ limit: 4 });
    const second = await opened.provider.tokens.list({ limit: 4, cursor: first.next_cursor });
    expect([first.total, first.items.length, second.items.length]).toEqual([7, 4, 3]);
    expect(second.next_cursor).toBeUndefined();
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(7);
  });

  test.each([
    "",
    "nonsense",
    Buffer.from("[]").toString("base64url"),
    Buffer.from('{"a":1}').toString("base64url"),
  ])("is refused for the cursor %j", async (cursor) => {
    await using opened = await populated();
    expect(await rejection(opened.provider.tokens.list({ limit: 1, cursor }))).toMatchObject({
      code: "invalid_input",
    });
  });

  test("quotes names that others have chosen", async () => {
    await using opened = await stage();
    opened.fake.addToken({ name: `a\u202eb\n\nc ${"x".repeat(500)}` });
    const [name = ""] = await names(opened.provider);
    expect(name).toMatch(/^a b c x+…$/);
    expect(name.length).toBeLessThan(310);
  });
});

describe("revoking", () => {
  test.each(["A user's own node", "an app's"])("is not for %s id", async (whose) => {
    await using opened = await populated();
    const id = whose === "an app's" ? "web" : (opened.fake.users[0]?.id ?? "");
    for (const call of [opened.provider.tokens.get(id), opened.provider.tokens.revoke(id)])
      expect(await rejection(call)).toMatchObject({ code: "not_found" });
    expect(opened.fake.requests.some(({ kind }) => kind === "mutation")).toBe(false);
  });

  test("whose answer was lost is done, once more asked for", async () => {
    await using opened = await populated();
    const id = opened.fake.tokens[0]?.id ?? "";
    opened.fake.faults.next("DeleteToken", { kind: "502-after-commit" });
    expect(await opened.provider.tokens.revoke(id)).toBe("revoked");
    expect(await opened.provider.tokens.revoke(id)).toBe("already_revoked");
  });

  test("that Fly.io only says it did is a problem", async () => {
    await using opened = await populated();
    const [token] = opened.fake.tokens;
    const provider = opened.open(
      {},
      {
        async fetch(input, init) {
          const request = new Request(input, init);
          if (!(await request.clone().text()).includes("mutation DeleteToken")) return fetch(request);
          return Response.json({ data: { deleteLimitedAccessToken: { clientMutationId: null } } });
        },
      },
    );
    expect(await rejection(provider.tokens.revoke(token?.id ?? ""))).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("still active"),
    });
  });

  test("with a scoped token is forbidden, and says so", async () => {
    await using opened = await populated();
    const provider = opened.open({ FLY_API_TOKEN: opened.fake.addToken().header });
    const [token] = opened.fake.tokens;
    expect(await rejection(provider.tokens.revoke(token?.id ?? ""))).toMatchObject({ code: "forbidden" });
    expect(token?.revokedAt).toBeUndefined();
  });

  test("a parent ends what was narrowed from it", async () => {
    await using opened = await stage();
    const { token, secret } = await opened.provider.tokens.issue({
      name: "n",
      permission: "read_only",
      expires_at: inDays(opened.now()),
      flyio: { app: "web" },
    });
    const reads = () =>
      opened.fake.verify(secret?.reveal() ?? "", { org_slug: "acme", app_name: "web", action: "r" }).allowed;
    expect(reads()).toBe(true);
    await opened.provider.tokens.revoke(token.id);
    expect(reads()).toBe(false);
  });
});
