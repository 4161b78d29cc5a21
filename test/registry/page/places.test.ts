/** Environments and users at the page. */
import { describe, expect, test } from "vitest";
import { pull, push } from "../../support/images.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { textOf, visit } from "./visitor.ts";

async function names(registry: TestRegistry, what: "environments" | "users"): Promise<string[]> {
  const answer = (await (await registry.call("GET", `/${what}`)).json()) as Record<
    string,
    { name: string }[]
  >;
  return (answer[what] ?? []).map(({ name }) => name);
}

describe("environments", () => {
  test("are created, listed, and deleted by an admin once no active token belongs to them", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    expect((await visitor.get("/environments")).html).toContain("Create the first environment");
    const made = await visitor.submit("/environments/new", { name: "staging", description: "Before <b>" });
    expect(made.location).toBe("/environments/staging?done=created");
    const page = await visitor.get(made.location ?? "");
    expect(textOf(page.html)).toContain("Nothing was pulled yet");
    expect(page.html).toContain("Before &lt;b&gt;");
    const { token } = await registry.mint({ environment: "staging" });
    expect(textOf((await visitor.get("/environments")).html)).toContain("staging Before <b> 1 admin");
    expect((await visitor.get("/environments/staging")).html).not.toContain("/environments/staging/delete");
    const refused = await visitor.get("/environments/staging/delete");
    expect([refused.status, textOf(refused.html)]).toEqual([
      409,
      expect.stringContaining("1 active token would lose"),
    ]);
    const form_token = await visitor.formToken();
    expect((await visitor.post("/environments/staging/delete", { form_token })).status).toBe(409);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect((await visitor.submit("/environments/staging/delete")).location).toBe(
      "/environments?done=deleted",
    );
    expect(await names(registry, "environments")).toEqual([]);
    expect((await visitor.get("/environments/staging")).status).toBe(404);
  });

  test("say what is wrong with a name", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    await visitor.submit("/environments/new", { name: "taken" });
    for (const [name, says] of [
      ["Not This", "The name: 1 to 63 lower-case letters, digits and hyphens."],
      ["", "The name: 1 to 63 lower-case letters, digits and hyphens."],
      ["taken", "There is an environment taken already."],
    ] as const)
      expect((await visitor.submit("/environments/new", { name })).alert).toBe(says);
    const { alert } = await visitor.submit("/environments/new", { name: "new", description: "a\0" });
    expect(alert).toBe("The description: text without NUL.");
    expect(await names(registry, "environments")).toEqual(["taken"]);
  });

  test("show what runs, how far it is behind, and what ran before, by pages", async () => {
    await using registry = await startRegistry();
    await registry.call("POST", "/environments", { name: "production" });
    const { value: writer } = await registry.mint();
    const { value: reader } = await registry.mint({ permission: "read_only", environment: "production" });
    const first = await push(registry, writer, "docker/app", "1.0");
    for (let count = 0; count < 26; count++) await pull(registry, reader, "docker/app", "1.0");
    const visitor = await visit(registry);
    expect(textOf((await visitor.get("/environments/production")).html)).toContain("Up to date");
    await push(registry, writer, "docker/app", "1.1");
    const last = await push(registry, writer, "docker/app", "1.2");
    const page = await visitor.get("/environments/production");
    expect(textOf(page.html)).toContain(`docker/app 1.0 ${first.slice(0, 19)}…`);
    expect(textOf(page.html)).toContain(`2 behind newest: ${last.slice(0, 19)}…`);
    const pulls = (html: string) => html.slice(html.indexOf("history")).match(/<time /g)?.length;
    expect(pulls(page.html)).toBe(25);
    const older = /href="([^"]+)" rel="next"/.exec(page.html)?.[1] ?? "";
    expect(pulls((await visitor.get(older)).html)).toBe(1);
  });

  test("are created by developers, and not deleted by them", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry, await registry.addUser("ann"));
    await visitor.submit("/environments/new", { name: "staging" });
    expect((await visitor.get("/environments/staging")).html).not.toContain("/delete");
    expect((await visitor.get("/environments/staging/delete")).status).toBe(403);
    const form_token = await visitor.formToken();
    expect((await visitor.post("/environments/staging/delete", { form_token })).status).toBe(403);
    expect(await names(registry, "environments")).toEqual(["staging"]);
  });
});

describe("users", () => {
  test("are added, with their key shown once, and removed", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    const made = await visitor.submit("/users/new", { name: "ann@example.com" });
    expect([made.status, made.heading]).toEqual([200, "ann@example.com"]);
    const key = /flyk_\w{49}/.exec(made.html)?.[0] ?? "";
    const again = await visitor.post("/users/new", made.sent);
    expect([again.alert, again.html.includes("flyk_")]).toEqual([
      "There is a user ann@example.com already.",
      false,
    ]);
    const list = await visitor.get("/users");
    expect(textOf(list.html)).toContain("ann@example.com Developer");
    expect(list.html).not.toContain(key);
    const ann = await visit(registry, key);
    expect(textOf((await ann.get("/")).html)).toContain("ann@example.com (developer)");
    const removed = await visitor.submit("/users/ann%40example.com/remove");
    expect(removed.location).toBe("/users?done=removed");
    expect(await names(registry, "users")).toEqual(["admin"]);
    expect((await ann.get("/")).location).toBe("/log-in");
  });

  test("stay while they have active tokens, as does the last admin; the page says what to do", async () => {
    await using registry = await startRegistry();
    const { token } = await registry.mint({ key: await registry.addUser("ann") });
    const visitor = await visit(registry);
    const form_token = await visitor.formToken();
    const page = await visitor.get("/users/ann/remove");
    expect([page.status, page.alert]).toEqual([
      409,
      expect.stringContaining("ann has active tokens (1): revoke them first."),
    ]);
    expect(page.html).toContain('href="/?created_by=ann&amp;status=active"');
    expect((await visitor.post("/users/ann/remove", { form_token })).status).toBe(409);
    expect((await visitor.get("/users")).html).not.toContain("/users/admin/remove");
    expect((await visitor.get("/users/admin/remove")).alert).toContain("The last admin has to stay.");
    expect((await visitor.post("/users/admin/remove", { form_token })).status).toBe(409);
    expect(await names(registry, "users")).toEqual(["admin", "ann"]);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect((await visitor.submit("/users/ann/remove")).status).toBe(303);
    expect((await visitor.get("/users/nobody/remove")).status).toBe(404);
  });

  test("are nobody else's business", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry, await registry.addUser("ann"));
    expect((await visitor.get("/")).html).not.toContain('href="/users"');
    const form_token = await visitor.formToken();
    for (const path of ["/users", "/users/new", "/users/ann/remove", "/users/nobody/remove"]) {
      const page = await visitor.get(path);
      expect([path, page.status, page.html.includes("admin</")]).toEqual([path, 403, false]);
      if (path !== "/users")
        expect((await visitor.post(path, { form_token, name: "bob", role: "admin" })).status).toBe(403);
    }
    expect(await names(registry, "users")).toEqual(["admin", "ann"]);
  });

  test("are not called what names cannot be", async () => {
    await using registry = await startRegistry();
    const visitor = await visit(registry);
    for (const name of ["", "a:b", "<script>", "__token__"])
      expect((await visitor.submit("/users/new", { name })).alert).toMatch(/^The name: 1 to 64 letters/);
    expect((await visitor.submit("/users/new", { name: "bob", role: "root" })).alert).toBe("Choose one.");
    expect(await names(registry, "users")).toEqual(["admin"]);
  });
});
