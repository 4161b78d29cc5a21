import { X509Certificate } from "node:crypto";
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import type { MintOptions } from "../../support/registry-client.ts";
import { type Made, make, pemFile } from "./certificates.ts";

const service = "images.example:5000";

let made: Made;
beforeAll(async () => {
  made = await make();
});

async function open() {
  const certificate = await pemFile(made.key + made.certificate);
  const upstreams = { docker: new Secret(`https://${service}`) };
  return startRegistry({ gateway: { upstreams, certificate } });
}

interface Answer {
  token: string;
  access_token: string;
  expires_in: number;
  issued_at: string;
  scope: string;
}

const basic = (value: string, username = "admin") =>
  `Basic ${Buffer.from(`${username}:${value}`).toString("base64")}`;

function ask(registry: TestRegistry, value: string, query: Record<string, string>): Promise<Response> {
  return registry.fetch(`/v2/token?${new URLSearchParams(query)}`, {
    headers: { authorization: basic(value) },
  });
}

async function logIn(registry: TestRegistry, wanted: MintOptions, scope: string) {
  const { token, value } = await registry.mint(wanted);
  const response = await ask(registry, value, { service, scope });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const answer = (await response.json()) as Answer;
  return { token, value, answer, claims: await verified(answer.token) };
}

/** As the docker registry does it: with the key of a certificate that it trusts. */
async function verified(jwt: string): Promise<JWTPayload & { access?: unknown }> {
  const [der = ""] = decodeProtectedHeader(jwt).x5c ?? [];
  const certificate = new X509Certificate(Buffer.from(der, "base64"));
  expect(certificate.fingerprint256).toBe(new X509Certificate(made.certificate).fingerprint256);
  const { payload } = await jwtVerify(jwt, certificate.publicKey, {
    issuer: "fly-tokens",
    audience: service,
  });
  return payload;
}

