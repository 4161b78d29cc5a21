/** Two who want what only one can have, at the same moment; on PostgreSQL at different replicas. */
import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { openSession } from "../../../src/registry/page/sessions.ts";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { describeStores, postgresUrl, type StoreName } from "../../support/store.ts";

const rounds = 12;

/** Two replicas over one database; with SQLite, which is one process's at a time, the same one twice. */
async function replicas(store: StoreName): Promise<[TestRegistry, TestRegistry]> {
  const database = store === "PostgreSQL" ? postgresUrl() : undefined;
  const here = await startRegistry({ database });
  onTestFinished(() => here.close());
  if (!database) return [here, here];
  const there = await startRegistry({ database: new Secret(database.reveal()), folder: here.folder });
  onTestFinished(() => there.close());
  return [here, there];
}

const statusesOf = async (...asked: Promise<Response>[]) =>
  (await Promise.all(asked)).map(({ status }) => status);

describeStores("at the same moment", (store) => {
  test("two admins delete each other: one stays", async () => {
    const [here, there] = await replicas(store);
    let [name, key] = ["admin", here.adminKey];
    for (let round = 0; round < rounds; round++) {
      const made = await here.call("POST", "/users", { name: `admin${round}`, role: "admin" }, key);
      const other = { name: `admin${round}`, key: ((await made.json()) as { key: string }).key };
      const [ours, theirs] = await statusesOf(
        here.call("DELETE", `/users/${other.name}`, undefined, key),
        there.call("DELETE", `/users/${name}`, undefined, other.key),
      );
      // The other one was the last, or had gone before it was asked who they are.
      expect([
        [204, 409],
        [204, 401],
        [409, 204],
        [401, 204],
      ]).toContainEqual([ours, theirs]);
      if (ours !== 204) [name, key] = [other.name, other.key];
      expect((await here.call("GET", "/users", undefined, key)).status).toBe(200);
    }
  });

  test("an environment is deleted and gets a token: it has the token, or is gone without one", async () => {
    const [here, there] = await replicas(store);
    for (let round = 0; round < rounds; round++) {
      const name = `e${round}`;
      await here.call("POST", "/environments", { name });
      const wanted = { name: "x", permission: "read_only", expires_at: null, environment: name };
      const both = await statusesOf(
        here.call("POST", "/tokens", wanted),
        there.call("DELETE", `/environments/${name}`),
      );
      expect([
        [201, 409],
        [404, 204],
      ]).toContainEqual(both);
      const { status } = await there.call("GET", `/environments/${name}`);
      expect(status).toBe(both[0] === 201 ? 200 : 404);
    }
  });

  test("a user is deleted and mints: they stay, or leave nothing that opens anything", async () => {
    const [here, there] = await replicas(store);
    for (let round = 0; round < rounds; round++) {
      const key = await here.addUser(`u${round}`);
      const wanted = { name: "x", permission: "read_only", expires_at: null };
      const both = await statusesOf(
        here.call("POST", "/tokens", wanted, key),
        there.call("DELETE", `/users/u${round}`),
      );
      expect([
        [201, 409],
        [401, 204],
      ]).toContainEqual(both);
    }
  });

  test("a user is deleted and logs in at the page: they are in and out again, or nobody; no fault", async () => {
    const [here, there] = await replicas(store);
    for (let round = 0; round < rounds; round++) {
      const key = await here.addUser(`u${round}`);
      const logIn = (at: TestRegistry) =>
        at.fetch("/log-in", {
          method: "POST",
          redirect: "manual",
          headers: { origin: at.url, "content-type": "application/x-www-form-urlencoded" },
          body: `${new URLSearchParams({ key })}`,
        });
      const both = statusesOf(logIn(here), logIn(here), there.call("DELETE", `/users/u${round}`));
      // A key that has just gone counts as a failed log-in.
      for (const status of await both) expect([303, 403, 429, 204]).toContain(status);
    }
    const db = await here.openDatabase();
    const gone = { kind: "key", username: "nobody", role: "developer" } as const;
    expect(await openSession(db, gone, "flyk_x", new Date()).finally(() => db.destroy())).toBeUndefined();
  });

  test("fifty bring one idempotency key: they get one token", async () => {
    const [here, there] = await replicas(store);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const response = await (index % 2 ? there : here).fetch("/fly/api/v1/tokens", {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": "one" },
          body: JSON.stringify({ name: "x", permission: "read_only", expires_at: null }),
        });
        const { token } = (await response.json()) as { token: { id: string } };
        return [response.status, token.id] as const;
      }),
    );
    expect(new Set(answers.map(([, id]) => id)).size).toBe(1);
    expect(answers.map(([status]) => status).sort()).toEqual([...Array(49).fill(200), 201]);
  });

  test("a manifest is pushed and its blob deleted: the one came before the other", async () => {
    const [here, there] = await replicas(store);
    const { value } = await here.mint();
    const authorization = `Basic ${Buffer.from(`__token__:${value}`).toString("base64")}`;
    const digest = `sha256:${createHash("sha256").update("{}").digest("hex")}`;
    const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: 2 };
    const type = "application/vnd.oci.image.manifest.v1+json";
    for (let round = 0; round < rounds; round++) {
      const repository = `/v2/docker/r${round}`;
      const upload = { method: "POST", headers: { authorization }, body: "{}" };
      expect((await here.fetch(`${repository}/blobs/uploads/?digest=${digest}`, upload)).status).toBe(201);
      const manifest = { schemaVersion: 2, mediaType: type, config: descriptor, layers: [] };
      const both = await statusesOf(
        here.fetch(`${repository}/manifests/v1`, {
          method: "PUT",
          headers: { authorization, "content-type": type },
          body: JSON.stringify(manifest),
        }),
        there.fetch(`${repository}/blobs/${digest}`, { method: "DELETE", headers: { authorization } }),
      );
      expect([
        [201, 202],
        [404, 202],
      ]).toContainEqual(both);
      const { status } = await there.fetch(`${repository}/manifests/v1`, { headers: { authorization } });
      expect(status).toBe(both[0] === 201 ? 200 : 404);
    }
  });
});

describeStores("a HEAD at one replica and a GET at another", (store) => {
  test("are one pull of the tag; the HEAD's row goes when it is old", async () => {
    const [here, there] = await replicas(store);
    await here.call("POST", "/environments", { name: "production" });
    const { value } = await here.mint({ environment: "production" });
    const authorization = `Basic ${Buffer.from(`__token__:${value}`).toString("base64")}`;
    const type = "application/vnd.oci.image.index.v1+json";
    const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [] });
    const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
    const at = (reference: string) => `/v2/docker/app/manifests/${reference}`;
    const headers = { authorization, "content-type": type };
    expect((await here.fetch(at("1.0"), { method: "PUT", headers, body })).status).toBe(201);
    const db = await here.openDatabase();
    const old = { token_id: "tok_old", image: "i", digest, tag: "t", at: Date.now() - 61_000 };
    await db.insertInto("oci_heads").values(old).execute();
    expect((await here.fetch(at("1.0"), { method: "HEAD", headers })).status).toBe(200);
    expect((await there.fetch(at(digest), { headers })).status).toBe(200);
    const heads = await db.selectFrom("oci_heads").select(["image", "tag"]).execute();
    await db.destroy();
    expect(heads).toEqual([{ image: "docker/app", tag: "1.0" }]);
    const { deployments } = (await (
      await there.call("GET", "/environments/production/deployments")
    ).json()) as { deployments: object[] };
    expect(deployments).toMatchObject([{ image: "docker/app", tag: "1.0", digest }]);
    expect(deployments).toHaveLength(1);
  });
});
