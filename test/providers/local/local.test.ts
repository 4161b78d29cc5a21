import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { tempHome } from "../../support/home.ts";
import { pull, push } from "../../support/images.ts";
import { startRegistry } from "../../support/registry.ts";
import { describeProvider, type Opened } from "../contract.ts";
import { json, rejection, startServer } from "../server.ts";
import { openLocal } from "./open.ts";

describeProvider("local", {
  abilities: ["tokens", "environments", "registries", "identity"],
  async open(): Promise<Opened> {
    const clock = { now: new Date("2026-11-22T12:00:00Z") };
    const now = () => clock.now;
    const home = await tempHome();
    const registry = await startRegistry({ now });
    const env = { FLY_TOKENS_LOCAL_URL: registry.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
    const provider = openLocal(home.path, env, { now });
    return {
      provider,
      now,
      advance: (milliseconds) => {
        clock.now = new Date(clock.now.getTime() + milliseconds);
      },
      push: async (image, tag) => push(registry, (await registry.mint()).value, image, tag),
      pull: (secret, image, tag) => pull(registry, secret.reveal(), image, tag),
      async [Symbol.asyncDispose]() {
        await provider.close();
        await registry.close();
        await home[Symbol.asyncDispose]();
      },
    };
  },
});

describe("as a developer", () => {
  test("one manages one's own, and cannot tell that there are others", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const key = await registry.addUser("ann");
    const foreign = await registry.mint({ name: "the admin's" });
    const ann = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: registry.url, FLY_TOKENS_LOCAL_KEY: key });
    expect(await ann.identity.me()).toMatchObject({ username: "ann", role: "developer" });
    const { token } = await ann.tokens.issue({ name: "ann's", permission: "read_only", expires_at: null });
    expect((await ann.tokens.list({ limit: 50 })).items).toEqual([token]);
    for (const call of [ann.tokens.get(foreign.token.id), ann.tokens.revoke(foreign.token.id)])
      expect(await rejection(call)).toMatchObject({ code: "not_found" });
    expect(
      await rejection(Promise.resolve(ann.registries.passThrough?.("npm", "https://registry.example/"))),
    ).toMatchObject({
      code: "forbidden",
    });
    await ann.close();
  });

  test("a token of somebody else's is known by its value while it lives", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const key = await registry.addUser("ann");
    const { token, value } = await registry.mint();
    const ann = openLocal(home.path, { FLY_TOKENS_LOCAL_URL: registry.url, FLY_TOKENS_LOCAL_KEY: key });
    expect(await ann.registries.introspect?.(new Secret(value))).toMatchObject({ id: token.id });
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    for (let time = 0; time < 25; time++)
      expect(await ann.registries.introspect?.(new Secret(value))).toBeUndefined();
    await ann.close();
  });
});

/** What stands between a client and its registry, and loses answers after the registry has given them. */
async function losing(upstream: () => string, lose: (method: string, path: string) => boolean) {
  return startServer(async ({ method, path, headers, body }, response) => {
    const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
    const init = { method, headers: rest as Record<string, string>, ...(body !== "" && { body }) };
    const answer = await fetch(upstream() + path, init);
    const text = await answer.text();
    if (lose(method, path)) response.destroy();
    else json(response, answer.status, JSON.parse(text));
  });
}

describe("when the answer to a create is lost", () => {
  const request = { name: "lost", permission: "read_only", expires_at: null } as const;
  const isCreate = (method: string, path: string) => method === "POST" && path.endsWith("/tokens");

  test("the same token is returned, with its value, and there is no other", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    let losses = 2;
    await using proxy = await losing(
      () => registry.url,
      (method, path) => isCreate(method, path) && losses-- > 0,
    );
    const env = { FLY_TOKENS_LOCAL_URL: proxy.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
    const provider = openLocal(home.path, env);
    const { token, secret } = await provider.tokens.issue(request);
    expect(proxy.received.filter(({ method, path }) => isCreate(method, path)).length).toBe(3);
    expect((await provider.tokens.list({ limit: 50 })).items).toEqual([token]);
    expect(await provider.registries.introspect?.(secret ?? new Secret(""))).toEqual(token);
    await provider.close();
  });

  test("and the registry was started anew since, the token that nobody has is revoked and another one made", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    const restarted = await (await import("../../../src/registry/serve.ts")).serveRegistry({
      folder: registry.folder,
      port: 0,
    });
    let losses = 1;
    let url = registry.url;
    await using proxy = await losing(
      () => url,
      (method, path) => {
        if (!isCreate(method, path) || losses-- <= 0) return false;
        url = restarted.url;
        return true;
      },
    );
    const env = { FLY_TOKENS_LOCAL_URL: proxy.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
    const provider = openLocal(home.path, env);
    const { token, secret } = await provider.tokens.issue(request);
    expect(await provider.registries.introspect?.(secret ?? new Secret(""))).toEqual(token);
    const all = (await provider.tokens.list({ limit: 50, sort: "created_at" })).items;
    expect(all.map(({ id, status }) => [id === token.id, status])).toEqual([
      [false, "revoked"],
      [true, "active"],
    ]);
    await provider.close();
    await restarted.close();
  });

  test("every time, it is said that the token may be there", async () => {
    await using home = await tempHome();
    await using registry = await startRegistry();
    await using proxy = await losing(() => registry.url, isCreate);
    const env = { FLY_TOKENS_LOCAL_URL: proxy.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
    const provider = openLocal(home.path, env);
    expect(await rejection(provider.tokens.issue(request))).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("whether it did what was asked is not known"),
      fix: expect.stringContaining("list_tokens"),
    });
    expect((await provider.tokens.list({ limit: 50 })).items.length).toBe(1);
    await provider.close();
  });
});

test("a revocation whose answer was lost is done", async () => {
  await using home = await tempHome();
  await using registry = await startRegistry();
  let losses = 1;
  await using proxy = await losing(
    () => registry.url,
    (_, path) => path.endsWith("/revoke") && losses-- > 0,
  );
  const env = { FLY_TOKENS_LOCAL_URL: proxy.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
  const provider = openLocal(home.path, env);
  const { token } = await registry.mint();
  expect(await provider.tokens.revoke(token.id)).toBe("already_revoked");
  expect((await provider.tokens.get(token.id)).status).toBe("revoked");
  await provider.close();
});

test("an answer that is not JSON is a problem, not a fault of ours", async () => {
  await using home = await tempHome();
  await using registry = await startRegistry();
  await using proxy = await startServer(async ({ path }, response) => {
    if (path.includes("/health")) json(response, 200, await (await fetch(registry.url + path)).json());
    else
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome to the guest network</h1>");
  });
  const env = { FLY_TOKENS_LOCAL_URL: proxy.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
  const provider = openLocal(home.path, env);
  expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
  await provider.close();
});
