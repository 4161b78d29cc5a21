/**
 * Opens the database on PostgreSQL, for several replicas over one. Nothing that is read is kept: every request asks the
 * database, so what one replica revokes, all of them refuse.
 */
import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type Transaction,
} from "kysely";
import type { Pool } from "pg";
import type { Secret } from "../../../secret.ts";
import type { RegistryDatabase } from "../database.ts";
import { unavailable } from "../database.ts";
import type { Database } from "../schema.ts";
import { getsInTheWay, isOutage } from "./faults.ts";
import { poolOf } from "./pool.ts";

/** How often a transaction is tried that others got in the way of. */
const attempts = 20;

/**
 * @param url `postgres://…`, as libpq understands it; `?schema=` names the schema of our tables, by default `fly_tokens`
 * @throws Problem `not_configured` when it cannot be reached or used, or when a newer version made it
 */
export async function openPostgres(url: Secret): Promise<RegistryDatabase> {
  const { pool, release } = await poolOf(url);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded(pool) }) });
  const close = db.destroy.bind(db);
  return Object.assign(db, {
    destroy: async () => {
      await close();
      await release();
    },
    lookup: {
      token: (hash: string) =>
        db.selectFrom("tokens").selectAll().where("hash", "=", hash).executeTakeFirst(),
      user: (hash: string) =>
        db.selectFrom("users").selectAll().where("key_hash", "=", hash).executeTakeFirst(),
    },
    atomically: <T>(act: (transaction: Transaction<Database>) => Promise<T>) => atomically(db, act),
  });
}

/** Serializable, as SQLite's transactions are: PostgreSQL ends one of two that would not fit together, and it begins anew. */
async function atomically<T>(
  db: Kysely<Database>,
  act: (transaction: Transaction<Database>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await db.transaction().setIsolationLevel("serializable").execute(act);
    } catch (error) {
      if (!getsInTheWay(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
    }
  }
  throw unavailable();
}

/** The pool as Kysely uses it; what says that the database is away becomes a 503, and that connection is not used again. */
function guarded(pool: Pool): PostgresPool {
  return {
    // Others may use it still.
    end: async () => {},
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw isOutage(error) ? unavailable() : error;
      });
      let isBroken = false;
      return {
        // Kysely names the commands that it knows; cursors are for streams, which nobody asks for.
        query: (async (sql: string, parameters: readonly unknown[]) => {
          try {
            return await client.query(sql, [...parameters]);
          } catch (error) {
            if (!isOutage(error)) throw error;
            isBroken = true;
            throw unavailable();
          }
        }) as unknown as PostgresPoolClient["query"],
        release: () => client.release(isBroken),
      };
    },
  };
}
