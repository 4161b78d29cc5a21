/**
 * Opens the database on PostgreSQL, for several replicas over one. Nothing that is read is kept: every request asks the
 * database, so what one replica revokes, all of them refuse.
 */
import { Kysely, PostgresDialect, type Transaction } from "kysely";
import type { Secret } from "../../../secret.ts";
import type { RegistryDatabase } from "../database.ts";
import { unavailable } from "../database.ts";
import type { Database } from "../schema.ts";
import { getsInTheWay, isContention } from "./faults.ts";
import { guarded } from "./guarded.ts";
import { poolOf } from "./pool.ts";

/** How often a transaction is tried that others got in the way of. */
const attempts = 20;

/**
 * @param url `postgres://…`, as libpq understands it; `?schema=` names the schema of our tables, by default `fly_tokens`
 * @param tell is given the reason of an outage while it is in use, now and then
 * @throws Problem `not_configured` when it cannot be reached or used, or when a newer version made it
 */
export async function openPostgres(
  url: Secret,
  tell: (reason: string) => void = () => {},
): Promise<RegistryDatabase> {
  const { pool, release } = await poolOf(url);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded(pool, tell) }) });
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
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().setIsolationLevel("serializable").execute(act);
    } catch (error) {
      if (!getsInTheWay(error)) throw error;
      // Those whom nobody is in the way of, however often they try, have a fault of their own.
      if (attempt === attempts) throw isContention(error) ? unavailable() : error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
    }
  }
}
