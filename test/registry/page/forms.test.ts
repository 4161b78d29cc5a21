/** Only a form of our own page changes anything. */
import { describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { type Fields, type Headers403, textOf, type Visitor, visit } from "./visitor.ts";

/** Every form, with what it would do. */
async function forms(registry: TestRegistry): Promise<[string, Fields][]> {
  await registry.addUser("ann");
  await registry.call("POST", "/environments", { name: "staging" });
  const { token } = await registry.mint({ name: "active" });
  const { token: old } = await registry.mint({ name: "old" });
  await registry.call("POST", `/tokens/${old.id}/revoke`);
  return [
    [
      "/tokens/new",
      { name: "new", permission: "read_write", expiry: "never", number: "a".repeat(36), environment: "" },
    ],
    [`/tokens/${token.id}/revoke`, {}],
    [`/tokens/${old.id}/delete`, {}],
    ["/environments/new", { name: "new", description: "" }],
    ["/environments/staging/delete", {}],
    ["/users/new", { name: "bob", role: "admin" }],
    ["/users/ann/remove", {}],
    ["/log-out", {}],
  ];
}

/** All that forms can change. */
async function state(registry: TestRegistry): Promise<unknown> {
  const parts = ["/tokens", "/environments", "/users"].map(async (path) =>
    (await registry.call("GET", path)).json(),
  );
  const db = await registry.openDatabase();
  const sessions = await db.selectFrom("sessions").select("hash").execute();
  await db.destroy();
  return [...(await Promise.all(parts)), sessions];
}

async function expectRefused(
  registry: TestRegistry,
  visitor: Visitor,
  all: [string, Fields][],
  headers: Headers403,
) {
  const before = await state(registry);
  const token = await visitor.formToken();
  for (const [path, fields] of all) {
    const { status, heading, alert } = await visitor.post(path, { form_token: token, ...fields }, headers);
    expect([path, status, heading]).toEqual([path, 403, "That is not allowed"]);
    expect(alert).toContain("nothing was changed");
  }
  expect(await state(registry)).toEqual(before);
}

describe("a form", () => {
  test.each([
    ["another origin", { origin: "https://evil.example" }],
    ["another port of this host", { origin: "http://127.0.0.1:1" }],
    ["a name that begins with ours", { origin: "http://127.0.0.1.evil.example" }],
    ["a frame without an origin", { origin: "null" }],
    ["a program that says no origin", { origin: undefined }],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
    ["the same site, as the browser says", { "sec-fetch-site": "same-site" }],
  ])("is refused from %s", async (_, headers) => {
    await using registry = await startRegistry();
    await expectRefused(registry, await visit(registry), await forms(registry), headers);
  });

  test.each([
    ["none", ""],
    ["one that was made up", "a".repeat(43)],
    ["a long one", "a".repeat(10_000)],
  ])("is refused with another token: %s", async (_, form_token) => {
    await using registry = await startRegistry();
    const all = (await forms(registry)).map(([path, fields]): [string, Fields] => [
      path,
      { ...fields, form_token },
    ]);
    await expectRefused(registry, await visit(registry), all, {});
  });

  test("is refused with the token of another session, of the same user, too", async () => {
    await using registry = await startRegistry();
    const form_token = await (await visit(registry)).formToken();
    const all = (await forms(registry)).map(([path, fields]): [string, Fields] => [
      path,
      { ...fields, form_token },
    ]);
    await expectRefused(registry, await visit(registry), all, {});
  });

  test("of nobody leads to the log-in, and back to its page as it was filled in, without what is the session's", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    const all = await forms(registry);
    const token = await visitor.formToken();
    visitor.cookie = undefined;
    const before = await state(registry);
    for (const [path, fields] of all) {
      const { status, location } = await visitor.post(path, { ...fields, form_token: token });
      const { number, ...kept } = fields;
      const query = Object.keys(kept).length === 0 ? "" : `?${new URLSearchParams(kept)}`;
      const next = new URLSearchParams({ next: path + query, ended: "1" });
      expect([path, status, location]).toEqual([path, 303, `/log-in?${next}`]);
    }
    expect(await state(registry)).toEqual(before);
    const back = await visit(registry);
    for (const [path] of all) expect([path, (await back.get(path)).status]).not.toEqual([path, 404]);
    const long = await visitor.post("/environments/new", { name: "new", description: "x".repeat(5000) });
    expect(long.location).toBe("/log-in?next=%2Fenvironments%2Fnew&ended=1");
  });

  test("that was sent too late is there again after the log-in, and is sent from there", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    await registry.call("POST", "/environments", { name: "staging" });
    const fields = {
      name: `"<b> & 名 ?#`,
      permission: "read_write",
      expiry: "never",
      date: "2030-01-02",
      environment: "staging",
    };
    const session = visitor.cookie;
    visitor.cookie = undefined;
    const { location } = await visitor.post("/tokens/new", fields);
    const page = await visitor.get(location ?? "");
    expect([page.status, page.alert]).toEqual([200, expect.stringContaining("Your log-in has ended")]);
    const { location: back } = await visitor.submit(location ?? "", { key: registry.adminKey });
    expect(visitor.cookie).not.toBe(session);
    const { status, html } = await visitor.submit(back ?? "", { name: fields.name });
    expect([status, textOf(/<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? "")]).toEqual([200, fields.name]);
    const { tokens } = (await (await registry.call("GET", "/tokens")).json()) as { tokens: object[] };
    expect(tokens).toEqual([
      expect.objectContaining({
        name: fields.name,
        permission: "read_write",
        expires_at: null,
        environment: "staging",
      }),
    ]);
    for (const [path, shows] of [
      [back, "&quot;&lt;b&gt; &amp; 名 ?#"],
      ["/environments/new?name=a&description=what+it+is", "what it is"],
      ["/users/new?name=bob&role=admin", 'value="admin" checked'],
    ] as const)
      expect((await visitor.get(path ?? "")).html).toContain(shows);
  });

  test("is taken from its page, and not by asking for an address", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    const all = await forms(registry);
    const before = await state(registry);
    for (const [path, fields] of all) {
      const form_token = await visitor.formToken();
      await visitor.get(`${path}?${new URLSearchParams({ ...fields, form_token })}`);
    }
    expect(await state(registry)).toEqual(before);
    const form_token = await visitor.formToken();
    for (const [path, fields] of all) {
      const { status } = await visitor.post(path, { ...fields, form_token });
      expect([path, [200, 303].includes(status)]).toEqual([path, true]);
    }
    expect(await state(registry)).not.toEqual(before);
    expect((await visitor.get("/")).location).toBe("/log-in");
  });

  test("has the form of a form, and an end", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    const form_token = await visitor.formToken();
    for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", undefined]) {
      const { status } = await visitor.post("/users/new", { form_token }, { "content-type": type });
      expect([type, status]).toEqual([type, 415]);
    }
    expect((await visitor.post("/users/new", { form_token, name: "a".repeat(20_000) })).status).toBe(413);
  });
});
