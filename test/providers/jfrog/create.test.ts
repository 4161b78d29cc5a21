/** Reference, section 3.1 (create) and 3.6 (scopes). */
import { describe, expect, test } from "vitest";
import { rejection } from "../server.ts";
import { day, hour, issue, later, type Stage, stage } from "./open.ts";

const bodyOf = ({ fake }: Stage) =>
  fake.requests.findLast(({ operation }) => operation === "createToken")?.body as Record<string, unknown>;

const keys = ["npm", "pypi", "docker", "helmoci", "go", "maven", "gradle", "nuget", "generic"];

describe("expires_in", () => {
  test.each([
    [30 * day, 2_592_000],
    [90_000, 90],
    [null, 0],
  ])("is always sent: %j milliseconds", async (life, expires_in) => {
    await using opened = await stage();
    const { token } = await issue(opened, { expires_at: life === null ? null : later(opened.now(), life) });
    expect(bodyOf(opened)).toMatchObject({ expires_in });
    expect(token.expires_at).toBe(life === null ? null : later(opened.now(), life).toISOString());
  });

  test("above the admin's limit is refused, and the fix names the limit", async () => {
    await using opened = await stage({ maxExpiry: 7 * 86_400 });
    for (const expires_at of [later(opened.now()), null])
      expect(await rejection(issue(opened, { expires_at }))).toMatchObject({
        code: "forbidden",
        message: expect.stringMatching(/^The platform says: ".*604800 seconds/),
        fix: expect.stringContaining("168h"),
        allowed: ["168h"],
      });
    expect((await issue(opened, { expires_at: later(opened.now(), 6 * day) })).token.status).toBe("active");
  });

  test("0 was a year before 7.42.1, and is said to be", async () => {
    await using opened = await stage({ version: "7.41.13" });
    const { token, secret } = await issue(opened, { expires_at: null });
    expect(token.expires_at).toBe(later(opened.now(), 365 * day).toISOString());
    expect(secret && opened.provider.cautions?.(secret)).toEqual([
      expect.stringContaining(token.expires_at ?? ""),
    ]);
  });
});

describe("scope", () => {
  test.each([
    ["read_only", "r"],
    ["read_write", "r,w"],
  ] as const)("of %s names each repository", async (permission, actions) => {
    await using opened = await stage();
    const { token, secret } = await issue(opened, { permission });
    // A tag is written over each time that it is pushed.
    const isRetagged = (key: string) => permission === "read_write" && ["docker", "helmoci"].includes(key);
    const scope = keys.map((key) => `artifact:${key}:${actions}${isRetagged(key) ? ",d" : ""}`).join(" ");
    expect(bodyOf(opened).scope).toBe(scope);
    expect(scope.length).toBeLessThanOrEqual(500);
    const others = keys.filter((key) => !isRetagged(key)).join(", ");
    expect(token.scope).toBe(
      permission === "read_only"
        ? `read in ${others}`
        : `read and deploy in ${others}; read, deploy and overwrite in docker, helmoci`,
    );
    const put = (path: string) =>
      fetch(`${opened.fake.url}/artifactory/api/generic/${path}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${secret?.reveal()}` },
        body: "x",
      });
    expect((await put("a/1/b")).status).toBe(permission === "read_only" ? 403 : 201);
  });

  test("has the keys that the team has", async () => {
    await using opened = await stage({ keys: { pypi: "pip", maven: "libs", gradle: [] } });
    await issue(opened);
    expect(bodyOf(opened).scope).toContain("artifact:pip:r ");
    expect(bodyOf(opened).scope).toContain("artifact:libs:r ");
  });

  test.each([
    ["applied-permissions/user artifact:generic-local:r", "read in generic-local; applied-permissions/user"],
    ["artifact:generic-local/path:*", "everything in generic-local/path"],
    ['applied-permissions/groups:developers,"my group"', 'applied-permissions/groups:developers,"my group"'],
    ["applied-permissions/roles:shop:developer,viewer", "applied-permissions/roles:shop:developer,viewer"],
    ["system:metrics:r", "system:metrics:r"],
    ["artifact:npm*:rwd", "read, deploy and overwrite in npm*"],
  ])("can be the operator's: %s", async (scope, inWords) => {
    await using opened = await stage();
    const provider = opened.open({
      FLY_TOKENS_JFROG_SCOPE_READ_WRITE: scope,
      JFROG_ACCESS_TOKEN: opened.fake.admin.token,
    });
    const { token } = await issue(opened, { permission: "read_write" }, provider);
    expect(bodyOf(opened).scope).toBe(scope);
    expect(token).toMatchObject({ scope: inWords, permission: "read_write" });
    expect(await provider.tokens.get(token.id)).toEqual(token);
  });

  test.each([
    "everything",
    "artifact:npm",
    "artifact:npm:z",
    "applied-permissions/root",
    "artifact:[x]:r",
    "   ",
  ])("that is none is refused before anything is sent: %j", async (scope) => {
    await using opened = await stage({}, { FLY_TOKENS_JFROG_SCOPE_READ_ONLY: scope });
    expect(await rejection(issue(opened))).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("scope"),
      fix: expect.stringContaining("artifact:"),
    });
    expect(opened.fake.tokens.length).toBe(2);
  });

  test("has at most 500 characters", async () => {
    const long = Object.fromEntries(keys.map((key) => [key, `${key}-${"x".repeat(50)}`]));
    await using opened = await stage({ keys: long });
    expect(await rejection(issue(opened))).toMatchObject({
      code: "not_configured",
      fix: expect.stringContaining("FLY_TOKENS_JFROG_SCOPE_READ_ONLY"),
    });
  });

  test("that the credential may not give away is refused, and the fix names the setting", async () => {
    await using opened = await stage({}, { FLY_TOKENS_JFROG_SCOPE_READ_ONLY: "applied-permissions/admin" });
    expect(await rejection(issue(opened))).toMatchObject({
      code: "forbidden",
      fix: expect.stringContaining("FLY_TOKENS_JFROG_SCOPE_READ_ONLY"),
    });
  });
});

