/** The stores that a registry can have, for tests that must hold on each of them. */
import { randomUUID } from "node:crypto";
import { describe, inject } from "vitest";
import { Secret } from "../../src/secret.ts";

export type StoreName = "SQLite" | "PostgreSQL";

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
