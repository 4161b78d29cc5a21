import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, inject, test } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { registryFolder } from "../../../src/providers/local/serving.ts";
import { makeCredential } from "../../../src/registry/credential.ts";
import { serveRegistry } from "../../../src/registry/serve.ts";
import { freePort } from "../../support/free-port.ts";
import { tempHome } from "../../support/home.ts";
import { startRegistry } from "../../support/registry.ts";
import { postgresUrl } from "../../support/store.ts";
import { type Handler, json, rejection, startServer } from "../server.ts";
import { openLocal } from "./open.ts";

const address = (port: number) => `http://127.0.0.1:${port}`;
const request = { name: "n", permission: "read_only", expires_at: null } as const;

/** The folder of the registry of a home, as `fly-tokens registry` would have it. */
const folderOf = (home: string) =>
  registryFolder(
    loadConfig({ flags: {}, env: { FLY_TOKENS_HOME: home }, cwd: home, home, platform: process.platform }),
  );

describe("a registry that is not running", () => {
  test("is started inside, says so, and ends with the provider", async () => {
    await using home = await tempHome();
    const url = address(await freePort());
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url });
    expect(provider.notes?.()).toEqual([]);
    expect(await provider.identity.me()).toEqual({ username: "admin", role: "admin" });
    expect(provider.notes?.()).toEqual([expect.stringContaining("runs inside this server")]);
    expect(await provider.isUp?.()).toBe(true);
    expect((await fetch(`${url}/fly/api/v1/health`)).status).toBe(200);
    await provider.close();
    await expect(fetch(`${url}/fly/api/v1/health`)).rejects.toThrow();
  });

  test("is started once for calls that come at once", async () => {
    await using home = await tempHome();
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: address(await freePort()) });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => provider.tokens.issue({ ...request, name: `t${index}` })),
    );
    expect((await provider.tokens.list({ limit: 50 })).items.length).toBe(20);
    await provider.close();
  });

  test("is not started before something is asked of it, nor after the end", async () => {
    await using home = await tempHome();
    const url = address(await freePort());
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url });
    await provider.registries.endpoint("npm");
    expect(await provider.isUp?.()).toBe(false);
    expect(await home.tree()).toEqual({});
    await provider.close();
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
    expect(await home.tree()).toEqual({});
  });

  test("is ended also when the provider is closed while it starts", async () => {
    await using home = await tempHome();
    const url = address(await freePort());
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url });
    const call = provider.identity.me().catch((error: unknown) => error);
    await provider.close();
    await call;
    await expect(fetch(`${url}/fly/api/v1/health`)).rejects.toThrow();
  });

  test.each([
    ["https", (port: number) => `https://127.0.0.1:${port}`],
    ["a path", (port: number) => `http://127.0.0.1:${port}/registry`],
    ["any port", () => "http://127.0.0.1:0"],
  ])("is not started where it could not serve: %s", async (_, url) => {
    await using home = await tempHome();
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url(await freePort()) });
    expect(await rejection(provider.identity.me())).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("Nothing answers at"),
    });
    expect(await home.tree()).toEqual({});
    await provider.close();
  });

  test("is not started for the key of one that is kept elsewhere", async () => {
    await using home = await tempHome();
    const env = {
      FLY_TOKENS_LOCAL_URL: address(await freePort()),
      FLY_TOKENS_LOCAL_KEY: makeCredential("key"),
    };
    const provider = openLocal(home.path, env);
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
    expect(await home.tree()).toEqual({});
    await provider.close();
  });
});

describe("a registry that goes away", () => {
  test("is replaced at the next call, with all that it knew", async () => {
    await using home = await tempHome();
    const folder = folderOf(home.path);
    const first = await serveRegistry({ folder, port: 0 });
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: first.url });
    const { token } = await provider.tokens.issue(request);
    await first.close();
    const calls = Array.from({ length: 10 }, () => provider.tokens.get(token.id));
    for (const found of await Promise.all(calls)) expect(found).toEqual(token);
    expect(provider.notes?.().length).toBe(1);
    await provider.close();
  });

  test("and leaves its connections dead is replaced even for a create", async () => {
    await using home = await tempHome();
    const url = address(await freePort());
    const other = start(home.path, url);
    const [id = ""] = await other.mint("first");
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url });
    expect((await provider.tokens.get(id)).name).toBe("first");
    other.child.kill("SIGKILL");
    await once(other.child, "exit");
    await provider.environments.create?.("production", "");
    await provider.tokens.issue(request);
    expect((await provider.tokens.list({ limit: 50 })).items.map(({ name }) => name)).toEqual(["n", "first"]);
    expect(provider.notes?.().length).toBe(1);
    await provider.close();
  });

  test("is not replaced by another program: what took its place does not get the key", async () => {
    await using home = await tempHome();
    const first = await serveRegistry({ folder: folderOf(home.path), port: 0 });
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: first.url });
    await provider.identity.me();
    await first.close();
    await using taker = await startServer(
      (_, response) => json(response, 200, { service: "fly-tokens-registry", status: "ok", version: "0" }),
      Number(new URL(first.url).port),
    );
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "not_configured" });
    expect(taker.received.length).toBeGreaterThan(0);
    expect(taker.received.filter(({ headers }) => headers.authorization)).toEqual([]);
    await provider.close();
  });

  test("for good, and not on this machine's port, is a problem", async () => {
    await using home = await tempHome();
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: `https://127.0.0.1:${await freePort()}` });
    for (let time = 0; time < 2; time++)
      expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
    await provider.close();
  });
});

