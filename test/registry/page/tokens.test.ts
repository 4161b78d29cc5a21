/** Tokens at the page: created, shown once, listed, revoked, deleted, by those who may. */
import { describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { describeStores, postgresUrl } from "../../support/store.ts";
import { type Answer, textOf, visit } from "./visitor.ts";

const now = () => new Date("2026-11-22T12:00:00Z");
const valueIn = ({ html }: Answer) => /flyt_\w{49}/.exec(html)?.[0];

async function tokens(registry: TestRegistry): Promise<{ name: string; id: string; status: string }[]> {
  return ((await (await registry.call("GET", "/tokens?sort=created_at")).json()) as { tokens: never[] })
    .tokens;
}

/** The rows of a table as they are read. */
function rows({ html }: Answer): string[] {
  const body = /<tbody[^>]*>(.*?)<\/tbody>/s.exec(html)?.[1] ?? "";
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = ""]) => textOf(row));
}

const status = async (registry: TestRegistry, value: string) =>
  (
    await registry.fetch("/artifactory/api/npm/npm/-/whoami", {
      headers: { authorization: `Bearer ${value}` },
    })
  ).status;

describeStores("creating", (store) => {
  const options = () => ({ now, ...(store === "PostgreSQL" && { database: postgresUrl() }) });

  test("makes the least by default, and shows the value in that answer alone", async () => {
    await using registry = await startRegistry(options());
    const visitor = await visit(registry);
    const answer = await visitor.submit("/tokens/new", { name: "ci" });
    expect([answer.status, answer.heading]).toEqual([200, "ci"]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.html).toContain("This is shown now and never again.");
    const value = valueIn(answer) ?? "";
    expect(await status(registry, value)).toBe(200);
    const [made] = await tokens(registry);
    expect(made).toMatchObject({
      name: "ci",
      username: "admin",
      permission: "read_only",
      expires_at: "2026-12-22T23:59:59.999Z",
      created_by: "admin",
    });
    expect(made).not.toHaveProperty("environment");

    // A reload sends the form again.
    const again = await visitor.post("/tokens/new", answer.sent);
    expect([again.status, again.location]).toEqual([303, `/tokens/${made?.id}?done=shown`]);
    const page = await visitor.get(again.location ?? "");
    expect(page.alert).toContain("cannot be shown again");
    expect(valueIn(page) ?? valueIn(await visitor.get("/"))).toBeUndefined();
    expect(await tokens(registry)).toHaveLength(1);
    // Nor is it said to a program that knows the form's number.
    const byKey = await registry.fetch("/fly/api/v1/tokens", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `page-${answer.sent.number}` },
      body: JSON.stringify({ name: "ci", permission: "read_only", expires_at: "2026-12-22T23:59:59.999Z" }),
    });
    expect(await byKey.json()).not.toHaveProperty("value");
  });

  test("makes what was asked for", async () => {
    await using registry = await startRegistry(options());
    await registry.call("POST", "/environments", { name: "staging" });
    const visitor = await visit(registry);
    const fields = { name: " deploy é ", permission: "read_write", expiry: "never", date: "" };
    await visitor.submit("/tokens/new?environment=staging", fields);
    expect(await tokens(registry)).toEqual([
      expect.objectContaining({
        name: "deploy é",
        permission: "read_write",
        expires_at: null,
        environment: "staging",
      }),
    ]);
  });

  test("makes one token of forms that are sent at once", async () => {
    await using registry = await startRegistry(options());
    const visitor = await visit(registry);
    const form = {
      form_token: await visitor.formToken(),
      number: "0123456789abcdefghij",
      name: "twice",
      permission: "read_only",
      expiry: "never",
    };
    const answers = await Promise.all(Array.from({ length: 5 }, () => visitor.post("/tokens/new", form)));
    expect(answers.filter(valueIn)).toHaveLength(1);
    expect(await tokens(registry)).toHaveLength(1);
  });

  test.each([
    [{ name: "" }, "The name has 1 to 100 characters, and not only spaces."],
    [{ name: "a\u202eb" }, "The name contains invisible characters."],
    [{ name: "a\0b" }, "The name contains invisible characters."],
    [{ name: "a\u200bb" }, "The name contains invisible characters."],
    [{ date: "2026-11-21" }, "The day has passed already."],
    [{ date: "" }, "Choose a day, or Never."],
    [{ date: "tomorrow" }, "Choose a day, or Never."],
    [{ permission: "admin" }, "Choose one."],
    [{ environment: "nowhere" }, 'There is no environment "nowhere".'],
    [{ number: "" }, "The form was not complete. Send it again."],
  ])("says what is wrong with %j, and keeps what was filled in", async (wrong, says) => {
    await using registry = await startRegistry(options());
    const visitor = await visit(registry);
    const answer = await visitor.submit("/tokens/new", { name: "kept", ...wrong });
    expect([400, 404]).toContain(answer.status);
    expect(answer.alert).toBe(says);
    if (!("name" in wrong)) expect(answer.html).toContain('value="kept"');
    expect(await tokens(registry)).toEqual([]);
  });

  test("asks again when a used form comes with something else", async () => {
    await using registry = await startRegistry(options());
    const visitor = await visit(registry);
    const { sent } = await visitor.submit("/tokens/new", { name: "first" });
    const answer = await visitor.post("/tokens/new", { ...sent, name: "second" });
    expect([answer.status, answer.alert]).toEqual([409, expect.stringContaining("Send it again")]);
    const number = / name="number" value="([^"]+)"/.exec(answer.html)?.[1] ?? "";
    expect(valueIn(await visitor.post("/tokens/new", { ...sent, name: "second", number }))).toBeDefined();
    expect((await tokens(registry)).map(({ name }) => name).sort()).toEqual(["first", "second"]);
  });
});