describe("description", () => {
  test("holds name, permission and environment, so that people can read it", async () => {
    await using opened = await stage();
    await issue(opened, { name: "Déploiement №1", environment: "production" });
    expect(bodyOf(opened).description).toMatch(
      /^fly-tokens r[0-9a-f]{28}: Déploiement №1 \(read-only, for production\) \[artifact:npm:r .*artifact:generic:r\]$/,
    );
  });

  test.each([
    ["a (b) [c]"],
    ["ends (read-write) [artifact:npm:*]"],
    ["fly-tokens k0123456789ab0123456789abcdef: x (read-write) [y]"],
    ["日本語".repeat(33)],
    ["x".repeat(100)],
  ])("gives back the name %s as it was, within 1,024", async (name) => {
    await using opened = await stage();
    const { token } = await issue(opened, { name, environment: "e".repeat(63) });
    expect(Buffer.byteLength(String(bodyOf(opened).description))).toBeLessThanOrEqual(1024);
    expect(token).toMatchObject({ name, permission: "read_only", environment: "e".repeat(63) });
    expect(await opened.provider.tokens.get(token.id)).toEqual(token);
  });
});

describe("include_reference_token", () => {
  const env = { FLY_TOKENS_JFROG_REFERENCE_TOKENS: "true" };

  test("by choice: the value is the reference token, 64 characters", async () => {
    await using opened = await stage({}, env);
    const { token, secret } = await issue(opened, { expires_at: later(opened.now(), 7 * day) });
    expect(secret?.reveal()).toMatch(/^cmVmd[A-Za-z0-9]{59}$/);
    expect(token.username).toBe("bob@example.com");
    expect(secret && (await opened.provider.registries.introspect?.(secret))).toEqual(token);
    expect(await opened.home.read("state/jfrog.jsonl")).not.toContain(secret?.reveal());
    await opened.provider.tokens.revoke(token.id);
    expect(secret && (await opened.provider.registries.introspect?.(secret))).toEqual({
      ...token,
      status: "revoked",
    });
  });

  test("is not there before 7.38.10, and that is said before anything is made", async () => {
    await using opened = await stage({ version: "7.38.9" }, env);
    expect(await rejection(issue(opened))).toMatchObject({ code: "unsupported" });
    expect(opened.fake.tokens.length).toBe(2);
  });
});

describe("username", () => {
  test("is left to the platform, which writes it small", async () => {
    await using opened = await stage();
    opened.fake.addUser({ name: "team/carol+9@example.com" });
    const carol = opened.fake.tokens.at(-1)?.value ?? "";
    const { token } = await issue(opened, {}, opened.open({ JFROG_ACCESS_TOKEN: carol }));
    expect(bodyOf(opened)).not.toHaveProperty("username");
    expect(token).toMatchObject({
      username: "team/carol+9@example.com",
      created_by: "team/carol+9@example.com",
    });
  });
});

test.each(["access_token", "Bearer"])("a token_type %s is accepted", async (token_type) => {
  await using opened = await stage();
  const seed = opened.fake.addToken({ life: 7 * 24 * 3600 });
  const body = { token_id: seed.id, access_token: seed.value, expires_in: 604_800, scope: "x", token_type };
  opened.fake.faults.next("createToken", { kind: "answer", status: 200, body });
  expect((await issue(opened, { expires_at: later(opened.now(), 7 * day) })).secret?.reveal()).toBe(
    seed.value,
  );
});

test("an answer without a value is no success, and what was made is revoked", async () => {
  await using opened = await stage();
  opened.fake.faults.always("createToken", { kind: "answer", status: 200, body: { token_id: "x" } });
  expect(await rejection(issue(opened))).toMatchObject({ code: "provider_down" });
});

test("refresh tokens are not asked for", async () => {
  await using opened = await stage();
  await issue(opened, { expires_at: later(opened.now(), 7 * hour) });
  expect(Object.keys(bodyOf(opened)).sort()).toEqual(["description", "expires_in", "scope"]);
});
