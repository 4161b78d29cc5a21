/** Reference, section 1.2 (addresses) and 3.8 (claims): where packages are, whose a token is, who one is. */
import { describe, expect, test } from "vitest";
import type { Ecosystem } from "../../../src/providers/provider.ts";
import { Secret } from "../../../src/secret.ts";
import { rejection, startServer } from "../server.ts";
import { hour, issue, later, openJfrog, stage } from "./open.ts";

describe("the address of", () => {
  test.each<[Ecosystem, object]>([
    ["npm", { url: "ART/api/npm/npm/" }],
    ["pypi", { url: "ART/api/pypi/pypi/simple", publish_url: "ART/api/pypi/pypi" }],
    ["docker", { url: "HOST", path: "docker" }],
    ["go", { url: "ART/api/go/go" }],
    ["maven", { url: "ART/maven" }],
    ["nuget", { url: "ART/api/nuget/v3/nuget/index.json" }],
    ["generic", { url: "ART/api/generic" }],
  ])("%s is as documented", async (ecosystem, expected) => {
    await using opened = await stage();
    const { url, host } = opened.fake;
    const text = JSON.stringify(expected).replaceAll("ART", `${url}/artifactory`).replaceAll("HOST", host);
    expect(await opened.provider.registries.endpoint(ecosystem)).toMatchObject(JSON.parse(text));
  });

  test("a platform at SUB.jfrog.io is SUB.jfrog.io, without a port", async () => {
    await using opened = await stage();
    const provider = openJfrog(
      opened.home.path,
      { JFROG_URL: "https://acme.jfrog.io", JFROG_ACCESS_TOKEN: opened.fake.developer.token },
      { fetch: async () => new Response("{}", { status: 403 }) },
    );
    expect(await provider.registries.endpoint("docker")).toMatchObject({
      url: "acme.jfrog.io",
      path: "docker",
    });
    expect(await provider.registries.endpoint("npm")).toMatchObject({
      url: "https://acme.jfrog.io/artifactory/api/npm/npm/",
    });
  });

  test.each<Ecosystem>(["cargo", "gems", "composer", "terraform", "conda"])(
    "%s packages is not documented, and that is said",
    async (ecosystem) => {
      await using opened = await stage();
      expect(await rejection(opened.provider.registries.endpoint(ecosystem))).toMatchObject({
        code: "unsupported",
        allowed: expect.arrayContaining(["npm", "docker"]),
      });
    },
  );
});

describe("repository keys", () => {
  test("are those that the platform lists, asked for once", async () => {
    await using opened = await stage({ keys: { npm: "js", pypi: "pip", maven: ["libs", "maven"] } });
    const { endpoint } = opened.provider.registries;
    expect((await endpoint("npm")).url).toMatch(/\/api\/npm\/js\/$/);
    expect((await endpoint("pypi")).url).toMatch(/\/api\/pypi\/pip\/simple$/);
    expect((await endpoint("maven")).url).toMatch(/\/maven$/);
    expect(opened.fake.requests.filter(({ operation }) => operation === "listRepositories").length).toBe(1);
  });

  test("are the usual ones where it has several others", async () => {
    await using opened = await stage({ keys: { npm: ["a", "b"] } });
    expect((await opened.provider.registries.endpoint("npm")).url).toMatch(/\/api\/npm\/npm\/$/);
  });

  test("are the usual ones where the credential may not ask", async () => {
    await using opened = await stage({ listsRepositories: false });
    expect((await opened.provider.registries.endpoint("pypi")).url).toMatch(/\/api\/pypi\/pypi\/simple$/);
  });

  test("of PyPI is pypi, then pip, where the credential may not ask", async () => {
    await using opened = await stage({ listsRepositories: false, keys: { pypi: "pip" } });
    expect((await opened.provider.registries.endpoint("pypi")).url).toMatch(/\/api\/pypi\/pip\/simple$/);
  });

  test("are configured by one setting, before anything else", async () => {
    await using opened = await stage(
      {},
      { FLY_TOKENS_JFROG_REPOSITORIES: "pypi=pip,maven=libs,docker=images" },
    );
    const { endpoint } = opened.provider.registries;
    expect((await endpoint("pypi")).url).toMatch(/\/api\/pypi\/pip\/simple$/);
    expect((await endpoint("maven")).url).toMatch(/\/libs$/);
    expect(await endpoint("docker")).toMatchObject({ path: "images" });
  });

  test("that are configured for what is no kind are refused", async () => {
    await using opened = await stage({}, { FLY_TOKENS_JFROG_REPOSITORIES: "pypy=pip" });
    expect(await rejection(opened.provider.registries.endpoint("npm"))).toMatchObject({
      code: "not_configured",
      allowed: expect.arrayContaining(["pypi", "helm", "gradle"]),
    });
  });

  test.each(["npm=a/b", "npm=..%2f", "npm=a b", "npm="])("cannot be %s", async (text) => {
    await using opened = await stage();
    expect(() => opened.open({ FLY_TOKENS_JFROG_REPOSITORIES: text })).toThrow(
      /FLY_TOKENS_JFROG_REPOSITORIES/,
    );
  });

  test("are named when they are known", async () => {
    await using opened = await stage({ keys: { pypi: "pip" } });
    expect(opened.provider.facts?.()).toEqual([]);
    await opened.provider.registries.endpoint("npm");
    expect(opened.provider.facts?.()).toEqual([
      expect.stringContaining("npm, pypi=pip, docker, helm=helmoci, go, maven, gradle, nuget, generic"),
    ]);
  });
});

