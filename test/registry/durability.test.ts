import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { openRegistry } from "../../src/registry/service.ts";
import { migrations } from "../../src/registry/store/migrations.ts";
import { openSqlite } from "../../src/registry/store/sqlite.ts";
import { mint } from "../../src/registry/tokens.ts";

const admin = { kind: "key", username: "admin", role: "admin" } as const;

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-durability-"));
  folders.push(folder);
  return folder;
}

/** Starts a process that mints, and kills it with SIGKILL once it has been answered `count` times. @returns the answers */
async function mintAndDie(folder: string, count: number): Promise<string[]> {
  const script = join(import.meta.dirname, "../support/minting-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const answers: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(line);
    if (answers.length === count) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return answers;
}

test("processes that start at once in an empty folder share it, and kill -9 loses nothing that was answered", async () => {
  const folder = await newFolder();
  const answers = (
    await Promise.all([mintAndDie(folder, 60), mintAndDie(folder, 90), mintAndDie(folder, 120)])
  ).flat();
  expect(answers.length).toBeGreaterThanOrEqual(270);
  expect(answers.every((answer) => answer.startsWith("201 tok_"))).toBe(true);

  const registry = await openRegistry({ folder });
  const authorization = `Bearer ${await registry.adminKey()}`;
  for (const answer of answers) {
    const request = new Request(`http://registry/fly/api/v1/tokens/${answer.slice(4)}`, {
      headers: { authorization },
    });
    expect((await registry.fetch(request)).status).toBe(200);
  }
  await registry.close();
});

test("a revocation in one process counts at once in another that has just served the token", async () => {
  const folder = await newFolder();
  const [here, there] = await Promise.all([openRegistry({ folder }), openRegistry({ folder })]);
  const key = await here.adminKey();
  expect(await there.adminKey()).toBe(key);
  const call = (registry: typeof here, path: string, body: unknown, credential = key) => {
    const headers = { authorization: `Bearer ${credential}`, "content-type": "application/json" };
    return registry.fetch(
      new Request(`http://registry/fly/api/v1${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      }),
    );
  };
  for (let round = 0; round < 20; round++) {
    const minted = await call(here, "/tokens", { name: "x", permission: "read_only", expires_at: null });
    const { token, value } = (await minted.json()) as { token: { id: string }; value: string };
    expect((await call(there, "/introspect", { token: value }, value)).status).toBe(200);
    expect((await call(there, "/introspect", { token: value }, value)).status).toBe(200);
    await call(here, `/tokens/${token.id}/revoke`, {});
    expect((await call(there, "/introspect", { token: value }, value)).status).toBe(401);
  }
  await Promise.all([here.close(), there.close()]);
});

test("a revocation counts for the very next request, before the event loop turns", async () => {
  const db = await openSqlite(join(await newFolder(), "registry.db"));
  const { token } = mint({ name: "x", permission: "read_only", expires_at: null }, admin, new Date(0));
  await db.insertInto("tokens").values(token).execute();
  expect(db.lookup.token(token.hash)).toMatchObject({ revoked_at: null });
  await db.updateTable("tokens").set({ revoked_at: 1 }).execute();
  expect(db.lookup.token(token.hash)).toMatchObject({ revoked_at: 1 });
  await db
    .transaction()
    .execute((transaction) => transaction.updateTable("tokens").set({ revoked_at: 2 }).execute());
  expect(db.lookup.token(token.hash)).toMatchObject({ revoked_at: 2 });
  await db.deleteFrom("tokens").returning("id").execute();
  expect(db.lookup.token(token.hash)).toBeUndefined();
  await db.destroy();
});

test("a database of a newer version is refused and left alone", async () => {
  const folder = await newFolder();
  const file = join(folder, "registry.db");
  const db = await openSqlite(file);
  await db.destroy();
  const newer = await openSqlite(file);
  await sql`pragma user_version = 99`.execute(newer);
  await newer.destroy();
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(openSqlite(file)).rejects.toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("99"),
    });
  }
});

/** One with a description, one without, and one whose versions are all gone. */
const packagesOfBefore = `insert into npm_packages (name, document, revision, updated_at) values
  ('tool', '{"dist-tags":{"latest":"1.0.0-a.1"},"versions":{"1.0.0-a.1":{"description":"A tool"}}}', 1, 0),
  ('mute', '{"dist-tags":{"latest":"2.0.0"},"versions":{"2.0.0":{}}}', 1, 0),
  ('gone', '{"dist-tags":{},"versions":{}}', 1, 0)`;

test.each(migrations.map((_, index) => index + 1))(
  "a database of version %i is brought up to this one, and keeps what is in it",
  async (version) => {
    const file = join(await newFolder(), "registry.db");
    const older = await openSqlite(file);
    await sql`pragma foreign_keys = off`.execute(older);
    const tables = await sql<{ name: string }>`select name from sqlite_schema
    where type = 'table' and name not like 'sqlite_%'`.execute(older);
    for (const { name } of tables.rows) await sql.raw(`drop table ${name}`).execute(older);
    for (const statement of migrations.slice(0, version).flat())
      await sql.raw(typeof statement === "string" ? statement : statement.sqlite).execute(older);
    await sql.raw(`pragma user_version = ${version}`).execute(older);
    const environment = { name: "a", description: "", created_by: "admin", created_at: 0 };
    await older.insertInto("environments").values(environment).execute();
    if (version < 3) await sql.raw(packagesOfBefore).execute(older);
    await older.destroy();
    const db = await openSqlite(file);
    expect(await db.selectFrom("environments").selectAll().execute()).toEqual([environment]);
    for (const table of ["files", "spent"] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
    const packages = db.selectFrom("npm_packages").select(["name", "description"]).orderBy("name");
    expect(await packages.execute()).toEqual(
      version < 3
        ? [
            { name: "gone", description: null },
            { name: "mute", description: "" },
            { name: "tool", description: "A tool" },
          ]
        : [],
    );
    await db.destroy();
  },
);

test("a transaction that fails leaves nothing behind, and the next one works", async () => {
  const db = await openSqlite(join(await newFolder(), "registry.db"));
  const environment = { name: "a", description: "", created_by: "admin", created_at: 0 };
  const failing = db.transaction().execute(async (transaction) => {
    await transaction.insertInto("environments").values(environment).execute();
    throw new Error("on purpose");
  });
  await expect(failing).rejects.toThrow("on purpose");
  expect(await db.selectFrom("environments").selectAll().execute()).toEqual([]);
  await db.insertInto("environments").values(environment).execute();
  await db.destroy();
});
