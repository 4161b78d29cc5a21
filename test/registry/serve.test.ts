import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveRegistry } from "../../src/registry/serve.ts";
import { startRegistry } from "../support/registry.ts";
import { mount, npmClient } from "./npm/client.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fly-tokens-serve-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each(["0.0.0.0", "::", "192.168.1.1", "registry.example", "127.0.0.1.example"])(
  "it does not listen at %s unless it is told that others may reach it",
  async (host) => {
    await expect(serveRegistry({ folder, host, port: 0 })).rejects.toMatchObject({
      code: "not_configured",
      fix: expect.stringContaining("FLY_TOKENS_REGISTRY_LISTEN"),
    });
  },
);

test("it listens for others when it is told so", async () => {
  const served = await serveRegistry({ folder, host: "0.0.0.0", port: 0, remote: true });
  const response = await fetch(`${served.url.replace("0.0.0.0", "127.0.0.1")}/fly/api/v1/health`);
  expect(response.status).toBe(200);
  await served.close();
});

test("it listens at an address of IPv6, and says at which port when any was fine", async () => {
  const served = await serveRegistry({ folder, host: "::1", port: 0 });
  expect(served.url).toMatch(/^http:\/\/\[::1\]:[1-9]\d*$/);
  expect((await fetch(`${served.url}/fly/api/v1/health`)).status).toBe(200);
  await served.close();
});

test("what it says of itself has the proxy's address, whatever it was asked by", async () => {
  const publicUrl = "https://registry.example";
  await using registry = await startRegistry({ publicUrl, upstreams: { npm: "https://packages.example" } });
  const { value } = await registry.mint();
  const authorization = `Bearer ${value}`;
  const challenge = await fetch(`${registry.url}/v2/`);
  expect(challenge.headers.get("www-authenticate")).toContain(`realm="${publicUrl}/v2/token"`);
  const started = await fetch(`${registry.url}/v2/docker/hello/blobs/uploads/`, {
    method: "POST",
    headers: { authorization },
  });
  expect(started.headers.get("location")).toMatch(/^\/v2\/docker\/hello\/blobs\/uploads\/[\w-]+$/);
  const npm = npmClient(registry, value);
  expect((await npm.publish("tool", "1.0.0")).status).toBe(201);
  expect((await npm.document("tool")).versions["1.0.0"]?.dist.tarball).toBe(
    `${publicUrl}${mount}/tool/-/tool-1.0.0.tgz`,
  );
  // A registry that sent clients to itself would send them round in circles.
  for (const [url, status] of [
    [`${publicUrl}${mount}/`, 400],
    ["https://other.example", 200],
  ] as const)
    expect((await registry.call("PUT", "/upstreams/npm", { url })).status).toBe(status);
});

test("a port that is taken is a conflict, and the folder is free again", async () => {
  await using other = await startRegistry();
  const port = Number(new URL(other.url).port);
  await expect(serveRegistry({ folder, port })).rejects.toMatchObject({ code: "conflict" });
  await (await serveRegistry({ folder, port: 0 })).close();
});

test("stopping lets a running request finish, ends idle connections, and accepts nothing more", async () => {
  const served = await serveRegistry({ folder, port: 0 });
  const authorization = `Bearer ${await served.registry.adminKey()}`;
  await (await fetch(`${served.url}/fly/api/v1/me`, { headers: { authorization } })).text(); // leaves an idle connection
  const body = JSON.stringify({ name: "slow", permission: "read_only", expires_at: null });
  const headers = { authorization, "content-type": "application/json", "content-length": body.length };
  const slow = request(`${served.url}/fly/api/v1/tokens`, { method: "POST", headers });
  const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    slow
      .on("error", reject)
      .on("response", async (response) =>
        resolve({ status: response.statusCode, body: await text(response) }),
      );
  });
  await new Promise((sent) => slow.write(body.slice(0, 10), sent));
  await (await fetch(`${served.url}/fly/api/v1/health`)).text(); // by now the first half has arrived
  const closed = served.close();
  await expect(fetch(`${served.url}/fly/api/v1/health`)).rejects.toThrow();
  slow.end(body.slice(10));
  expect(await answered).toMatchObject({ status: 201, body: expect.stringContaining("slow") });
  await closed;
  await served.close();
});

test("one that is about to end says so to balancers alone, and lets every connection go", async () => {
  const served = await serveRegistry({ folder, port: 0 });
  const authorization = `Bearer ${await served.registry.adminKey()}`;
  const ask = (path: string) => fetch(`${served.url}/fly/api/v1${path}`, { headers: { authorization } });
  expect(await (await ask("/ready")).json()).toEqual({ status: "ready" });
  expect((await ask("/me")).headers.get("connection")).toBe("keep-alive");
  served.drain();
  const ready = await ask("/ready");
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { error: { code: "unavailable", message: expect.stringContaining("stop") } },
  ]);
  for (const path of ["/me", "/health"]) {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
  }
  await served.close();
});

test("headers without end are refused", async () => {
  const served = await serveRegistry({ folder, port: 0 });
  const socket = connect(Number(new URL(served.url).port), "127.0.0.1");
  socket.on("error", () => {}); // it may close before everything is written
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 /);
  await served.close();
});
