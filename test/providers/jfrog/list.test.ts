/** Reference, section 3.2 (list) and 3.3 (get). */
import { describe, expect, test } from "vitest";
import { rejection } from "../server.ts";
import { day, hour, later, stage } from "./open.ts";

const lists = (opened: { fake: { requests: readonly { operation: string; query: object }[] } }) =>
  opened.fake.requests.filter(({ operation }) => operation === "listTokens").map(({ query }) => query);

describe("list", () => {
  test("of an admin has everybody's, of anybody else their own", async () => {
    await using opened = await stage();
    const { fake, provider } = opened;
    const admin = opened.open({ JFROG_ACCESS_TOKEN: fake.admin.token });
    const names = async (one = provider) =>
      (await one.tokens.list({ limit: 50 })).items.map(({ username }) => username).sort();
    expect(await names()).toEqual(["bob@example.com"]);
    expect(await names(admin)).toEqual(["alice@example.com", "bob@example.com"]);
  });

  test("knows no status: it is derived from the expiry, of which a missing one is never", async () => {
    await using opened = await stage();
    opened.advance(10 * 60_000);
    opened.fake.addToken({ life: 4 * 3600, description: "short" });
    opened.advance(4 * hour);
    const { items } = await opened.provider.tokens.list({ limit: 50, sort: "created_at" });
    expect(items).toMatchObject([
      { name: "Identity token", status: "active", expires_at: null },
      { name: "short", status: "expired", expires_at: opened.now().toISOString() },
    ]);
  });

  test("has no scope: tokens made elsewhere are shown as custom, and nothing is guessed of them", async () => {
    await using opened = await stage();
    opened.fake.addToken({ scope: "artifact:npm:r", description: "read-only for production" });
    opened.fake.addToken({ description: "fly-tokens something: x (read-only) [y]" });
    opened.fake.addToken({ scope: "artifact:npm:r" });
    const { items } = await opened.provider.tokens.list({ limit: 50 });
    expect(new Set(items.map(({ permission }) => permission))).toEqual(new Set(["custom"]));
    expect(items.every(({ environment }) => environment === undefined)).toBe(true);
    expect(items.map(({ name }) => name)).toContain(`token ${opened.fake.tokens.at(-1)?.id}`);
    expect(items[0]?.scope).toMatch(/does not say/);
  });

  test("asks for descriptions by their beginning where only ours can match", async () => {
    await using opened = await stage();
    for (const query of [{ environment: "production" }, { permission: "read_only" } as const])
      await opened.provider.tokens.list({ limit: 50, ...query });
    await opened.provider.tokens.list({ limit: 50, permission: "custom" });
    expect(lists(opened)).toEqual([{ description: "fly-tokens *" }, { description: "fly-tokens *" }, {}]);
  });

  test("takes times as seconds, and last_used where the server has it", async () => {
    await using opened = await stage({ version: "7.108.3" });
    opened.advance(7 * hour);
    await opened.provider.identity.me();
    const [{ created_at, last_used_at } = { created_at: "" }] = (
      await opened.provider.tokens.list({ limit: 1 })
    ).items;
    expect(created_at).toBe("2026-11-22T12:00:00.000Z");
    expect(last_used_at).toMatch(/^2026-11-22T18:00/);
  });

  test.each([{ version: "7.108.2" }, { lastUsed: false }])("lacks last_used with %j", async (options) => {
    await using opened = await stage(options);
    opened.advance(7 * hour);
    const { items } = await opened.provider.tokens.list({ limit: 50 });
    expect(items[0]).not.toHaveProperty("last_used_at");
  });

  test("that is empty is an empty one", async () => {
    await using opened = await stage();
    for (const token of opened.fake.tokens) token.stored = false;
    expect(await opened.provider.tokens.list({ limit: 50 })).toEqual({ items: [], total: 0 });
  });

  test("at a platform before 7.21.1 is refused with the reason", async () => {
    await using opened = await stage();
    const body = { errors: [{ status: 404, message: "Not Found" }] };
    opened.fake.faults.always("listTokens", { kind: "answer", status: 404, body });
    expect(await rejection(opened.provider.tokens.list({ limit: 50 }))).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("7.21.1"),
    });
  });

  test("quotes what others have written as data", async () => {
    await using opened = await stage();
    opened.fake.addToken({ description: "a\u202eb\u0000c" });
    const { items } = await opened.provider.tokens.list({ limit: 50, name: "a b" });
    expect(items.map(({ name }) => name)).toEqual(["a b c"]);
  });
});

describe("get", () => {
  test("of me is the credential's own token", async () => {
    await using opened = await stage();
    expect(await opened.provider.tokens.get("me")).toMatchObject({
      id: opened.fake.developer.record.id,
      username: "bob@example.com",
    });
  });

  test("of me before 7.53.1 is not found", async () => {
    await using opened = await stage({ version: "7.53.0" });
    expect(await rejection(opened.provider.tokens.get("me"))).toMatchObject({ code: "not_found" });
  });

  test.each(["another's", "unknown"])("of one that is %s is not found alike", async (which) => {
    await using opened = await stage();
    const id = which === "unknown" ? crypto.randomUUID() : opened.fake.admin.record.id;
    for (const call of [opened.provider.tokens.get(id), opened.provider.tokens.revoke(id)])
      expect(await rejection(call)).toMatchObject({ code: "not_found" });
    expect(opened.fake.admin.record.revokedAt).toBeUndefined();
  });

  test("of the path `revoke` asks nobody: it is another endpoint", async () => {
    await using opened = await stage();
    expect(await rejection(opened.provider.tokens.get("revoke"))).toMatchObject({ code: "not_found" });
    expect(await rejection(opened.provider.tokens.revoke("revoke"))).toMatchObject({ code: "not_found" });
    expect(await rejection(opened.provider.tokens.revoke("me"))).toMatchObject({ code: "not_found" });
    expect(opened.fake.requests).toEqual([]);
  });

  test.each([
    ["jfac@01x/users/bob", "bob"],
    ["jfac@01x/users/team/carol", "team/carol"],
    ["jfrt@01x/users/a/b/c", "a/b/c"],
    ["jfrt@01x/dave", "dave"],
    ["erin", "erin"],
  ])("reads the user in the subject %s", async (subject, username) => {
    await using opened = await stage();
    opened.fake.developer.record.subject = subject;
    expect(await opened.provider.tokens.get(opened.fake.developer.record.id)).toMatchObject({ username });
  });
});

describe("what the platform forgets", () => {
  test("expired ones stay in the list by our own journal", async () => {
    await using opened = await stage();
    const { token } = await opened.provider.tokens.issue({
      name: "gone",
      permission: "read_only",
      expires_at: later(opened.now(), day),
    });
    opened.advance(2 * day);
    expect(opened.fake.requests.some(({ operation }) => operation === "listTokens")).toBe(false);
    expect(await opened.provider.tokens.get(token.id)).toEqual({ ...token, status: "expired" });
  });

  test("one that somebody else ended is not guessed to be anything", async () => {
    await using opened = await stage();
    const { token } = await opened.provider.tokens.issue({
      name: "gone",
      permission: "read_only",
      expires_at: null,
    });
    opened.fake.token(token.id).revokedAt = 1;
    expect(await rejection(opened.provider.tokens.get(token.id))).toMatchObject({ code: "not_found" });
    expect((await opened.provider.tokens.list({ limit: 50, name: "gone" })).items).toEqual([]);
  });
});
