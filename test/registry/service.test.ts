import { createHash, createHmac } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { openRegistry } from "../../src/registry/service.ts";
import { startRegistry } from "../support/registry.ts";
import { onlySqlite } from "../support/store.ts";

describe("health", () => {
  test("is told to anyone", async () => {
    await using registry = await startRegistry();
    const response = await fetch(`${registry.url}/fly/api/v1/health`);
    expect(await response.json()).toEqual({
      service: "fly-tokens-registry",
      version: manifest.version,
      status: "ok",
    });
  });

  test("comes with a proof that whoever holds the admin key can check", async () => {
    await using registry = await startRegistry();
    const response = await fetch(`${registry.url}/fly/api/v1/health?challenge=n%C3%B6nce`);
    const key = createHash("sha256").update(registry.adminKey).digest();
    expect(await response.json()).toMatchObject({
      proof: createHmac("sha256", key).update("nönce").digest("hex"),
    });
  });

  test("proves any user's key that is named by the hash of its hash, and no other", async () => {
    await using registry = await startRegistry();
    const key = createHash("sha256")
      .update(await registry.addUser("ann"))
      .digest();
    const ask = async (id: string) => {
      const response = await fetch(`${registry.url}/fly/api/v1/health?challenge=nonce&key_id=${id}`);
      return (await response.json()) as { proof?: string };
    };
    const proof = createHmac("sha256", key).update("nonce").digest("hex");
    expect(await ask(createHash("sha256").update(key).digest("hex"))).toMatchObject({ proof });
    expect((await ask("00".repeat(32))).proof).toBeUndefined();
    expect((await ask(key.toString("hex"))).proof).toBeUndefined();
    expect(await ask("short")).toMatchObject({ error: { code: "invalid" } });
  });

  test.each(["", "x".repeat(129)])("takes no challenge like %j", async (challenge) => {
    await using registry = await startRegistry();
    expect((await fetch(`${registry.url}/fly/api/v1/health?challenge=${challenge}`)).status).toBe(400);
  });
});

describe("the folder", () => {
  onlySqlite("is private, and so is all that lies in it", async () => {
    await using registry = await startRegistry();
    await registry.mint();
    for (const file of ["admin-key", "registry.db", "registry.db-wal"]) {
      expect([file, (await stat(join(registry.folder, file))).mode & 0o777]).toEqual([file, 0o600]);
    }
    for (const folder of ["", "blobs"])
      expect((await stat(join(registry.folder, folder))).mode & 0o077).toBe(0);
  });

  onlySqlite("holds no value of a token and no user's key but the admin's", async () => {
    await using registry = await startRegistry();
    const key = await registry.addUser("ann");
    const { value } = await registry.mint({ key });
    await registry.call("POST", "/introspect", { token: value }, value);
    const names = (await readdir(registry.folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(names.length).toBeGreaterThan(2);
    for (const entry of names) {
      const content = await readFile(join(entry.parentPath, entry.name), "latin1");
      for (const secret of [value, key]) expect(content.includes(secret)).toBe(false);
      expect(content.includes(registry.adminKey)).toBe(entry.name === "admin-key");
    }
  });

  onlySqlite(
    "gets a new admin key when its file was deleted; the old one opens nothing any more",
    async () => {
      await using first = await startRegistry();
      await rm(join(first.folder, "admin-key"));
      const second = await openRegistry({ folder: first.folder });
      const me = async (key: string) => (await first.call("GET", "/me", undefined, key)).status;
      expect(await me(await second.adminKey())).toBe(200);
      expect(await me(first.adminKey)).toBe(401);
      await second.close();
    },
  );
});

describe("the log", () => {
  test("says who did what and how it ended, without a query, a header or a secret", async () => {
    await using registry = await startRegistry({ now: () => new Date("2026-11-22T12:00:00Z") });
    const { value, token } = await registry.mint();
    await registry.call("POST", "/introspect", { token: value }, value);
    await registry.call("GET", `/tokens?name=${value}`);
    await registry.fetch(`/artifactory/api/npm/npm/-/user/token/${value}`, { method: "DELETE" });
    await registry.fetch("/nowhere", { headers: { authorization: "Bearer flyt_wrong" } });
    expect(registry.log).toHaveLength(5);
    const text = JSON.stringify(registry.log);
    for (const secret of [value, registry.adminKey, "flyt_wrong", "?", "Bearer"])
      expect(text).not.toContain(secret);
    const common = { time: "2026-11-22T12:00:00.000Z", ms: expect.any(Number), address: "127.0.0.1" };
    expect(registry.log[0]).toEqual({
      ...common,
      method: "POST",
      path: "/fly/api/v1/tokens",
      status: 201,
      user: "admin",
    });
    expect(registry.log[1]).toEqual({
      ...common,
      method: "POST",
      path: "/fly/api/v1/introspect",
      status: 200,
      token: token.id,
    });
    expect(registry.log[4]).toEqual({ ...common, method: "GET", path: "/nowhere", status: 404 });
  });

  test("has what went wrong inside; the client is only told that something did", async () => {
    await using registry = await startRegistry();
    const db = await registry.openDatabase();
    await sql`alter table environments rename to elsewhere`.execute(db);
    await db.destroy();
    const response = await registry.call("GET", "/environments");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: { code: "internal", message: "The registry failed; its log says why." },
    });
    expect(registry.log[0]).toMatchObject({ fault: expect.stringContaining("environments") });
    expect(registry.log[1]).toMatchObject({ status: 500 });
  });
});

test("every room is there, behind its own kind of challenge, and nothing else is", async () => {
  await using registry = await startRegistry();
  for (const [path, status] of [
    ["/artifactory/api/npm/npm/left-pad", 401],
    ["/artifactory/api/pypi/pypi/simple/left-pad/", 401],
    ["/v2/", 401],
    ["/fly/api/v1/me", 401],
    ["/fly/api/v1/nowhere", 401],
    ["/nowhere", 404],
    ["/", 404],
  ] as const) {
    const response = await fetch(registry.url + path);
    expect([path, response.status]).toEqual([path, status]);
    expect([path, response.headers.has("www-authenticate")]).toEqual([path, status === 401]);
  }
});

test("a user's key opens no repository, and the refusal says to mint a token", async () => {
  await using registry = await startRegistry();
  for (const path of [
    "/artifactory/api/npm/npm/left-pad",
    "/artifactory/api/pypi/pypi/simple/left-pad/",
    "/v2/docker/app/tags/list",
  ]) {
    const response = await registry.fetch(path);
    expect([path, response.status]).toEqual([path, 403]);
    expect(await response.text()).toContain("mint a token");
  }
});

test("a registry that is closed lets what is running finish and refuses the rest", async () => {
  await using served = await startRegistry();
  const registry = await openRegistry({ folder: served.folder, database: served.database });
  const headers = { authorization: `Bearer ${served.adminKey}`, "content-type": "application/json" };
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const init = { method: "POST", headers, body: readable, duplex: "half" } as const;
  const running = registry.fetch(new Request("http://registry/fly/api/v1/tokens", init));
  const closed = registry.close();
  expect((await registry.fetch(new Request("http://registry/fly/api/v1/health"))).status).toBe(503);
  const writer = writable.getWriter();
  await writer.write(
    new TextEncoder().encode(JSON.stringify({ name: "late", permission: "read_only", expires_at: null })),
  );
  await writer.close();
  expect((await running).status).toBe(201);
  await closed;
  await registry.close();
  expect(await (await served.call("GET", "/tokens")).json()).toMatchObject({ tokens: [{ name: "late" }] });
});