describe("the list", () => {
  test("has the columns that are asked for, and says what to do when it is empty", async () => {
    await using registry = await startRegistry({ now });
    const visitor = await visit(registry);
    expect((await visitor.get("/")).html).toContain("Create the first token");
    await registry.call("POST", "/environments", { name: "staging" });
    await registry.mint({
      name: "ci",
      permission: "read_only",
      expires_at: "2026-12-02T12:00:00Z",
      environment: "staging",
    });
    const page = await visitor.get("/");
    const heads = [...page.html.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/gs)].map(([, head = ""]) =>
      textOf(head),
    );
    expect(heads).toEqual([
      "Name",
      "Username",
      "Permission",
      "Created By",
      "Created ↓",
      "Expires",
      "Status",
      "Actions",
    ]);
    expect(rows(page)).toEqual([
      "ci for staging admin Read-only admin 22 Nov 2026 2 Dec 2026 in 10 days ● Active Revoke ci",
    ]);
  });

  test("is filtered, sorted and paged as the address says, and leaves out what it does not understand", async () => {
    await using registry = await startRegistry({ now });
    await registry.call("POST", "/environments", { name: "staging" });
    for (let count = 0; count < 60; count++)
      await registry.mint({ name: `bulk ${String(count).padStart(2, "0")}`, permission: "read_only" });
    const { token } = await registry.mint({
      name: "Ärger",
      permission: "read_write",
      environment: "staging",
    });
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    const visitor = await visit(registry);
    for (const query of ["status=revoked", "permission=read_write", "environment=staging", "name=%C3%84RG"])
      expect([query, rows(await visitor.get(`/?${query}`)).length]).toEqual([query, 1]);
    expect(rows(await visitor.get("/?status=active&environment=staging"))).toEqual([]);
    expect((await visitor.get("/?name=nothing")).html).toContain("No token fits");
    expect(rows(await visitor.get("/?status=wrong&sort=x&permission=&name=&limit=1"))).toHaveLength(50);

    const first = await visitor.get("/?sort=name&status=active");
    const next = /href="([^"]+)" rel="next"/.exec(first.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await visitor.get(next);
    expect([rows(first).length, rows(second).length]).toEqual([50, 10]);
    expect(rows(second)[0]).toMatch(/^bulk 50 /);
    expect(second.html).not.toContain('rel="next"');
    expect(first.html).toContain('aria-sort="ascending"');
    const foreign = await visitor.get("/?cursor=nonsense");
    expect([foreign.status, foreign.heading]).toEqual([400, "That could not be read"]);
  });

  test("is a developer's own, and an admin's of all", async () => {
    await using registry = await startRegistry({ now });
    const ann = await registry.addUser("ann");
    await registry.mint({ name: "ann's", key: ann });
    await registry.mint({ name: "admin's" });
    const visitor = await visit(registry, ann);
    expect(rows(await visitor.get("/"))).toHaveLength(1);
    expect(rows(await visitor.get("/?created_by=admin"))).toEqual([]);
    const admin = await visit(registry);
    expect(rows(await admin.get("/"))).toHaveLength(2);
    expect(rows(await admin.get("/?created_by=ann"))).toEqual([expect.stringContaining("ann's")]);
  });
});

