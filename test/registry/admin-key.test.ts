import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readAdminKey, renewAdminKey } from "../../src/registry/admin-key.ts";
import { openRegistry, type Registry } from "../../src/registry/service.ts";
import { openStore } from "../../src/registry/store/open.ts";
import { Secret } from "../../src/secret.ts";
import { describeStores, postgresUrl, type StoreName } from "../support/store.ts";

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-admin-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function open(folder: string, database?: Secret): Promise<Registry> {
  const registry = await openRegistry({ folder, database: database && new Secret(database.reveal()) });
  onTestFinished(() => registry.close());
  return registry;
}

const databaseOf = (store: StoreName) => (store === "PostgreSQL" ? postgresUrl() : undefined);

async function me(registry: Registry, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await registry.fetch(new Request("http://registry/fly/api/v1/me", { headers }))).status;
}

async function renew(folder: string, database?: Secret): Promise<string> {
  const db = await openStore({ folder, database });
  await renewAdminKey(folder, db, new Date()).finally(() => db.destroy());
  return readAdminKey(folder);
}

describeStores("a new admin key", (store) => {
  test("is the admin's at once, in every process; the former one opens nothing; it stays after a start", async () => {
    const [folder, database] = [await newFolder(), databaseOf(store)];
    const [here, there] = [await open(folder, database), await open(folder, database)];
    const former = await here.adminKey();
    expect([await me(here, former), await me(there, former)]).toEqual([200, 200]);
    const key = await renew(folder, database);
    expect(key).not.toBe(former);
    expect([await me(here, former), await me(there, former)]).toEqual([401, 401]);
    expect([await me(here, key), await me(there, key)]).toEqual([200, 200]);
    expect((await stat(join(folder, "admin-key"))).mode & 0o777).toBe(0o600);
    const later = await open(folder, database);
    expect(await later.adminKey()).toBe(key);
    expect(await me(later, key)).toBe(200);
  });

  test("brings the admin back when somebody has deleted them", async () => {
    const [folder, database] = [await newFolder(), databaseOf(store)];
    const registry = await open(folder, database);
    const db = await openStore({ folder, database });
    await db.updateTable("users").set({ name: "zoe" }).execute();
    await db.destroy();
    const key = await renew(folder, database);
    expect(await me(registry, key)).toBe(200);
  });

  test("is made where there was no registry yet, which then takes it", async () => {
    const [folder, database] = [await newFolder(), databaseOf(store)];
    const key = await renew(folder, database);
    expect(await me(await open(folder, database), key)).toBe(200);
  });

  test("leaves the former one when the database does not take it", async () => {
    const [folder, database] = [await newFolder(), databaseOf(store)];
    const former = await renew(folder, database);
    const db = await openStore({ folder, database });
    await db.schema.alterTable("users").renameTo("elsewhere").execute();
    await expect(renewAdminKey(folder, db, new Date())).rejects.toThrow("users");
    await db.destroy();
    expect(await readAdminKey(folder)).toBe(former);
  });
});

describeStores("the first admin key", (store) => {
  test("is one, when several folders start at once with one database", async () => {
    if (store === "SQLite") return expect(databaseOf(store)).toBeUndefined(); // a folder is the database
    const database = databaseOf(store);
    const folders = await Promise.all(Array.from({ length: 4 }, newFolder));
    const replicas = await Promise.all(folders.map((folder) => open(folder, database)));
    const files = await Promise.all(
      folders.map((folder) => readFile(join(folder, "admin-key"), "utf8").catch(() => "")),
    );
    const keys = files.filter((file) => file !== "").map((file) => file.trim());
    expect(keys).toHaveLength(1);
    for (const replica of replicas) expect(await me(replica, keys[0] ?? "")).toBe(200);
    const without = replicas[files.indexOf("")];
    await expect(without?.adminKey()).rejects.toMatchObject({
      code: "file_unreadable",
      fix: expect.stringContaining("--new-admin-key"),
    });
    // A replica that comes later needs none.
    const late = await newFolder();
    await open(late, database);
    await expect(readFile(join(late, "admin-key"))).rejects.toThrow("ENOENT");
    const key = await renew(late, database);
    expect(await me(replicas[0] as Registry, key)).toBe(200);
    expect(await me(replicas[0] as Registry, keys[0] ?? "")).toBe(401);
  });
});
