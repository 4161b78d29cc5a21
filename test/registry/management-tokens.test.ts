import { describe, expect, test } from "vitest";
import { makeCredential } from "../../src/registry/credential.ts";
import type { TokenView } from "../../src/registry/tokens.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const wanted = { name: "ci", permission: "read_only", expires_at: null };

async function minted(response: Response): Promise<{ token: TokenView; value?: string }> {
  return (await response.json()) as { token: TokenView; value?: string };
}

function post(registry: TestRegistry, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
  return registry.fetch("/fly/api/v1/tokens", init);
}

describe("minting", () => {
  test("answers with the token and, this once, its value", async () => {
    let time = new Date("2026-11-22T12:00:00Z");
    await using registry = await startRegistry({ now: () => time });
    await registry.call("POST", "/environments", { name: "production" });
    const response = await registry.call("POST", "/tokens", {
      ...wanted,
      expires_at: "2026-12-01T02:00:00+02:00",
      environment: "production",
    });
    expect(response.status).toBe(201);
    const { token, value } = await minted(response);
    expect(value).toMatch(/^flyt_[0-9A-Za-z]{49}$/);
    expect(token).toEqual({
      id: expect.stringMatching(/^tok_[0-9A-Za-z]{20}$/),
      name: "ci",
      username: "admin",
      permission: "read_only",
      environment: "production",
      created_by: "admin",
      created_at: "2026-11-22T12:00:00.000Z",
      expires_at: "2026-12-01T00:00:00.000Z",
      status: "active",
    });
    time = new Date("2026-12-01T00:00:00Z");
    expect(await (await registry.call("GET", `/tokens/${token.id}`)).json()).toEqual({
      ...token,
      status: "expired",
    });
  });

  test.each([
    ["an expiry in the past", { ...wanted, expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["no word about the expiry", { name: "ci", permission: "read_only" }, "expires_at"],
    ["an expiry without a time zone", { ...wanted, expires_at: "2099-01-01T00:00:00" }, "expires_at"],
    ["a day that does not exist", { ...wanted, expires_at: "2099-02-30T00:00:00Z" }, "expires_at"],
    ["another permission", { ...wanted, permission: "admin" }, "permission"],
    ["an unknown field", { ...wanted, scope: "*" }, "scope"],
    ["a name that hides something", { ...wanted, name: "a\u202Eb" }, "name"],
    ["a name that is no text", { ...wanted, name: 1 }, "name"],
    ["no object", [], ""],
  ])("is refused for %s", async (_what, body, field) => {
    await using registry = await startRegistry();
    const response = await registry.call("POST", "/tokens", body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe("invalid");
    expect(error.message).toContain(field);
    expect(await (await registry.call("GET", "/tokens")).json()).toEqual({ tokens: [], total: 0 });
  });

  test("is refused for an environment that does not exist", async () => {
    await using registry = await startRegistry();
    const response = await registry.call("POST", "/tokens", { ...wanted, environment: "nowhere" });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("nowhere");
  });

  test("takes nothing but JSON of at most 64 KiB", async () => {
    await using registry = await startRegistry();
    expect(
      (await post(registry, "name=ci", { "content-type": "application/x-www-form-urlencoded" })).status,
    ).toBe(415);
    expect((await post(registry, "{")).status).toBe(400);
    const long = JSON.stringify({ ...wanted, name: "x".repeat(65_536) });
    expect((await post(registry, long)).status).toBe(413);
    const pieces = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 70; count++)
          controller.enqueue(new TextEncoder().encode(" ".repeat(1024)));
        controller.close();
      },
    });
    const streamed = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: pieces,
      duplex: "half",
    } as const;
    expect((await registry.fetch("/fly/api/v1/tokens", streamed)).status).toBe(413);
  });
});

describe("an idempotency key", () => {
  const key = { "idempotency-key": "7f1b" };

  test("gets the same token and value again for ten minutes, then the token without the value", async () => {
    let time = new Date("2026-11-22T12:00:00Z");
    await using registry = await startRegistry({ now: () => time });
    const first = await post(registry, JSON.stringify(wanted), key);
    expect(first.status).toBe(201);
    const { token, value } = await minted(first);
    const second = await post(
      registry,
      JSON.stringify({ expires_at: null, permission: "read_only", name: "ci" }),
      key,
    );
    expect(second.status).toBe(200);
    expect(await minted(second)).toEqual({ token, value });
    time = new Date("2026-11-22T12:10:00Z");
    const third = await post(registry, JSON.stringify(wanted), key);
    expect(third.status).toBe(200);
    expect(await minted(third)).toEqual({ token });
    expect(await (await registry.call("GET", "/tokens")).json()).toMatchObject({ total: 1 });
  });

  test("makes one token of many requests at once", async () => {
    await using registry = await startRegistry();
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => post(registry, JSON.stringify(wanted), key)),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    const ids = new Set(
      await Promise.all(responses.map(async (response) => (await minted(response)).token.id)),
    );
    expect(ids.size).toBe(1);
  });

  test("of another request is a conflict", async () => {
    await using registry = await startRegistry();
    await post(registry, JSON.stringify(wanted), key);
    const response = await post(registry, JSON.stringify({ ...wanted, permission: "read_write" }), key);
    expect(response.status).toBe(409);
    expect(await response.text()).not.toContain("flyt_");
  });

  test("belongs to its user: another one's is another key", async () => {
    await using registry = await startRegistry();
    const ann = await registry.addUser("ann");
    expect((await post(registry, JSON.stringify(wanted), key)).status).toBe(201);
    expect(
      (await post(registry, JSON.stringify(wanted), { ...key, authorization: `Bearer ${ann}` })).status,
    ).toBe(201);
  });

  test("does not get the value of a token that was revoked meanwhile", async () => {
    await using registry = await startRegistry();
    const { token } = await minted(await post(registry, JSON.stringify(wanted), key));
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await minted(await post(registry, JSON.stringify(wanted), key))).toEqual({
      token: { ...token, status: "revoked" },
    });
  });

  test.each(["", "with space", "é", "x".repeat(256)])("is not %j", async (bad) => {
    await using registry = await startRegistry();
    const response = await post(registry, JSON.stringify(wanted), { "idempotency-key": bad });
    expect(response.status).toBe(400);
  });
});