describe("whose a value is", () => {
  const known = (value: string | undefined, one: Awaited<ReturnType<typeof stage>>) =>
    one.provider.registries.introspect?.(new Secret(value ?? ""));

  test("says the platform, asked with that token itself", async () => {
    await using opened = await stage();
    const { value, id } = opened.fake.addToken({ username: "alice@example.com", life: 40_000 });
    expect(await known(value, opened)).toMatchObject({ id, username: "alice@example.com", status: "active" });
    const last = opened.fake.received.at(-1);
    expect(last?.headers.authorization).toBe(`Bearer ${value}`);
  });

  test("says its id, where the token is dead and ours", async () => {
    await using opened = await stage();
    const { token, secret } = await issue(opened);
    await opened.provider.tokens.revoke(token.id);
    expect(await known(secret?.reveal(), opened)).toEqual({ ...token, status: "revoked" });
  });

  test("says its id before 7.53.1, where a token cannot ask about itself", async () => {
    await using opened = await stage({ version: "7.53.0" });
    const { token, secret } = await issue(opened);
    expect(await known(secret?.reveal(), opened)).toEqual(token);
  });

  test("is not known of one that was tampered with, although it names a token that lives", async () => {
    await using opened = await stage();
    const { secret } = await issue(opened);
    const [head, body] = secret?.reveal().split(".") ?? [];
    expect(await known(`${head}.${body}.${"A".repeat(80)}`, opened)).toBeUndefined();
  });

  test("of somebody else's dead one is not known", async () => {
    await using opened = await stage();
    const token = opened.fake.addToken({ username: "alice@example.com" });
    token.revokedAt = 1;
    expect(await known(token.value, opened)).toBeUndefined();
  });

  test("is a reference token's too", async () => {
    await using opened = await stage();
    const { reference, id } = opened.fake.addToken({ reference: true });
    expect(await known(reference, opened)).toMatchObject({ id });
  });

  test("is not asked of a platform that another one's token would be sent to", async () => {
    await using opened = await stage();
    const { fake, provider } = opened;
    const another = new Secret(fake.addToken({ foreign: true }).value);
    const byReference = opened.open({
      JFROG_ACCESS_TOKEN: fake.addToken({ reference: true }).reference ?? "",
    });
    for (const { registries } of [provider, byReference]) {
      expect(await registries.introspect?.(another)).toBeUndefined();
      const refusal = rejection(registries.introspect?.(another, "anywhere") ?? Promise.resolve());
      expect(await refusal).toMatchObject({
        code: "not_found",
        message: expect.stringMatching(/^Another platform/),
      });
    }
    expect(JSON.stringify(fake.received)).not.toContain(another.reveal().slice(-60));
  });

  test("is not asked about what lay anywhere, where it cannot be told whose it is", async () => {
    await using opened = await stage();
    const { value, id, reference = "" } = opened.fake.addToken({ reference: true });
    const { introspect } = opened.provider.registries;
    expect(await introspect?.(new Secret(value), "anywhere")).toMatchObject({ id });
    const { length } = opened.fake.received;
    const refusal = rejection(introspect?.(new Secret(reference), "anywhere") ?? Promise.resolve());
    expect(await refusal).toMatchObject({ message: expect.stringContaining("sent nowhere") });
    expect(opened.fake.received.length).toBe(length);
    // By a credential whose platform is too old to say who it is.
    const old = await stage({ version: "7.53.0" });
    await using _ = old;
    const other = old.open({ JFROG_ACCESS_TOKEN: old.fake.addToken({ reference: true }).reference ?? "" });
    const jwt = new Secret(old.fake.addToken().value);
    const second = rejection(other.registries.introspect?.(jwt, "anywhere") ?? Promise.resolve());
    expect(await second).toMatchObject({ message: expect.stringContaining("cannot be told") });
    expect(JSON.stringify(old.fake.received)).not.toContain(jwt.reveal().slice(-60));
  });

  test.each([
    "hunter2",
    "eyJhbGciOiJub25lIn0.e30.x",
    "npm_abcdefghijklmnopqrstuvwxyz0123456789",
    `cmVmd${"x".repeat(20)}`,
  ])("asks nobody about what has not the form: %s", async (value) => {
    await using opened = await stage();
    expect(await known(value, opened)).toBeUndefined();
    expect(opened.fake.received).toEqual([]);
  });
});

