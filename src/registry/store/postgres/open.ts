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
import { Pool, types } from "pg";
import { Problem } from "../../../problem.ts";
import type { Secret } from "../../../secret.ts";
import { Refusal } from "../../caller.ts";
import type { RegistryDatabase } from "../database.ts";
import { unavailable } from "../database.ts";
import type { Database } from "../schema.ts";
import { getsInTheWay, isOutage } from "./faults.ts";
import { migrate } from "./migrate.ts";

/** Milliseconds. */
const patience = { connect: 5_000, statement: 15_000 };
const connections = 10;
/** How often a transaction is tried that others got in the way of. */
const attempts = 20;

/**
 * @param url `postgres://…`, as libpq understands it; `?schema=` names the schema of our tables, by default `fly_tokens`
 * @throws Problem `not_configured` when it cannot be reached or used, or when a newer version made it
 */
export async function openPostgres(url: Secret): Promise<RegistryDatabase> {
  const { connectionString, schema } = parts(url);
  const pool = new Pool({
    connectionString,
    max: connections,
    connectionTimeoutMillis: patience.connect,
    query_timeout: patience.statement + 1_000,
    keepAlive: true,
    application_name: "fly-tokens",
    options: `-c search_path=${schema} -c statement_timeout=${patience.statement} -c idle_in_transaction_session_timeout=${patience.statement}`,
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
    },
  });
  // One that waits in the pool and is cut off; the next request gets another.
  pool.on("error", () => {});
  try {
    await migrate(pool, schema);
  } catch (cause) {
    await pool.end();
    if (cause instanceof Problem) throw cause;
    throw new Problem(
      "not_configured",
      `The database in FLY_TOKENS_DATABASE_URL cannot be used (${reason(cause)}).`,
      "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL; the user must be allowed to create a schema there.",
      { cause },
    );
  }
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded(pool) }) });
  return Object.assign(db, {
    lookup: {
      token: (hash: string) =>
        db.selectFrom("tokens").selectAll().where("hash", "=", hash).executeTakeFirst(),
      user: (hash: string) =>
        db.selectFrom("users").selectAll().where("key_hash", "=", hash).executeTakeFirst(),
    },
    atomically: <T>(act: (transaction: Transaction<Database>) => Promise<T>) => atomically(db, act),
  });
}

/** @throws Problem `not_configured` */
function parts(url: Secret): { connectionString: string; schema: string } {
  const parsed = new URL(url.reveal());
  const schema = parsed.searchParams.get("schema") ?? "fly_tokens";
  parsed.searchParams.delete("schema");
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return { connectionString: parsed.href, schema };
  throw new Problem(
    "not_configured",
    "`schema` in FLY_TOKENS_DATABASE_URL is not the name of a schema.",
    "Use up to 63 lower-case letters, digits and underscores.",
  );
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
    end: () => pool.end(),
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

function reason(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return error instanceof Error && "code" in error ? `${error.code}` : "it does not answer";
}
