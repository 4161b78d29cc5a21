/** The stores that a registry can have, for tests that must hold on each of them. */
import { randomUUID } from "node:crypto";
import { describe, inject, test } from "vitest";
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