describe("revoking and deleting", () => {
  test("ask first, name the token, and do it once", async () => {
    await using registry = await startRegistry({ now });
    const { token, value } = await registry.mint({ name: "old & <b>" });
    const visitor = await visit(registry);
    const asked = await visitor.get(`/tokens/${token.id}/revoke`);
    expect(asked.heading).toBe("Revoke old & <b> ?");
    expect(await status(registry, value)).toBe(200);
    const revoked = await visitor.submit(`/tokens/${token.id}/revoke`);
    expect(revoked.location).toBe(`/tokens/${token.id}?done=revoked`);
    expect(await status(registry, value)).toBe(401);
    const page = await visitor.get(revoked.location ?? "");
    expect(page.html).toContain("The token was revoked.");
    expect(page.html).toMatch(/by admin/);
    // Revoked a second time it stays as it is.
    expect((await visitor.post(`/tokens/${token.id}/revoke`, revoked.sent)).location).toContain(
      "done=revoked",
    );
    const nothing = await visitor.get(`/tokens/${token.id}/revoke`);
    expect([nothing.status, nothing.html.includes('class="danger"')]).toEqual([409, false]);

    const deleted = await visitor.submit(`/tokens/${token.id}/delete`);
    expect(deleted.location).toBe("/?done=deleted");
    expect((await visitor.get("/?done=deleted")).html).toContain("The token was deleted.");
    expect(await tokens(registry)).toEqual([]);
    const gone = await visitor.get(`/tokens/${token.id}`);
    expect([gone.status, gone.alert]).toEqual([404, expect.stringContaining("There is no such token.")]);
    expect((await visitor.post(`/tokens/${token.id}/delete`, deleted.sent)).status).toBe(404);
  });

  test("of an active token: deleting is not offered, and refused", async () => {
    await using registry = await startRegistry({ now });
    const { token } = await registry.mint();
    const visitor = await visit(registry);
    const page = await visitor.get(`/tokens/${token.id}`);
    expect(page.html).not.toContain(`/tokens/${token.id}/delete`);
    const asked = await visitor.get(`/tokens/${token.id}/delete`);
    expect([asked.status, textOf(asked.html)]).toEqual([409, expect.stringContaining("Revoke it first")]);
    const form_token = await visitor.formToken();
    const { status: refused } = await visitor.post(`/tokens/${token.id}/delete`, { form_token });
    expect(refused).toBe(409);
    expect(await tokens(registry)).toHaveLength(1);
  });

  test("of somebody else's token is an admin's: for a developer there is none", async () => {
    await using registry = await startRegistry({ now });
    const { token, value } = await registry.mint({ name: "secret name" });
    const visitor = await visit(registry, await registry.addUser("ann"));
    const form_token = await visitor.formToken();
    for (const path of ["", "/revoke", "/delete"]) {
      const shown = await visitor.get(`/tokens/${token.id}${path}`);
      expect([shown.status, shown.html.includes("secret name")]).toEqual([404, false]);
      if (path) expect((await visitor.post(`/tokens/${token.id}${path}`, { form_token })).status).toBe(404);
    }
    expect(await status(registry, value)).toBe(200);
  });
});
