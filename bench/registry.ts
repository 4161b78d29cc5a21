/** Registries to measure: each a process of its own, on SQLite or on PostgreSQL; and the cluster that the latter share. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Postgres, postgresPrograms, startPostgres } from "../test/support/postgres.ts";
import { type RegistryClient, registryClient } from "../test/support/registry-client.ts";
import { startOwn } from "./child.ts";
import type { Row } from "./measure.ts";

export const stores = ["SQLite", "PostgreSQL"] as const;
export type Store = (typeof stores)[number];

let cluster: Promise<Postgres> | undefined;

/** PostgreSQL's URL, with a schema that nobody else has; `undefined` where it is not installed. */
async function postgresUrl(): Promise<string | undefined> {
  const programs = postgresPrograms();
  if (programs === undefined) return undefined;
  cluster ??= startPostgres(programs);
  return (await cluster).url(`b_${randomBytes(8).toString("hex")}`);
}

/** Ends the cluster, if there is one. */
export async function endPostgres(): Promise<void> {
  await (await cluster)?.[Symbol.asyncDispose]();
}

/** In place of rows that are not measured. */
export function skipped(what: string): Row {
  const why = "skipped: PostgreSQL is not installed";
  return { what, ours: why, against: "–", ratio: Number.NaN, bound: "–", holds: true };
}

export interface Place {
  folder: string;
  /** PostgreSQL's URL. */
  database: string | undefined;
}

/** Where a new registry's data can be; goes with what `end` calls. `undefined`: the store is not installed. */
export async function newPlace(store: Store): Promise<Place | undefined> {
  const database = store === "PostgreSQL" ? await postgresUrl() : undefined;
  if (store === "PostgreSQL" && database === undefined) return undefined;
  return { folder: await mkdtemp(join(tmpdir(), "fly-tokens-bench-")), database };
}

export interface BenchRegistry extends RegistryClient {
  /** @param andPlace whether its data goes, too */
  end(andPlace?: boolean): Promise<void>;
}

/** @param env of the process, besides where its data is */
export async function startRegistry(
  { folder, database }: Place,
  env: Record<string, string> = {},
): Promise<BenchRegistry> {
  const child = startOwn("serving.ts", { FOLDER: folder, ...(database && { DATABASE: database }), ...env });
  const { url, key } = JSON.parse(await child.nextLine()) as { url: string; key: string };
  return {
    ...registryClient(url, key),
    async end(andPlace = true) {
      await child.end();
      if (andPlace) await rm(folder, { recursive: true });
    },
  };
}
