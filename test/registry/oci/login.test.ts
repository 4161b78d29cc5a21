import { describe, expect, it } from "vitest";
import { codeOf, openRoom, type TestRoom } from "./open-room.ts";

async function logIn(room: TestRoom, basic: string, ...scopes: string[]) {
  const query = new URLSearchParams(scopes.map((scope): [string, string] => ["scope", scope]));
  const answer = await room.send("GET", `token?service=fly-tokens&${query}`, { as: basic });
  expect(answer.status).toBe(200);
  return (await answer.json()) as {
    token: string;
    access_token: string;
    expires_in: number;
    issued_at: string;
    scope: string;
  };
}

describe("the base of the API", () => {
  it("says where to log in", async () => {
    const room = await openRoom();
    const answer = await room.send("GET", "/v2/", { as: "" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe(
      'Bearer realm="http://127.0.0.1:7411/v2/token",service="fly-tokens"',
    );
    expect(answer.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
    expect(await codeOf(answer)).toBe("UNAUTHORIZED");
  });

  it.each(["/v2/", "/v2"])(
    "answers a valid login at %s, by Basic, by token and by access token",
    async (path) => {
      const room = await openRoom();
      const { token } = await logIn(room, room.writer.basic);
      for (const as of [room.writer.basic, `Bearer ${room.writer.value}`, `Bearer ${token}`]) {
        const answer = await room.send("GET", path, { as });
        expect(answer.status).toBe(200);
        expect(answer.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
      }
    },
  );

  it.each(["Basic YWxpY2U6d3Jvbmc=", "Bearer wrong", "Bearer flya_wrong", "Digest x", "Bearer"])(
    "refuses `%s`",
    async (as) => {
      const room = await openRoom();
      expect((await room.send("GET", "/v2/", { as })).status).toBe(401);
    },
  );
});

describe("logging in for an access token", () => {
  it("grants what is asked for", async () => {
    const room = await openRoom();
    const answer = await logIn(
      room,
      room.writer.basic,
      "repository:docker/org/app:pull,push",
      "repository:other:pull",
    );
    expect(answer.scope).toBe("repository:docker/org/app:pull,push repository:other:pull");
    expect(answer).toMatchObject({
      access_token: answer.token,
      expires_in: 300,
      issued_at: room.clock.now.toISOString(),
    });
  });

  it("grants pull alone to a read-only token, which is not an error", async () => {
    const room = await openRoom();
    const reader = await room.token("read_only");
    expect((await logIn(room, reader.basic, "repository:app:pull,push")).scope).toBe("repository:app:pull");
  });

  it("works with a form", async () => {
    const room = await openRoom();
    const form = {
      grant_type: "password",
      username: "alice",
      password: room.writer.value,
      service: "fly-tokens",
      scope: "repository:app:pull",
    };
    const answer = await room.send("POST", "token", { as: "", body: new URLSearchParams(form).toString() });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.json()).toMatchObject({ scope: "repository:app:pull", expires_in: 300 });
  });

  it.each([
    ["another user's name", { username: "bob" }, 401],
    ["no user name", { username: "" }, 401],
    ["a wrong token", { password: "wrong" }, 401],
    ["a refresh token", { grant_type: "refresh_token", refresh_token: "x" }, 400],
    ["no grant type", { grant_type: "" }, 400],
    ["a form beyond all measure", { client_id: "x".repeat(70_000) }, 413],
  ])("refuses a form with %s", async (_what, wrong, status) => {
    const room = await openRoom();
    const form = { grant_type: "password", username: "alice", password: room.writer.value, ...wrong };
    expect(
      (await room.send("POST", "token", { as: "", body: new URLSearchParams(form).toString() })).status,
    ).toBe(status);
  });

  it("refuses whoever is nobody, and a method that it does not know", async () => {
    const room = await openRoom();
    const anonymous = await room.send("GET", "token?scope=repository:app:pull", { as: "" });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get("www-authenticate")).toContain("Basic");
    expect((await room.send("DELETE", "token")).status).toBe(405);
  });

  it("refuses a user's key: it manages tokens and opens no repository", async () => {
    const room = await openRoom();
    const { hashOf, makeCredential } = await import("../../../src/registry/credential.ts");
    const key = makeCredential("key");
    await room.db
      .insertInto("users")
      .values({ name: "alice", role: "admin", key_hash: hashOf(key), created_at: 0 })
      .execute();
    const as = `Basic ${Buffer.from(`alice:${key}`).toString("base64")}`;
    expect((await room.send("GET", "token", { as })).status).toBe(403);
    expect((await room.send("GET", "/v2/", { as })).status).toBe(403);
  });

  it("keeps only a hash of what it hands out", async () => {
    const room = await openRoom();
    const { token } = await logIn(room, room.writer.basic, "repository:app:pull");
    expect(JSON.stringify(await room.db.selectFrom("oci_access_tokens").selectAll().execute())).not.toContain(
      token.slice(5),
    );
  });

  it("forgets the access tokens that have expired", async () => {
    const room = await openRoom();
    await logIn(room, room.writer.basic);
    room.clock.now = new Date(room.clock.now.getTime() + 301_000);
    await logIn(room, room.writer.basic);
    expect(await room.db.selectFrom("oci_access_tokens").selectAll().execute()).toHaveLength(1);
  });
});

describe("an access token", () => {
  const upload = "app/blobs/uploads/";

  it("opens what it was granted and nothing else", async () => {
    const room = await openRoom();
    await room.pushImage("app", "1.0");
    await room.pushImage("other", "1.0");
    const { token } = await logIn(room, room.writer.basic, "repository:app:pull");
    const as = `Bearer ${token}`;
    expect((await room.send("GET", "app/manifests/1.0", { as })).status).toBe(200);
    const refused = await room.send("GET", "other/manifests/1.0", { as });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer realm="http://127.0.0.1:7411/v2/token",service="fly-tokens",scope="repository:other:pull",error="insufficient_scope"',
    );
  });

  it("that was not asked for push is sent to ask again, when that would help", async () => {
    const room = await openRoom();
    const { token } = await logIn(room, room.writer.basic, "repository:app:pull");
    const refused = await room.send("POST", upload, { as: `Bearer ${token}` });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain(
      'scope="repository:app:pull,push",error="insufficient_scope"',
    );
    const again = await logIn(room, room.writer.basic, "repository:app:pull,push");
    expect((await room.send("POST", upload, { as: `Bearer ${again.token}` })).status).toBe(202);
  });

  it("of a read-only token is told 403 at once, so that nobody asks again and again", async () => {
    const room = await openRoom();
    const reader = await room.token("read_only");
    const { token } = await logIn(room, reader.basic, "repository:app:pull,push");
    for (const as of [`Bearer ${token}`, reader.basic, `Bearer ${reader.value}`]) {
      for (const [method, path] of [
        ["POST", upload],
        ["PUT", "app/manifests/1.0"],
        ["DELETE", "app/manifests/1.0"],
      ] as const) {
        const refused = await room.send(method, path, { as });
        expect(refused.status).toBe(403);
        expect(await codeOf(refused)).toBe("DENIED");
      }
    }
  });

  it("cannot delete unless it was asked for that", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    const pusher = await logIn(room, room.writer.basic, "repository:app:pull,push");
    const refused = await room.send("DELETE", `app/manifests/${digest}`, { as: `Bearer ${pusher.token}` });
    expect(refused.headers.get("www-authenticate")).toContain('scope="repository:app:delete"');
    const all = await logIn(room, room.writer.basic, "repository:app:*");
    expect((await room.send("DELETE", `app/manifests/${digest}`, { as: `Bearer ${all.token}` })).status).toBe(
      202,
    );
  });

  it("dies at once with the token behind it, however that ends", async () => {
    const room = await openRoom();
    const revoked = await room.token("read_only");
    const deleted = await room.token("read_only");
    const tokens = [await logIn(room, revoked.basic), await logIn(room, deleted.basic)];
    await room.revoke(revoked.id);
    await room.db.deleteFrom("tokens").where("id", "=", deleted.id).execute();
    for (const { token } of tokens) {
      const refused = await room.send("GET", "/v2/", { as: `Bearer ${token}` });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toContain('error="invalid_token"');
    }
  });

  it("does not outlive its five minutes, nor the token's expiry", async () => {
    const room = await openRoom();
    const { token } = await logIn(room, room.writer.basic);
    room.clock.now = new Date(room.clock.now.getTime() + 299_000);
    expect((await room.send("GET", "/v2/", { as: `Bearer ${token}` })).status).toBe(200);
    room.clock.now = new Date(room.clock.now.getTime() + 1_000);
    expect((await room.send("GET", "/v2/", { as: `Bearer ${token}` })).status).toBe(401);

    const expiry = room.clock.now.getTime() - 300_000 + 3_600_000;
    room.clock.now = new Date(expiry - 60_000);
    const late = await logIn(room, room.writer.basic);
    room.clock.now = new Date(expiry);
    expect((await room.send("GET", "/v2/", { as: `Bearer ${late.token}` })).status).toBe(401);
  });

  it("of a token that has become read-only no longer writes", async () => {
    const room = await openRoom();
    const { token } = await logIn(room, room.writer.basic, "repository:app:pull,push");
    await room.db.updateTable("tokens").set({ permission: "read_only" }).execute();
    expect((await room.send("POST", upload, { as: `Bearer ${token}` })).status).toBe(403);
  });
});