describe("who may do what with a token", () => {
  test("an admin everything; a developer what they created; of others they cannot tell that they exist", async () => {
    await using registry = await startRegistry();
    const [ann, bob] = [await registry.addUser("ann"), await registry.addUser("bob")];
    const matrix = [
      ["GET", "", 200, 200, 404],
      ["POST", "/revoke", 200, 200, 404],
      ["DELETE", "", 409, 409, 404],
    ] as const;
    for (const [method, suffix, ofAdmin, ofOwner, ofOther] of matrix) {
      for (const [key, expected] of [
        [bob, ofOther],
        [ann, ofOwner],
        [registry.adminKey, ofAdmin],
      ] as const) {
        const { token } = await registry.mint({ key: ann });
        const response = await registry.call(method, `/tokens/${token.id}${suffix}`, undefined, key);
        expect([method, suffix, response.status]).toEqual([method, suffix, expected]);
      }
    }
  });

  test("a foreign token and an unknown one are answered with the same bytes", async () => {
    await using registry = await startRegistry();
    const [ann, bob] = [await registry.addUser("ann"), await registry.addUser("bob")];
    const { token } = await registry.mint({ key: ann });
    const unknown = `${token.id.slice(0, -4)}0000`;
    const answer = async (method: string, id: string, suffix = "") => {
      const response = await registry.call(method, `/tokens/${id}${suffix}`, undefined, bob);
      const headers = [...response.headers].filter(([name]) => name !== "date");
      return { status: response.status, headers, body: await response.text() };
    };
    expect(await answer("GET", token.id)).toEqual(await answer("GET", unknown));
    expect(await answer("DELETE", token.id)).toEqual(await answer("DELETE", unknown));
    expect(await answer("POST", token.id, "/revoke")).toEqual(await answer("POST", unknown, "/revoke"));
  });

  test("a developer's list has their own tokens only, whatever they filter for", async () => {
    await using registry = await startRegistry();
    const [ann, bob] = [await registry.addUser("ann"), await registry.addUser("bob")];
    await registry.mint({ key: ann });
    await registry.mint({ key: bob, name: "bob's" });
    const list = async (key: string, query = "") =>
      (await registry.call("GET", `/tokens${query}`, undefined, key)).json();
    expect(await list(bob)).toMatchObject({ tokens: [{ name: "bob's" }], total: 1 });
    expect(await list(bob, "?created_by=ann")).toEqual({ tokens: [], total: 0 });
    expect(await list(registry.adminKey, "?created_by=ann")).toMatchObject({ total: 1 });
    expect(await list(registry.adminKey)).toMatchObject({ total: 2 });
  });
});

describe("revoking and deleting", () => {
  test("a token opens nothing from the moment that its revocation is answered", async () => {
    await using registry = await startRegistry();
    const { token, value } = await registry.mint();
    const use = async () => (await registry.call("POST", "/introspect", { token: value }, value)).status;
    expect(await use()).toBe(200);
    const first = await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await first.json()).toMatchObject({ token: { id: token.id, status: "revoked" }, already: false });
    expect(await use()).toBe(401);
    const second = await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await second.json()).toMatchObject({ token: { status: "revoked" }, already: true });
  });

  test("only what is not active can be deleted, and then it is gone", async () => {
    await using registry = await startRegistry();
    const { token } = await registry.mint();
    expect((await registry.call("DELETE", `/tokens/${token.id}`)).status).toBe(409);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect((await registry.call("DELETE", `/tokens/${token.id}`)).status).toBe(204);
    expect((await registry.call("GET", `/tokens/${token.id}`)).status).toBe(404);
  });
});

describe("introspection", () => {
  test("tells an admin of any token, a developer of their own, a token of itself, and else nothing", async () => {
    await using registry = await startRegistry();
    const [ann, bob] = [await registry.addUser("ann"), await registry.addUser("bob")];
    const [first, second] = [await registry.mint({ key: ann }), await registry.mint({ key: ann })];
    const ask = async (key: string, token: string) =>
      (await registry.call("POST", "/introspect", { token }, key)).json();
    const known = { active: true, token: { id: first.token.id, status: "active" } };
    expect(await ask(registry.adminKey, first.value)).toMatchObject(known);
    expect(await ask(ann, first.value)).toMatchObject(known);
    expect(await ask(first.value, first.value)).toMatchObject(known);
    const nothing = { active: false };
    expect(await ask(bob, first.value)).toEqual(nothing);
    expect(await ask(second.value, first.value)).toEqual(nothing);
    expect(await ask(registry.adminKey, makeCredential("token"))).toEqual(nothing);
    expect(await ask(registry.adminKey, "nonsense")).toEqual(nothing);
    expect(await ask(registry.adminKey, registry.adminKey)).toEqual(nothing);
  });

  test("tells those who may know what became of a token that is not active", async () => {
    await using registry = await startRegistry();
    const { token, value } = await registry.mint();
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    const response = await registry.call("POST", "/introspect", { token: value });
    expect(await response.json()).toEqual({ active: false, token: { ...token, status: "revoked" } });
  });
});
