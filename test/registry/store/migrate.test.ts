/** How a schema on PostgreSQL comes to be, and how replicas of two versions share one. */
import { Client } from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { migrations } from "../../../src/registry/store/migrations.ts";
import { type History, migrate } from "../../../src/registry/store/postgres/migrate.ts";
import { openPostgres } from "../../../src/registry/store/postgres/open.ts";
import { Secret } from "../../../src/secret.ts";
import { postgresUrl } from "../../support/store.ts";

let names = 0;
const newName = (what: string) => `${what}_${process.pid}_${names++}`;

/** A superuser at the run's cluster, or who else is named. */
async function connect(url = new URL(`${inject("postgres")}`)): Promise<Client> {
  const client = new Client({ connectionString: url.href });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A new user, and the URL of a schema with their name. */
async function newUser(): Promise<{ name: string; url: URL }> {
  const name = newName("user");
  await (await connect()).query(`create user ${name}`);
  const url = new URL(`${inject("postgres")}`);
  url.username = name;
  url.searchParams.set("schema", name);
  return { name, url };
}

async function open(url: URL) {
  const db = await openPostgres(new Secret(url.href));
  onTestFinished(() => db.destroy());
  return db;
}

/** A schema of its own, and a connection that looks into it as the program does. */
async function newSchema(): Promise<{ client: Client; schema: string }> {
  const schema = newName("schema");
  const client = await connect();
  await client.query(`set search_path = ${schema}`);
  return { client, schema };
}

const grown = (statement: string, oldest: number): History => ({
  migrations: [...migrations, [statement]],
  oldest,
});

describe.skipIf(inject("postgres") === undefined)("a schema", () => {
  test("is made by one of eight who start at once, and may do nothing but make one", async () => {
    const { name, url } = await newUser();
    await (await connect()).query(`grant create on database postgres to ${name}`);
    const all = await Promise.all(Array.from({ length: 8 }, () => open(url)));
    for (const db of all) expect(await db.selectFrom("users").selectAll().execute()).toEqual([]);
  });

  test("that is there is used by its owner, who may make none", async () => {
    const { name, url } = await newUser();
    await (await connect()).query(`create schema ${name} authorization ${name}`);
    const all = await Promise.all(Array.from({ length: 3 }, () => open(url)));
    for (const db of all) expect(await db.selectFrom("users").selectAll().execute()).toEqual([]);
  });

  test("that is up to date is used by who may only read and write", async () => {
    const owner = postgresUrl();
    const db = await openPostgres(owner);
    onTestFinished(() => db.destroy());
    const schema = new URL(owner.reveal()).searchParams.get("schema") ?? "";
    const { name, url } = await newUser();
    const root = await connect();
    await root.query(`grant usage on schema ${schema} to ${name}`);
    await root.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${name}`);
    url.searchParams.set("schema", schema);
    expect(await (await open(url)).selectFrom("users").selectAll().execute()).toEqual([]);
  });

  test("that cannot be made is a problem that says what to allow", async () => {
    const { url } = await newUser();
    await expect(open(url)).rejects.toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("may not do what is needed"),
      fix: expect.stringContaining("?schema="),
    });
  });

  test("is made whatever the user's settings are, and a word of SQL may name it", async () => {
    const { name, url } = await newUser();
    const root = await connect();
    await root.query(`grant create on database postgres to ${name}`);
    await root.query(`alter user ${name} set default_transaction_isolation = 'serializable'`);
    await root.query(`alter user ${name} set search_path = public`);
    await root.query(`drop schema if exists "select" cascade`);
    url.searchParams.set("schema", "select");
    url.searchParams.set("options", "-c work_mem=1MB");
    const all = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    for (const db of all) expect(await db.selectFrom("users").selectAll().execute()).toEqual([]);
    await root.query(`drop schema "select" cascade`);
  });
});

describe.skipIf(inject("postgres") === undefined)("a migration", () => {
  test("that fails leaves nothing, neither in a new schema nor in one that is there", async () => {
    const { client, schema } = await newSchema();
    const failing = grown("create table broken (", 3);
    await expect(migrate(client, schema, failing)).rejects.toThrow("syntax error");
    const schemas = () => client.query("select 1 from pg_namespace where nspname = $1", [schema]);
    expect((await schemas()).rowCount).toBe(0);
    await migrate(client, schema);
    await expect(
      migrate(client, schema, {
        migrations: [...migrations, ["create table half (a text) strict", "drop table nowhere"]],
        oldest: 3,
      }),
    ).rejects.toThrow("nowhere");
    expect((await client.query("select version from schema_version")).rows).toEqual([
      { version: migrations.length },
    ]);
    await expect(client.query("select * from half")).rejects.toThrow("half");
  });

  test("is done once, by one of several who come at once", async () => {
    const { client, schema } = await newSchema();
    await migrate(client, schema);
    const next = grown("alter table users add column note text", migrations.length);
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect()));
    await Promise.all(
      clients.map(async (each) => {
        await each.query(`set search_path = ${schema}`);
        await migrate(each, schema, next);
      }),
    );
    expect((await client.query("select version from schema_version")).rows).toEqual([
      { version: migrations.length + 1 },
    ]);
  });

  test("does not stop those who use what is there: a table in use makes it give up", async () => {
    const { client, schema } = await newSchema();
    await migrate(client, schema);
    const reader = await connect();
    await reader.query("begin");
    await reader.query(`select * from ${schema}.users`);
    const next = grown("alter table users add column note text", migrations.length);
    await expect(migrate(client, schema, next)).rejects.toMatchObject({ code: "55P03" });
    await reader.query("commit");
    await migrate(client, schema, next);
  });

  test("of a newer version lets the older one go on when it says so", async () => {
    const { client, schema } = await newSchema();
    await migrate(client, schema, grown("alter table users add column note text", migrations.length));
    const url = new URL(`${inject("postgres")}`);
    url.searchParams.set("schema", schema);
    const db = await open(url);
    const user = { name: "a", role: "admin", key_hash: "h", created_at: 0 } as const;
    await db.insertInto("users").values(user).execute();
    expect((await client.query("select version from schema_version")).rows).toEqual([
      { version: migrations.length + 1 },
    ]);
  });

  test("of a newer version refuses the older one when it says so, and changes nothing then", async () => {
    const { client, schema } = await newSchema();
    await migrate(client, schema, grown("alter table users rename to people", migrations.length + 1));
    const url = new URL(`${inject("postgres")}`);
    url.searchParams.set("schema", schema);
    await expect(open(url)).rejects.toMatchObject({
      code: "not_configured",
      message: expect.stringContaining(`newer version (${migrations.length + 1}`),
    });
    expect((await client.query("select * from people")).rows).toEqual([]);
  });
});
