/** What every answer has in common: what a browser may do with it, and that text stays text. */
import { describe, expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { describeStores, postgresUrl } from "../../support/store.ts";
import { textOf, Visitor, visit } from "./visitor.ts";

const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const script = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

describe("every page", () => {
  test("lets a browser do nothing but show it, keep nothing, and send its forms back", async () => {
    await using registry = await startRegistry();
    await registry.call("POST", "/environments", { name: "staging" });
    const { token } = await registry.mint();
    await registry.addUser("ann");
    const visitor = await visit(registry);
    const stranger = new Visitor(registry);
    const paths = [
      "/",
      `/tokens/${token.id}`,
      `/tokens/${token.id}/revoke`,
      "/tokens/new",
      "/environments/staging",
      "/users/ann/remove",
      "/nowhere",
    ];
    const answers = [
      await stranger.get("/log-in"),
      await stranger.logIn("wrong"),
      ...(await Promise.all(paths.map((path) => visitor.get(path)))),
      await visitor.submit("/users/new", { name: "bob" }),
    ];
    for (const { headers, html } of answers) {
      expect(headers.get("content-security-policy")).toBe(policy);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(html).not.toMatch(
        / on\w+=| style=|<style|javascript:|<script(?! src="\/page\.js\?v=\w{16}" defer)/,
      );
      expect(html).not.toMatch(/(src|href|action)="(?!\/(?!\/)|#)/);
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html).toMatch(/^<!doctype html><html lang="en">/);
    }
    const redirect = await stranger.get("/");
    expect([redirect.headers.get("cache-control"), redirect.headers.get("referrer-policy")]).toEqual([
      "no-store",
      "no-referrer",
    ]);
  });

  test("finds its style, script and icon here; another version's address is not kept", async () => {
    await using registry = await startRegistry();
    const { html } = await new Visitor(registry).get("/log-in");
    const addresses = new Set(
      [...html.matchAll(/"(\/page\.\w+\?v=\w+)"/g)].map(([, address = ""]) => address),
    );
    expect(addresses.size).toBe(3);
    for (const address of addresses) {
      const response = await fetch(registry.url + address);
      expect([response.status, response.headers.get("cache-control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      const other = await fetch(`${registry.url}${address}0`);
      expect([other.status, other.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    }
  });
});

describe("text", () => {
  test("of people and programs is shown as text, also in titles and attributes", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    await registry.call("POST", "/environments", { name: "staging", description: script });
    const { token } = await registry.mint({ name: script, environment: "staging" });
    const db = await registry.openDatabase();
    // A registry never takes such names for images; a row may still come from elsewhere.
    const pulled = {
      environment: "staging",
      image: script,
      tag: script,
      digest: script,
      at: 1,
      token_id: script,
    };
    await db.insertInto("pulls").values(pulled).execute();
    await db.destroy();
    const pages = [
      "/",
      `/?name=${encodeURIComponent(script)}`,
      `/?created_by=${encodeURIComponent(script)}`,
      `/tokens/${token.id}`,
      `/tokens/${token.id}/revoke`,
      "/environments",
      "/environments/staging",
      `/tokens/${encodeURIComponent(script)}`,
      `/environments/${encodeURIComponent(script)}`,
      `/users/${encodeURIComponent(script)}/remove`,
      `/tokens/new?environment=${encodeURIComponent(script)}`,
      `/log-in?next=${encodeURIComponent(`/${script}`)}`,
    ];
    for (const path of pages) {
      const { html } = await visitor.get(path);
      expect([
        path,
        html.match(/<img(?! src="\/page\.svg\?v=\w+" alt=""\/>)|<script(?! src="\/page)|onerror='/g),
      ]).toEqual([path, null]);
    }
    for (const path of ["/", `/tokens/${token.id}`, "/environments/staging"])
      expect(textOf((await visitor.get(path)).html)).toContain(script);
    const form = await visitor.submit("/environments/new", { name: script, description: script });
    expect(form.html).toContain('value="&quot;&gt;&lt;script&gt;');
  });

  test("that hides or turns around what stands beside it does neither", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    const hiding = "safe\u202e\u2066gnp\u200b.exe\u0000\u2069";
    const db = await registry.openDatabase();
    const { token } = await registry.mint({ name: "to be renamed" });
    const name = hiding.replace("\0", "");
    await db.updateTable("tokens").set({ name }).where("id", "=", token.id).execute();
    await db
      .insertInto("environments")
      .values({ name: "staging", description: name, created_by: "admin", created_at: 1 })
      .execute();
    await db.destroy();
    for (const path of ["/", `/tokens/${token.id}`, `/tokens/${token.id}/revoke`, "/environments"]) {
      const { html } = await visitor.get(path);
      expect(html).not.toMatch(/[\u202e\u2066\u2069\u200b]/);
      expect(html).toContain("<bdi>safe gnp .exe</bdi>");
    }
  });
});

describe("whoever does not ask for a page", () => {
  test("gets at / what there always was", async () => {
    await using registry = await startRegistry();
    for (const accept of [
      undefined,
      "*/*",
      "application/json",
      "application/json, */*;q=0.5",
      "text/plain",
    ]) {
      const response = await fetch(`${registry.url}/`, { headers: { accept: accept ?? "" } });
      expect([accept, response.status, await response.json()]).toEqual([
        accept,
        404,
        { error: { code: "not_found", message: "There is nothing at this address." } },
      ]);
    }
    for (const path of ["/v2/", "/artifactory/api/npm/npm/", "/fly/api/v1/tokens"]) {
      const response = await fetch(registry.url + path, { headers: { accept: "text/html" } });
      expect([path, response.headers.get("content-type")?.includes("html") ?? false]).toEqual([path, false]);
    }
  });

  test("gets a page where nothing is only as a browser", async () => {
    await using registry = await startRegistry();
    const page = await new Visitor(registry).get("/nowhere");
    expect([page.status, page.heading, page.alert]).toEqual([
      404,
      "There is nothing here",
      expect.stringContaining("There is no page at this address."),
    ]);
    expect((await fetch(`${registry.url}/nowhere`)).headers.get("content-type")).toBe("application/json");
  });
});

describeStores("an address that people have edited", (store) => {
  test.each([
    "/environments/%00",
    "/tokens/%00",
    "/tokens/%ff",
    "/users/%00/remove",
    "/?name=%00&environment=%00&created_by=%00",
    "/?cursor=%00",
    "/environments/production?cursor=WyJkZXBsb3ltZW50cyIsMWUzMDBd",
    "/?cursor=WyItY3JlYXRlZF9hdCIsMS41LCJcdTAwMDAiXQ",
    "/?status=constructor&sort=__proto__&permission[]=x",
    "/log-in?next=%00",
  ])("meets no fault of ours: %s", async (path) => {
    await using registry = await startRegistry(store === "PostgreSQL" ? { database: postgresUrl() } : {});
    await registry.call("POST", "/environments", { name: "production" });
    const { status } = await (await visit(registry)).get(path);
    expect([200, 303, 400, 404]).toContain(status);
  });
});
