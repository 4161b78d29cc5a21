import { describe, expect, test } from "vitest";
import { startRegistry } from "../support/registry.ts";

describe("users", () => {
  test("are added by an admin; the key is shown once and opens what the role allows", async () => {
    await using registry = await startRegistry({ now: () => new Date("2026-11-22T12:00:00Z") });
    const response = await registry.call("POST", "/users", { name: "ann@example.com", role: "developer" });
    expect(response.status).toBe(201);
    const { user, key } = (await response.json()) as { user: unknown; key: string };
    expect(user).toEqual({
      name: "ann@example.com",
      role: "developer",
      created_at: "2026-11-22T12:00:00.000Z",
    });
    expect(key).toMatch(/^flyk_[0-9A-Za-z]{49}$/);
    expect(await (await registry.call("GET", "/me", undefined, key)).json()).toEqual({
      username: "ann@example.com",
      role: "developer",
    });
    const list = await (await registry.call("GET", "/users")).text();
    expect(JSON.parse(list)).toMatchObject({
      users: [{ name: "admin", role: "admin" }, { name: "ann@example.com" }],
    });
    expect(list).not.toMatch(/flyk_|hash/);
  });

  test("are nobody else's business", async () => {
    await using registry = await startRegistry();
    const ann = await registry.addUser("ann");
    for (const [method, path] of [
      ["GET", "/users"],
      ["POST", "/users"],
      ["DELETE", "/users/ann"],
      ["DELETE", "/users/nobody"],
    ] as const) {
      const response = await registry.call(
        method,
        path,
        method === "POST" ? { name: "x", role: "admin" } : undefined,
        ann,
      );
      expect([method, response.status]).toEqual([method, 403]);
    }
  });

  test.each(["", "a:b", "a b", "__token__", "é", "-x", "x".repeat(65)])("are not called %j", async (name) => {
    await using registry = await startRegistry();
    expect((await registry.call("POST", "/users", { name, role: "developer" })).status).toBe(400);
  });

  test("have different names", async () => {
    await using registry = await startRegistry();
    expect((await registry.call("POST", "/users", { name: "admin", role: "developer" })).status).toBe(409);
    expect(await (await registry.call("GET", "/me")).json()).toEqual({ username: "admin", role: "admin" });
  });

  test("are removed at once, but not the last admin and nobody who has active tokens", async () => {
    await using registry = await startRegistry();
    const ann = await registry.addUser("ann");
    const { token } = await registry.mint({ key: ann });
    const remove = async (name: string, key?: string) =>
      (await registry.call("DELETE", `/users/${name}`, undefined, key)).status;
    expect(await remove("nobody")).toBe(404);
    expect(await remove("admin")).toBe(409);
    expect(await remove("ann")).toBe(409);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await remove("ann")).toBe(204);
    expect((await registry.call("GET", "/me", undefined, ann)).status).toBe(401);
    const zoe = await registry.addUser("zoe", "admin");
    expect(await remove("admin", zoe)).toBe(204);
    expect(await remove("zoe", zoe)).toBe(409);
  });
});