describe("a token for the docker registry behind the gateway", () => {
  it("is a JWT that names token, registry and what may be done, and lives for a minute", async () => {
    await using registry = await open();
    const { token, answer, claims } = await logIn(registry, {}, "repository:org/app:pull,push");
    expect(decodeProtectedHeader(answer.token)).toMatchObject({ typ: "JWT", alg: "ES256" });
    expect(claims).toMatchObject({
      iss: "fly-tokens",
      aud: service,
      sub: token.id,
      jti: expect.any(String),
      access: [{ type: "repository", name: "org/app", actions: ["pull", "push"] }],
    });
    const { iat = 0, nbf, exp = 0 } = claims;
    expect([nbf, exp - iat]).toEqual([iat, 60]);
    expect(answer).toMatchObject({
      access_token: answer.token,
      expires_in: 60,
      scope: "repository:org/app:pull,push",
    });
    expect(Math.floor(Date.parse(answer.issued_at) / 1000)).toBe(iat);
  });

  it("is another one each time", async () => {
    await using registry = await open();
    const { value, claims } = await logIn(registry, {}, "");
    const again = (await (await ask(registry, value, { service })).json()) as Answer;
    expect((await verified(again.token)).jti).not.toBe(claims.jti);
  });

  it("never outlives the token", async () => {
    await using registry = await open();
    const end = new Date(Date.now() + 20_000);
    const { answer, claims } = await logIn(registry, { expires_at: end.toISOString() }, "repository:a:pull");
    expect((claims.exp ?? 0) * 1000).toBeLessThanOrEqual(end.getTime());
    expect(answer.expires_in).toBe((claims.exp ?? 0) - (claims.iat ?? 0));
  });

  it.each<[string, "read_only" | "read_write", string, string]>([
    ["read-only", "read_only", "repository:a:pull,push", "repository:a:pull"],
    ["read-only, asked for everything", "read_only", "repository:a:*", "repository:a:pull"],
    ["read-only, asked for push alone", "read_only", "repository:a:push", ""],
    ["read-only, asked for the list of repositories", "read_only", "registry:catalog:*", ""],
    ["for writing", "read_write", "repository:a:*", "repository:a:pull,push,delete"],
    ["for writing, the list of repositories", "read_write", "registry:catalog:*", "registry:catalog:*"],
    ["for writing, of a plugin", "read_write", "repository(plugin):a:pull", "repository:a:pull"],
    [
      "what is no scope",
      "read_write",
      "nonsense repository:UPPER:pull repository:b: :: repository:c:admin",
      "",
    ],
    ["another resource", "read_write", "registry:users:* registry:catalog:read", ""],
    [
      "several in one text",
      "read_write",
      "repository:a:pull repository:b:push",
      "repository:a:pull repository:b:push",
    ],
  ])("%s: is cut down to the permission", async (_what, permission, scope, granted) => {
    await using registry = await open();
    const { answer, claims } = await logIn(registry, { permission }, scope);
    expect(answer.scope).toBe(granted);
    const access = claims.access as { type: string; name: string; actions: string[] }[];
    const said = access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(",")}`);
    expect(said.join(" ")).toBe(granted);
  });

  it("is given for a form as well", async () => {
    await using registry = await open();
    const { value } = await registry.mint();
    const form = {
      grant_type: "password",
      username: "admin",
      password: value,
      service,
      scope: "repository:a:pull",
    };
    const response = await fetch(`${registry.url}/v2/token`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
    const { token } = (await response.json()) as Answer;
    expect(await verified(token)).toMatchObject({ access: [{ name: "a", actions: ["pull"] }] });
  });

  it("is refused to whoever has no token: nobody, a stranger, a user's key, and a wrong name", async () => {
    await using registry = await open();
    const { value } = await registry.mint();
    const url = `${registry.url}/v2/token?service=${service}`;
    const status = async (headers: Record<string, string>) => (await fetch(url, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: basic("wrong") })).toBe(401);
    expect(await status({ authorization: basic(value, "ann") })).toBe(401);
    expect(await status({ authorization: basic(registry.adminKey) })).toBe(403);
  });

  it("is refused from the very moment that the token is revoked, or expires", async () => {
    await using registry = await open();
    const { token, value, claims } = await logIn(registry, {}, "repository:a:pull");
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect((await ask(registry, value, { service, scope: "repository:a:pull" })).status).toBe(401);
    expect((claims.exp ?? 0) * 1000 - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it("does not open the registry here: whose audience is another", async () => {
    await using registry = await open();
    const { answer } = await logIn(registry, {}, "repository:docker/a:pull");
    const headers = { authorization: `Bearer ${answer.token}` };
    expect((await registry.fetch("/v2/docker/a/tags/list", { headers })).status).toBe(401);
  });

  it.each([{ service: "fly-tokens" }, { service: "images.example" }, { service: "" }, {}])(
    "is for that registry alone: %j gets an access token of the registry here",
    async (query) => {
      await using registry = await open();
      const { value } = await registry.mint();
      const answer = (await (
        await ask(registry, value, { scope: "repository:a:pull", ...query })
      ).json()) as Answer;
      expect(answer).toMatchObject({ token: expect.stringMatching(/^flya_/), expires_in: 300 });
    },
  );

  it("is for a registry whose name is written in capitals, too, and none without one behind the gateway", async () => {
    await using registry = await open();
    const { value } = await registry.mint();
    const loud = (await (await ask(registry, value, { service: service.toUpperCase() })).json()) as Answer;
    expect(loud.expires_in).toBe(60);
    await using plain = await startRegistry();
    const minted = await plain.mint();
    const own = (await (await ask(plain, minted.value, { service })).json()) as Answer;
    expect(own.token).toMatch(/^flya_/);
  });

  it("never reaches the log, nor does the key", async () => {
    await using registry = await open();
    const { answer, value } = await logIn(registry, {}, "repository:a:pull");
    const text = JSON.stringify(registry.log);
    expect(text).toContain("/v2/token");
    for (const secret of [answer.token, value, made.key.split("\n")[1] ?? "-"])
      expect(text).not.toContain(secret);
  });
});
