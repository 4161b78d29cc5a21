/** A registry of its own for a test: a real server at a free port of 127.0.0.1, its data in a folder that goes with it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveRegistry } from "../../src/registry/serve.ts";
import type { RegistryOptions } from "../../src/registry/service.ts";
import type { RegistryDatabase } from "../../src/registry/store/database.ts";
import { openPostgres } from "../../src/registry/store/postgres/open.ts";
import { openSqlite } from "../../src/registry/store/sqlite.ts";
import type { Secret } from "../../src/secret.ts";
import { type RegistryClient, registryClient } from "./registry-client.ts";
import { postgresUrl, usualStore } from "./store.ts";

export type { MintOptions } from "./registry-client.ts";

export interface TestRegistry extends RegistryClient, AsyncDisposable {
  folder: string;
  /** PostgreSQL, where it is not SQLite in the folder. */
  database: Secret | undefined;
  /** One log record for each request so far. */
  log: Record<string, unknown>[];
  /** The registry's database by a connection of its own, to look behind it or to put something there. */
  openDatabase(): Promise<RegistryDatabase>;
  close(): Promise<void>;
}

export interface TestRegistryOptions extends Omit<RegistryOptions, "folder" | "log"> {
  /** Another replica's: its artifacts, and the admin's key. */
  folder?: string;
}

export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "fly-tokens-registry-")));
  const log: Record<string, unknown>[] = [];
  // Who names none, in so many words, wants SQLite.
  const usual = usualStore === "PostgreSQL" && !("database" in options) ? postgresUrl() : undefined;
  const database = options.database ?? usual;
  const served = await serveRegistry({
    ...options,
    database,
    folder,
    port: 0,
    log: (line) => log.push(line),
  });
  const client = registryClient(served.url, await served.registry.adminKey());

  const registry: TestRegistry = {
    ...client,
    folder,
    database,
    log,
    openDatabase: () => (database ? openPostgres(database) : openSqlite(join(folder, "registry.db"))),
    async close() {
      await served.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => registry.close(),
  };
  return registry;
}
