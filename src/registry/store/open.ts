/** Opens the store of a registry: PostgreSQL where it is named, else SQLite in the folder. */
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../../secret.ts";
import type { RegistryDatabase } from "./database.ts";
import { openSqlite } from "./sqlite.ts";

export interface StoreOptions {
  /** Absolute; made when missing, 0700. */
  folder: string;
  /** PostgreSQL, for several replicas; without it SQLite in the folder. */
  database?: Secret | undefined;
  /** Gets a record when the database has gone away, without a secret. */
  log?: (line: Record<string, unknown>) => void;
}

/** @throws Problem `not_configured` when it cannot be used */
export async function openStore({ folder, database, log }: StoreOptions): Promise<RegistryDatabase> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (database) {
    const { openPostgres } = await import("./postgres/open.ts");
    return openPostgres(database, (reason) =>
      log?.({ time: new Date().toISOString(), warning: `The database does not answer: ${reason}.` }),
    );
  }
  const path = join(folder, "registry.db");
  // The database is nobody else's; the files that SQLite adds take their mode from it.
  const file = await open(path, "a", 0o600);
  await file.close();
  return openSqlite(path);
}