describe("who one is", () => {
  test("an admin by the token's scope", async () => {
    await using opened = await stage();
    const { value, id } = opened.fake.addToken({
      username: "alice@example.com",
      scope: "applied-permissions/admin",
    });
    const provider = opened.open({ JFROG_ACCESS_TOKEN: value });
    expect(await provider.identity.me()).toEqual({
      username: "alice@example.com",
      role: "admin",
      token_id: id,
    });
  });

  test("an admin by being shown others' tokens, else a developer", async () => {
    await using opened = await stage();
    const { fake, provider } = opened;
    const admin = opened.open({ JFROG_ACCESS_TOKEN: fake.admin.token });
    expect(await admin.identity.me()).toMatchObject({ username: "alice@example.com", role: "admin" });
    expect(await provider.identity.me()).toEqual({
      username: "bob@example.com",
      role: "developer",
      token_id: fake.developer.record.id,
    });
  });

  test("by a reference token, which says nothing of itself", async () => {
    await using opened = await stage();
    const { reference = "", id } = opened.fake.addToken({ reference: true });
    const provider = opened.open({ JFROG_ACCESS_TOKEN: reference });
    expect(await provider.identity.me()).toMatchObject({ username: "bob@example.com", token_id: id });
    const { token } = await issue(opened, {}, provider);
    expect(token.username).toBe("bob@example.com");
  });

  test.each([{ version: "7.53.0" }, { persistencyThreshold: 9 * 3600 }])(
    "by the token's own word, where the platform does not know it, %j",
    async (options) => {
      await using opened = await stage(options);
      const { value, id } = opened.fake.addToken({ life: 3600 });
      const provider = opened.open({ JFROG_ACCESS_TOKEN: value });
      expect(await provider.identity.me()).toMatchObject({ username: "bob@example.com", token_id: id });
      opened.advance(hour);
      expect(await rejection(provider.identity.me())).toMatchObject({ code: "unauthorized" });
    },
  );
});

test("the credential goes to the platform alone", async () => {
  await using opened = await stage();
  await using other = await startServer((_, response) => response.end("{}"));
  const { secret } = await issue(opened, { expires_at: later(opened.now(), hour) });
  if (secret) await opened.provider.registries.introspect?.(secret);
  expect(other.received).toEqual([]);
  expect(new Set(opened.fake.received.map(({ headers }) => headers.host))).toEqual(
    new Set([opened.fake.host]),
  );
});
