import { describe, expect, test } from "vitest";
import { makeCredential } from "../../src/registry/credential.ts";
import { startRegistry } from "../support/registry.ts";

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
const me = "/fly/api/v1/me";

async function status(
  registry: { fetch: (path: string, init: RequestInit) => Promise<Response> },
  authorization: string,
) {
  const response = await registry.fetch(me, { headers: { authorization } });
  await response.arrayBuffer();
  return response.status;
}

describe("who comes in", () => {
  test("a user by Bearer, whatever the case of that word, and by Basic with their own name", async () => {
    await using registry = await startRegistry();
    expect(await status(registry, `bearer ${registry.adminKey}`)).toBe(200);
    expect(await status(registry, basic("admin", registry.adminKey))).toBe(200);
    expect(await status(registry, basic("ann", registry.adminKey))).toBe(401);
    expect(await status(registry, basic("__token__", registry.adminKey))).toBe(401);
  });

  test("a token by Basic with its user name or __token__, and with no other name", async () => {
    await using registry = await startRegistry();
    const { value } = await registry.mint();
    const introspect = async (username: string) => {
      const headers = { authorization: basic(username, value), "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify({ token: value }) };
      return (await registry.fetch("/fly/api/v1/introspect", init)).status;
    };
    expect(await introspect("admin")).toBe(200);
    expect(await introspect("__token__")).toBe(200);
    expect(await introspect("ann")).toBe(401);
    expect(await introspect("")).toBe(401);
  });

  test("nobody without a credential; the answer says how to bring one", async () => {
    await using registry = await startRegistry();
    const response = await fetch(registry.url + me);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="fly-tokens"');
    expect(await response.json()).toEqual({
      error: { code: "unauthorized", message: "A credential is needed." },
    });
  });

  test("unknown, expired, revoked and malformed credentials get the very same answer", async () => {
    let time = new Date("2026-11-22T12:00:00Z");
    await using registry = await startRegistry({ now: () => time });
    const short = await registry.mint({ expires_at: "2026-11-22T13:00:00Z" });
    const revoked = await registry.mint();
    await registry.call("POST", `/tokens/${revoked.token.id}/revoke`);
    time = new Date("2026-11-22T13:00:00Z");
    const answers = new Set<string>();
    for (const value of [
      short.value,
      revoked.value,
      makeCredential("token"),
      makeCredential("key"),
      "nonsense",
    ]) {
      const response = await registry.fetch("/fly/api/v1/me", {
        headers: { authorization: `Bearer ${value}` },
      });
      answers.add(`${response.status} ${response.headers.get("www-authenticate")} ${await response.text()}`);
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^401 /);
  });

  test.each(["Bearer", "Bearer ", "Basic !!!", "Basic Og==", "Digest x", "Token flyt_x"])(
    "not with the header %j",
    async (header) => {
      await using registry = await startRegistry();
      expect(await status(registry, header)).toBe(401);
    },
  );

  test("a token manages nothing", async () => {
    await using registry = await startRegistry();
    const { value, token } = await registry.mint();
    for (const [method, path] of [
      ["GET", "/me"],
      ["GET", "/tokens"],
      ["GET", `/tokens/${token.id}`],
      ["POST", `/tokens/${token.id}/revoke`],
      ["DELETE", `/tokens/${token.id}`],
      ["GET", "/users"],
      ["GET", "/environments"],
      ["PUT", "/upstreams/npm"],
    ] as const) {
      const response = await registry.call(method, path, undefined, value);
      expect([path, response.status]).toEqual([path, 403]);
    }
  });
});

describe("failed log-ins", () => {
  test("are held up after 20 in a minute from one address; a valid credential from there is still served", async () => {
    let time = new Date("2026-11-22T12:00:00Z");
    await using registry = await startRegistry({ now: () => time });
    for (let count = 0; count < 20; count++)
      expect(await status(registry, `Bearer ${makeCredential("token")}`)).toBe(401);
    const response = await registry.fetch(me, { headers: { authorization: "Bearer wrong" } });
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("60");
    expect(await response.json()).toMatchObject({ error: { code: "rate_limited" } });
    expect(await status(registry, `Bearer ${registry.adminKey}`)).toBe(200);
    time = new Date("2026-11-22T12:01:00Z");
    expect(await status(registry, "Bearer wrong")).toBe(401);
  });

  test("do not come from requests that bring no credential: clients ask that way for the challenge", async () => {
    await using registry = await startRegistry();
    for (let count = 0; count < 30; count++) expect((await fetch(registry.url + me)).status).toBe(401);
    expect(await status(registry, "Bearer wrong")).toBe(401);
  });
});

describe("when a token was used", () => {
  test("is known to the minute", async () => {
    let time = new Date("2026-11-22T12:00:00Z");
    await using registry = await startRegistry({ now: () => time });
    const { value, token } = await registry.mint();
    const use = () => registry.call("POST", "/introspect", { token: value }, value);
    const lastUse = async () =>
      ((await (await registry.call("GET", `/tokens/${token.id}`)).json()) as { last_used_at?: string })
        .last_used_at;
    expect(await lastUse()).toBeUndefined();
    await use();
    time = new Date("2026-11-22T12:00:59Z");
    await use();
    expect(await lastUse()).toBe("2026-11-22T12:00:00.000Z");
    time = new Date("2026-11-22T12:01:00Z");
    await use();
    expect(await lastUse()).toBe("2026-11-22T12:01:00.000Z");
  });
});
