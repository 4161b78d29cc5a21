import { afterAll, beforeAll, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { fileClient } from "./client.ts";

/** The two rooms that keep files by path open to the same people. */
const rooms = [
  { mount: "/artifactory/maven", file: "/com/acme/a/1/a-1.jar", other: "/com/acme/a/2/a-2.jar" },
  { mount: "/artifactory/api/generic", file: "/app/1/app.zip", other: "/app/2/app.zip" },
];
const challenge = 'Basic realm="fly-tokens", charset="UTF-8"';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  const { value } = await registry.mint();
  for (const { mount, file } of rooms) await fileClient(registry, value, mount).put(file, "bytes");
});
afterAll(() => registry.close());

test.each(rooms)("$mount: a read-only token reads, writes nothing, and is told why", async (room) => {
  const { value } = await registry.mint({ permission: "read_only" });
  const client = fileClient(registry, value, room.mount);
  for (const path of ["", "/", room.file]) expect((await client.get(path)).status).toBe(200);
  for (const path of [room.other, room.file, `${room.file}.sha1`]) {
    const answer = await client.put(path, "bytes");
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("read-only")]);
  }
  for (const method of ["DELETE", "POST", "PATCH"])
    expect((await client.send(method, room.file)).status).toBe(403);
  expect((await client.get(room.other)).status).toBe(404);
});

test.each(rooms)(
  "$mount: the root tells a live token from one that is dead",
  async ({ mount, file, other }) => {
    const { token, value } = await registry.mint();
    const client = fileClient(registry, value, mount);
    const live = await client.get("");
    expect([live.status, live.headers.get("content-type")]).toEqual([200, "application/json"]);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    for (const path of ["", "/", file]) {
      const dead = await client.get(path);
      expect([dead.status, dead.headers.get("www-authenticate")]).toEqual([401, challenge]);
    }
    expect((await client.put(other, "bytes")).status).toBe(401);
  },
);

test.each(rooms)("$mount: without a credential everything is a 401 that asks for Basic", async (room) => {
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "POST"]) {
    for (const path of ["", "/", room.file, room.other, "/a%2fb", "/nothing/here"]) {
      const answer = await fetch(`${registry.url}${room.mount}${path}`, { method });
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, challenge]);
    }
  }
});

test.each(rooms)("$mount: a user's key opens nothing, and is told what would", async ({ mount, file }) => {
  const answer = await registry.fetch(mount + file);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("mint a token")]);
});

test.each(rooms)("$mount: nothing is deleted or posted, with whatever token", async ({ mount, file }) => {
  const client = fileClient(registry, (await registry.mint()).value, mount);
  for (const method of ["DELETE", "POST", "PATCH"]) {
    const answer = await client.send(method, file);
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, PUT"]);
  }
  expect(await (await client.get(file)).text()).toBe("bytes");
});

test("what one room keeps, the other does not show", async () => {
  const { value } = await registry.mint();
  for (const [at, path] of [
    [rooms[0]?.mount, rooms[1]?.file],
    [rooms[1]?.mount, "/com/acme/a"],
  ]) {
    expect((await fileClient(registry, value, at).get(path ?? "")).status).toBe(404);
  }
});

test("the log has every request and no secret", async () => {
  const { value } = await registry.mint();
  await fileClient(registry, value).get("/com/acme/a/1/a-1.jar");
  const text = JSON.stringify(registry.log);
  expect(text).toContain("/artifactory/maven/com/acme/a/1/a-1.jar");
  expect(text).not.toContain(value);
});