/** Mints in a process of its own. */
function start(home: string, url: string) {
  const program = join(import.meta.dirname, "client-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program, home, url], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    /** @returns the token's id, and where the registry ran */
    async mint(name: string): Promise<string[]> {
      child.stdin.write(`${name}\n`);
      return String((await lines.next()).value).split(" ");
    },
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
      return child.exitCode;
    },
  };
}

test("processes that start at the same time use one registry, and outlive each other", async () => {
  await using home = await tempHome();
  const url = address(await freePort());
  const all = [start(home.path, url), start(home.path, url), start(home.path, url)];
  const minted = await Promise.all(all.map(({ mint }, index) => mint(`first ${index}`)));
  expect(minted.map(([, where]) => where).sort()).toEqual(["inside", "outside", "outside"]);
  // The one that has it ends; one of the others takes over.
  const owner = all[minted.findIndex(([, where]) => where === "inside")];
  expect(await owner?.end()).toBe(0);
  const rest = all.filter((one) => one !== owner);
  const again = await Promise.all(rest.map(({ mint }, index) => mint(`second ${index}`)));
  expect(again.map(([, where]) => where).sort()).toEqual(["inside", "outside"]);
  const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url });
  expect((await provider.tokens.list({ limit: 50 })).items.length).toBe(5);
  await provider.close();
  for (const one of rest) expect(await one.end()).toBe(0);
});

describe("another program at the address", () => {
  const speaks =
    (body: unknown): Handler =>
    (_, response) =>
      json(response, 200, body);
  const health = { service: "fly-tokens-registry", status: "ok", version: "0.1.0" };

  test.each<[string, Handler, string]>([
    ["answers a page", (_, response) => response.end("<h1>It works!</h1>"), "conflict"],
    ["answers JSON of its own", speaks({ hello: "world" }), "conflict"],
    ["answers null", speaks(null), "conflict"],
    ["answers 404", (_, response) => response.writeHead(404).end(), "conflict"],
    ["answers 401", (_, response) => response.writeHead(401).end(), "conflict"],
    ["fails", (_, response) => response.writeHead(500).end(), "provider_down"],
    ["cuts the connection", (_, response) => response.destroy(), "provider_down"],
    ["redirects", (_, response) => response.writeHead(302, { location: "/x" }).end(), "provider_down"],
    ["says that it is a registry", speaks(health), "not_configured"],
    ["makes a proof up", speaks({ ...health, proof: "00".repeat(32) }), "not_configured"],
    ["has a proof of another form", speaks({ ...health, proof: { length: 32 } }), "not_configured"],
    [
      "returns the challenge",
      ({ path }, response) => {
        const proof = new URL(path, "http://x").searchParams.get("challenge");
        json(response, 200, { ...health, proof });
      },
      "not_configured",
    ],
  ])("that %s never gets a key", async (_, handler, code) => {
    await using home = await tempHome();
    const made = await serveRegistry({ folder: folderOf(home.path), port: 0 });
    const adminKey = await made.registry.adminKey();
    await made.close();
    await using server = await startServer(handler);
    for (const env of [
      {},
      { FLY_TOKENS_LOCAL_KEY: adminKey },
      { FLY_TOKENS_LOCAL_KEY: makeCredential("key") },
    ]) {
      const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: server.url, ...env });
      expect(await rejection(provider.tokens.issue(request))).toMatchObject({ code });
      await provider.close();
    }
    const wire = JSON.stringify(server.received);
    expect(server.received.length).toBeGreaterThan(2);
    expect(wire.includes("authorization")).toBe(false);
    expect(/fly[kt]_/.test(wire)).toBe(false);
  });

  test("that never answers never gets a key, and is not waited for long", async () => {
    await using home = await tempHome();
    await using server = await startServer(() => {});
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: server.url });
    const calls = [provider.identity.me(), provider.tokens.issue(request)];
    for (const call of calls.map(rejection))
      expect(await call).toMatchObject({
        code: "provider_down",
        message: expect.stringContaining("did not answer within 5 s"),
      });
    expect(server.received.map(({ method }) => method)).toEqual(["GET"]);
    await provider.close();
  });

  test("that does not speak HTTP is a problem that says so", async () => {
    await using home = await tempHome();
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on("data", (data) => heard.push(data)).end("220 mail.example ESMTP\r\n");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as { port: number };
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: address(port) });
    expect(await rejection(provider.identity.me())).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("does not speak HTTP"),
    });
    expect(Buffer.concat(heard).toString()).not.toMatch(/authorization/i);
    server.close();
    await provider.close();
  });
});

