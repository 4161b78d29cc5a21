/** The stores that a registry can have, for tests that must hold on each of them. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, inject, onTestFinished, test } from "vitest";
import type { RegistryDatabase } from "../../src/registry/store/database.ts";
import { openPostgres } from "../../src/registry/store/postgres/open.ts";
import { openSqlite } from "../../src/registry/store/sqlite.ts";
import { Secret } from "../../src/secret.ts";

export type StoreName = "SQLite" | "PostgreSQL";

/** The store of the tests that do not name one: SQLite, or with FLY_TOKENS_TEST_STORE=postgres PostgreSQL. */
export const usualStore: StoreName =
  process.env.FLY_TOKENS_TEST_STORE === "postgres" ? "PostgreSQL" : "SQLite";

/** For tests about SQLite's own files: skipped by name where another store is in use. */
export const onlySqlite = usualStore === "SQLite" ? test : test.skip;

/** An empty store that nobody else has. SQLite's is in memory. */
export function openStore(store: StoreName = usualStore): Promise<RegistryDatabase> {
  return store === "PostgreSQL" ? openPostgres(postgresUrl()) : openSqlite(":memory:");
}

/** The same store as often as it is opened, as other processes would; all of it goes with the test. */
export async function storeOpener(store: StoreName): Promise<() => Promise<RegistryDatabase>> {
  const opened: RegistryDatabase[] = [];
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-store-"));
  const url = store === "PostgreSQL" ? postgresUrl() : undefined;
  onTestFinished(async () => {
    await Promise.all(opened.map((db) => db.destroy()));
    await rm(folder, { recursive: true });
  });
  return async () => {
    // One setting has one pool in a process; another is another process, as far as it can know.
    const db = url
      ? await openPostgres(new Secret(url.reveal()))
      : await openSqlite(join(folder, "registry.db"));
    opened.push(db);
    return db;
  };
}

/** PostgreSQL's URL with a schema that no other test has. @throws where it is not installed */
export function postgresUrl(): Secret {
  const url = inject("postgres");
  if (url === undefined) throw new Error("PostgreSQL is not installed.");
  return new Secret(`${url}?schema=t_${randomUUID().replaceAll("-", "")}`);
}

/** Runs the same tests over each store; one that is not installed here is skipped by name. */
export function describeStores(title: string, tests: (store: StoreName) => void): void {
  describe(`${title} on SQLite`, () => tests("SQLite"));
  if (inject("postgres") !== undefined) describe(`${title} on PostgreSQL`, () => tests("PostgreSQL"));
  else describe.skip(`${title} on PostgreSQL (skipped: it is not installed)`, () => tests("PostgreSQL"));
}
