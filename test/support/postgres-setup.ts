/** One PostgreSQL for a whole run. Each test that wants it takes a schema of its own (`postgresUrl` in test/support/store.ts). */
import type { TestProject } from "vitest/node";
import { postgresPrograms, startPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** `undefined`: it is not installed here. */
    postgres: string | undefined;
  }
}

/** @throws where CI is set and it is not installed */
export async function setup(project: TestProject): Promise<(() => PromiseLike<void>) | undefined> {
  const programs = postgresPrograms();
  if (!programs && process.env.CI === "true")
    throw new Error("PostgreSQL is not installed, and these tests are to run with it.");
  const postgres = programs === undefined ? undefined : await startPostgres(programs);
  project.provide("postgres", postgres?.url());
  return postgres && (() => postgres[Symbol.asyncDispose]());
}