describe("the key", () => {
  test("that is wrong is not even sent", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const env = { FLY_TOKENS_LOCAL_URL: registry.url, FLY_TOKENS_LOCAL_KEY: makeCredential("key") };
    const provider = openLocal(home.path, env);
    expect(await rejection(provider.identity.me())).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("does not know the key in FLY_TOKENS_LOCAL_KEY"),
    });
    expect(registry.log.map(({ path }) => path)).toEqual(["/fly/api/v1/health"]);
    await provider.close();
  });

  test.each(["two words", "ключ", "line\nbreak"])("that no header can carry is refused: %j", async (key) => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const env = { FLY_TOKENS_LOCAL_URL: registry.url, FLY_TOKENS_LOCAL_KEY: key };
    const provider = openLocal(home.path, env);
    const error = await rejection(provider.identity.me());
    expect(error).toMatchObject({ code: "not_configured" });
    expect(String(error)).not.toContain(key);
    await provider.close();
  });

  test("of a registry with another home is not known here", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: registry.url });
    expect(await rejection(provider.identity.me())).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("whose key is not known here"),
      fix: expect.stringContaining("FLY_TOKENS_LOCAL_KEY"),
    });
    await provider.close();
  });

  test("that the registry made anew is found without starting this server again", async () => {
    await using home = await tempHome();
    const folder = folderOf(home.path);
    const first = await serveRegistry({ folder, port: 0 });
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: first.url });
    await provider.identity.me();
    await first.close();
    await rm(join(folder, "admin-key"));
    const second = await serveRegistry({ folder, port: Number(new URL(first.url).port) });
    expect(await provider.identity.me()).toEqual({ username: "admin", role: "admin" });
    await provider.close();
    await second.close();
  });

  test.each([
    "http://registry.example",
    "http://10.0.0.1:7411",
    "http://127.0.0.1.registry.example",
    "http://localhost.registry.example",
    "http://0.0.0.0:7411",
  ])("is not sent over plain http to %s", async (url) => {
    await using home = await tempHome();
    const asked: unknown[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(input);
      throw new Error("unreachable");
    };
    for (const env of [{}, { FLY_TOKENS_LOCAL_KEY: makeCredential("key") }]) {
      const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url, ...env }, { fetch });
      expect(await rejection(provider.identity.me())).toMatchObject({
        code: "unsafe_location",
        fix: expect.stringContaining("https://"),
      });
      await provider.close();
    }
    expect(asked).toEqual([]);
    expect(await home.tree()).toEqual({});
  });
});

test("a remote registry that is down is a problem; none is started in its place", async () => {
  await using home = await tempHome();
  const refused = Object.assign(new TypeError("fetch failed"), {
    cause: Object.assign(new Error(), { code: "ECONNREFUSED" }),
  });
  const fetch: typeof globalThis.fetch = () => Promise.reject(refused);
  const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: "https://registry.example" }, { fetch });
  expect(await rejection(provider.identity.me())).toMatchObject({
    code: "provider_down",
    message: "Nothing answers at https://registry.example/.",
  });
  expect(provider.notes?.()).toEqual([]);
  expect(await home.tree()).toEqual({});
  await provider.close();
});

test("one that is behind a proxy and down is not started in the proxy's place", async () => {
  await using home = await tempHome();
  const [proxy, own] = [address(await freePort()), address(await freePort())];
  const provider = openLocal(home.path, {
    FLY_TOKENS_LOCAL_URL: proxy,
    FLY_TOKENS_REGISTRY_LISTEN: new URL(own).host,
  });
  expect(await rejection(provider.identity.me())).toMatchObject({
    code: "provider_down",
    message: `Nothing answers at ${proxy}/.`,
  });
  await expect(fetch(own)).rejects.toThrow();
  expect(await home.tree()).toEqual({});
  await provider.close();
});

describe.skipIf(inject("postgres") === undefined)("a registry that keeps its data in PostgreSQL", () => {
  test("and whose admin key is another machine's is used with a key of one's own; else the fix names both ways", async () => {
    await using home = await tempHome();
    await using elsewhere = await startRegistry({ database: postgresUrl() });
    const env = {
      FLY_TOKENS_LOCAL_URL: address(await freePort()),
      FLY_TOKENS_DATABASE_URL: `${elsewhere.database?.reveal()}`,
    };
    const without = openLocal(home.path, env);
    expect(await rejection(without.identity.me())).toMatchObject({
      code: "not_configured",
      fix: expect.stringMatching(/FLY_TOKENS_LOCAL_KEY.*fly-tokens registry --new-admin-key/),
    });
    await without.close();
    const key = await elsewhere.addUser("ann");
    const own = openLocal(home.path, { ...env, FLY_TOKENS_LOCAL_KEY: key });
    expect(await own.identity.me()).toEqual({ username: "ann", role: "developer" });
    await own.close();
  });
});
