/** The way to the local registry: started inside, taken over, shared, and never a key for a stranger. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { realSeams } from "../../../src/seams.ts";
import { tempHome } from "../../support/home.ts";
import { startRegistry } from "../../support/registry.ts";
import { freePort, json, rejection, startServer } from "../server.ts";
import { openLocal } from "./open.ts";

const issue = { name: "x", permission: "read_only", expires_at: null } as const;
const address = async () => `http://127.0.0.1:${await freePort()}`;
const listens = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe("where nobody listens", () => {
  test("a registry is started inside at the first call, once for calls that come together, and ends at the close", async () => {
    await using home = await tempHome();
    const url = await address();
    const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url });
    expect(await listens(url)).toBe(false);
    const names = ["a", "b", "c", "d"];
    await Promise.all(names.map((name) => provider.tokens.issue({ ...issue, name })));
    const { items } = await provider.tokens.list({ limit: 50 });
    expect(items.map(({ name }) => name).sort()).toEqual(names);
    expect(provider.notes?.()).toEqual([expect.stringContaining("ends with it")]);
    await provider.close();
    expect(await listens(url)).toBe(false);
    expect(await rejection(provider.tokens.list({ limit: 1 }))).toMatchObject({ code: "provider_down" });
  });

  test("two that start at the same time share one registry, and the second takes over when the first ends", async () => {
    await using home = await tempHome();
    const url = await address();
    const providers = [1, 2].map(() => openLocal(home.path, { FLY_TOKENS_LOCAL_URL: url }));
    await Promise.all(providers.map((provider) => provider.tokens.issue(issue)));
    const hosts = providers.filter((provider) => (provider.notes?.() ?? []).length > 0);
    expect(hosts).toHaveLength(1);
    const [host] = hosts;
    const other = providers.find((provider) => provider !== host);
    await host?.close();
    expect((await other?.tokens.list({ limit: 50 }))?.items).toHaveLength(2);
    expect(other?.notes?.()).toHaveLength(1);
    await other?.close();
  });

  test("a registry that is not on this machine is not replaced", async () => {
    await using home = await tempHome();
    const provider = openLocal(home.path, {
      FLY_TOKENS_LOCAL_URL: "https://127.0.0.1:1",
      FLY_TOKENS_LOCAL_KEY: "flyk_x",
    });
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
    await provider.close();
  });

  test("nor is one whose key was given, since its tokens are elsewhere", async () => {
    await using home = await tempHome();
    const url = await address();
    const provider = openLocal(home.path, {
      FLY_TOKENS_LOCAL_URL: url,
      FLY_TOKENS_LOCAL_KEY: "flyk_of-another-registry",
    });
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
    expect(await listens(url)).toBe(false);
    await provider.close();
  });
});

describe("a stranger at the address", () => {
  const health = { service: "fly-tokens-registry", version: "1", status: "ok" };
  const strangers: [string, Parameters<typeof startServer>[0], string][] = [
    ["that answers garbage", (_, response) => response.end("hello"), "conflict"],
    ["that answers JSON of its own", (_, response) => json(response, 200, { ok: true }), "conflict"],
    [
      "that calls itself a registry without a proof",
      (_, response) => json(response, 200, health),
      "not_configured",
    ],
    [
      "with a made-up proof",
      (_, response) => json(response, 200, { ...health, proof: "0".repeat(64) }),
      "not_configured",
    ],
    [
      "that repeats the challenge",
      ({ path }, response) =>
        json(response, 200, { ...health, proof: new URL(path, "http://x").searchParams.get("challenge") }),
      "not_configured",
    ],
    [
      "that redirects",
      (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      "provider_down",
    ],
    ["that fails", (_, response) => response.writeHead(500).end(), "provider_down"],
    ["that cuts the connection", (_, response) => response.destroy(), "provider_down"],
  ];

  test.each(strangers)(
    "%s gets no key, neither the file's nor one that was given",
    async (_what, handler, code) => {
      await using home = await tempHome();
      await using server = await startServer(handler);
      const key = "flyk_the-key-that-nobody-may-have-0123456789";
      await mkdir(join(home.path, "data/registry"), { recursive: true });
      await writeFile(join(home.path, "data/registry/admin-key"), `${key}\n`, { mode: 0o600 });
      for (const given of [{}, { FLY_TOKENS_LOCAL_KEY: key }]) {
        const provider = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: server.url, ...given });
        const problem = await rejection(provider.identity.me());
        expect(problem).toMatchObject({ code, fix: expect.stringMatching(/./) });
        await provider.close();
      }
      expect(server.received.length).toBeGreaterThan(0);
      expect(JSON.stringify(server.received)).not.toContain("nobody-may-have");
    },
  );

  test("gets none either when it takes the place of the registry that was there", async () => {
    await using home = await tempHome();
    const registry = await startRegistry();
    const provider = openLocal(home.path, {
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await provider.identity.me();
    const port = Number(new URL(registry.url).port);
    await registry.close();
    await using server = await startServer((_, response) => json(response, 200, health), port);
    // A proof counts for a second; what matters is that none is taken from this one.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "not_configured" });
    expect(JSON.stringify(server.received)).not.toContain(registry.adminKey);
    await provider.close();
  });
});

describe("a key", () => {
  test("that the registry does not know is said to be wrong, and is not sent", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const provider = openLocal(home.path, {
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: "flyk_unknown",
    });
    expect(await rejection(provider.identity.me())).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("FLY_TOKENS_LOCAL_KEY"),
    });
    await provider.close();
  });

  test("does not travel over plain http to another machine", async () => {
    await using home = await tempHome();
    const provider = openLocal(
      home.path,
      { FLY_TOKENS_LOCAL_URL: "http://registry.example", FLY_TOKENS_LOCAL_KEY: "flyk_x" },
      {
        ...realSeams(),
        fetch: () => {
          throw new Error("nothing may be sent");
        },
      },
    );
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "unsafe_location" });
    await provider.close();
  });
});
