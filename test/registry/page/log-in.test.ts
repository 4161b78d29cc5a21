/** Who gets in, with what, and for how long. */
import { describe, expect, inject, test } from "vitest";
import { serveRegistry } from "../../../src/registry/serve.ts";
import { startRegistry, type TestRegistryOptions } from "../../support/registry.ts";
import { describeStores, postgresUrl, type StoreName } from "../../support/store.ts";
import { Visitor, visit } from "./visitor.ts";

const start = Date.parse("2026-11-22T12:00:00Z");

function over(store: StoreName): TestRegistryOptions {
  return store === "PostgreSQL" ? { database: postgresUrl() } : {};
}

describe("a log-in", () => {
  test("takes a user's key, and leads to where one wanted to go", async () => {
    await using registry = await startRegistry();
    const visitor = new Visitor(registry);
    const turnedAway = await visitor.get("/environments?done=x");
    expect([turnedAway.status, turnedAway.location]).toEqual([
      303,
      "/log-in?next=%2Fenvironments%3Fdone%3Dx",
    ]);
    expect(
      (await visitor.submit(turnedAway.location ?? "", { key: ` ${registry.adminKey}\n` })).location,
    ).toBe("/environments?done=x");
    const page = await visitor.get("/environments?done=x");
    expect([page.status, page.heading]).toEqual([200, "Environments"]);
    expect((await visitor.get("/log-in")).location).toBe("/");
  });

  test("sends the browser that came from another site, without its cookie, back once: it may be logged in", async () => {
    await using registry = await startRegistry();
    const ask = async (path: string, site: string, cookie = "") => {
      const headers = { accept: "text/html", "sec-fetch-site": site, cookie };
      const response = await fetch(registry.url + path, { headers, redirect: "manual" });
      return [response.status, response.headers.get("refresh"), response.headers.get("location")];
    };
    const next = "next=%2Ftokens%2Fnew%3Fname%3D%2522%253B";
    const again = `/log-in?${next}&again=1`;
    expect(await ask(`/log-in?${next}`, "cross-site")).toEqual([200, `0; url=${again}`, null]);
    expect(await ask("/log-in", "cross-site")).toEqual([200, "0; url=/log-in?again=1", null]);
    expect(await ask(again, "cross-site")).toEqual([200, null, null]);
    expect(await ask(`/log-in?${next}`, "same-origin")).toEqual([200, null, null]);
    expect(await ask("/log-in?next=//evil.example", "cross-site")).toEqual([
      200,
      "0; url=/log-in?again=1",
      null,
    ]);
    const { cookie } = await visit(registry);
    expect(await ask(again, "same-origin", cookie)).toEqual([303, null, "/tokens/new?name=%22%3B"]);
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/.//evil.example",
    "evil",
    "/%2f%2f\r\nx: y",
    "",
  ])("leads nowhere else: %j", async (next) => {
    await using registry = await startRegistry();
    const visitor = new Visitor(registry);
    const { status, location } = await visitor.logIn(registry.adminKey, next);
    expect(status).toBe(303);
    expect(new URL(location ?? "", registry.url).origin).toBe(registry.url);
    expect(location).toMatch(/^\/(?![/\\])/);
    expect((await new Visitor(registry).get(`/log-in?${new URLSearchParams({ next })}`)).status).toBe(200);
  });

  test("says what is wrong with what it does not take, and repeats none of it", async () => {
    await using registry = await startRegistry();
    const { value } = await registry.mint();
    const visitor = new Visitor(registry);
    const wrong = `${registry.adminKey.slice(0, -1)}~`;
    for (const [key, says] of [
      ["", "nobody's key"],
      [wrong, "nobody's key"],
      ["<script>alert(1)</script>", "nobody's key"],
      [value, "This is a token (flyt_…)"],
    ] as const) {
      const answer = await visitor.logIn(key);
      expect([answer.status, answer.alert]).toEqual([403, expect.stringContaining(says)]);
      expect(answer.headers.get("set-cookie")).toBeNull();
      expect(answer.html).not.toContain(key || "flyk_x");
      expect(answer.html).toContain('aria-invalid="true"');
    }
  });

  test("is slowed down after failures, and then still takes a valid key", async () => {
    await using registry = await startRegistry({ now: () => new Date(start) });
    const visitor = new Visitor(registry);
    for (let turn = 0; turn < 20; turn++) expect((await visitor.logIn(`guess ${turn}`)).status).toBe(403);
    const slowed = await visitor.logIn("guess");
    expect([slowed.status, slowed.alert, slowed.headers.get("retry-after")]).toEqual([
      429,
      "Too many failed log-ins; wait a minute.",
      "60",
    ]);
    expect((await visitor.logIn(registry.adminKey)).status).toBe(303);
  });

  test("leaves a cookie that scripts, other sites and other paths do not get; behind https, no other host either", async () => {
    await using registry = await startRegistry();
    const plain = await new Visitor(registry).logIn(registry.adminKey);
    const { port } = new URL(registry.url);
    expect(plain.headers.get("set-cookie")).toMatch(
      new RegExp(`^fly-tokens-${port}=[0-9A-Za-z]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    const origin = "https://tokens.example.com";
    await using behind = await startRegistry({ publicUrl: `${origin}/` });
    const visitor = new Visitor(behind, origin);
    const { headers } = await visitor.logIn(behind.adminKey);
    expect(headers.get("set-cookie")).toMatch(
      /^__Host-fly-tokens=[0-9A-Za-z]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect((await visitor.get("/")).status).toBe(200);
    expect((await visitor.submit("/environments/new", { name: "staging" })).location).toBe(
      "/environments/staging?done=created",
    );
    expect((await new Visitor(behind).logIn(behind.adminKey)).status).toBe(403);
  });

  test("takes over no value that the browser came with, and ends the session that it had", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    const former = visitor.cookie;
    const fixed = new Visitor(registry);
    fixed.cookie = `${former?.split("=")[0]}=${"a".repeat(43)}`;
    await fixed.logIn(registry.adminKey);
    expect(fixed.cookie).not.toContain("aaa");
    await visitor.logIn(registry.adminKey);
    expect(visitor.cookie).not.toBe(former);
    const left = new Visitor(registry);
    left.cookie = former;
    expect((await left.get("/")).location).toBe("/log-in");
  });

  test("is not possible from another page", async () => {
    await using registry = await startRegistry();
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: undefined },
      { origin: registry.url.replace(/\d+$/, "1") },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      const visitor = new Visitor(registry);
      const { status, headers: got } = await visitor.post("/log-in", { key: registry.adminKey }, headers);
      expect([headers, status, got.get("set-cookie")]).toEqual([headers, 403, null]);
    }
  });
});

describeStores("a session", (store) => {
  test("is kept as a hash alone", async () => {
    await using registry = await startRegistry(over(store));
    const visitor = await visit(registry);
    const db = await registry.openDatabase();
    const rows = JSON.stringify(await db.selectFrom("sessions").selectAll().execute());
    await db.destroy();
    expect(rows).toContain('"username":"admin"');
    expect(rows).not.toContain(visitor.cookie?.split("=")[1]);
    expect(rows).not.toContain(registry.adminKey);
  });

  test("ends after twelve hours, whatever is done in it, and is then forgotten", async () => {
    let time = start;
    await using registry = await startRegistry({ ...over(store), now: () => new Date(time) });
    const visitor = await visit(registry);
    time = start + 12 * 3_600_000 - 1;
    expect((await visitor.get("/")).status).toBe(200);
    time += 1;
    expect((await visitor.get("/users")).location).toBe("/log-in?next=%2Fusers");
    await visit(registry);
    const db = await registry.openDatabase();
    expect(await db.selectFrom("sessions").selectAll().execute()).toHaveLength(1);
    await db.destroy();
  });

  test("ends at the log-out, for whoever has copied the cookie, too", async () => {
    await using registry = await startRegistry(over(store));
    const visitor = await visit(registry);
    const copied = visitor.at(registry);
    const { headers, location } = await visitor.post("/log-out", { form_token: await visitor.formToken() });
    expect([location, headers.get("set-cookie")]).toEqual([
      "/log-in",
      expect.stringMatching(/=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0$/),
    ]);
    expect((await copied.get("/")).location).toBe("/log-in");
    expect((await visitor.get("/log-out")).location).toBe("/");
  });

  test("ends with its user, with their key, and follows their role", async () => {
    await using registry = await startRegistry(over(store));
    const visitor = await visit(registry, await registry.addUser("ann"));
    expect((await visitor.get("/users")).status).toBe(403);
    const db = await registry.openDatabase();
    await db.updateTable("users").set({ role: "admin" }).where("name", "=", "ann").execute();
    expect((await visitor.get("/users")).status).toBe(200);
    await db.updateTable("users").set({ key_hash: "another" }).where("name", "=", "ann").execute();
    expect((await visitor.get("/users")).location).toBe("/log-in?next=%2Fusers");
    await db.destroy();

    const bob = await visit(registry, await registry.addUser("bob"));
    await registry.call("DELETE", "/users/bob");
    await registry.addUser("bob");
    expect((await bob.get("/")).location).toBe("/log-in");
  });

  test("says in the log who it was", async () => {
    await using registry = await startRegistry(over(store));
    const visitor = await visit(registry, await registry.addUser("ann"));
    await visitor.get("/environments");
    expect(registry.log.at(-1)).toMatchObject({ path: "/environments", status: 200, user: "ann" });
    expect(JSON.stringify(registry.log)).not.toMatch(/flyk_\w/);
  });
});

describe.skipIf(inject("postgres") === undefined)("two replicas over PostgreSQL", () => {
  test("know each other's sessions, and their ends", async () => {
    const database = postgresUrl();
    const publicUrl = "http://tokens.example.com";
    await using one = await startRegistry({ database, publicUrl });
    const other = await serveRegistry({ database, publicUrl, folder: `${one.folder}/other`, port: 0 });
    try {
      const visitor = new Visitor(one, publicUrl);
      expect((await visitor.logIn(one.adminKey)).status).toBe(303);
      const there = visitor.at(other);
      expect((await there.get("/users")).status).toBe(200);
      const { html } = await there.submit("/tokens/new", { name: "made there" });
      expect(html).toMatch(/flyt_\w{49}/);
      await visitor.post("/log-out", { form_token: await visitor.formToken() });
      expect((await there.get("/")).location).toBe("/log-in");
    } finally {
      await other.close();
    }
  });
});
