/** One pool of connections for each setting and process, however many use it: the registry that runs inside, and our own state. */
import { Pool, types } from "pg";
import { Problem } from "../../../problem.ts";
import type { Secret } from "../../../secret.ts";
import { connectionTo } from "./connection.ts";
import { migrate } from "./migrate.ts";

const connections = 10;

interface Shared {
  pool: Promise<Pool>;
  users: number;
}

const pools = new WeakMap<Secret, Shared>();

/**
 * The pool of a setting, whose tables are as this version wants them; opened for the first of those who use it at once.
 * @returns with `release`, after which whoever asked uses it no more; the last one closes it
 * @throws Problem `not_configured` when it cannot be reached or used, or when a newer version made it
 */
export async function poolOf(url: Secret): Promise<{ pool: Pool; release(): Promise<void> }> {
  const shared = pools.get(url) ?? { pool: openPool(url), users: 0 };
  pools.set(url, shared);
  shared.users += 1;
  let isReleased = false;
  const release = async () => {
    if (isReleased) return;
    isReleased = true;
    shared.users -= 1;
    if (shared.users > 0) return;
    pools.delete(url);
    await (await shared.pool).end();
  };
  try {
    return { pool: await shared.pool, release };
  } catch (error) {
    // Whoever comes next tries anew.
    if (pools.get(url) === shared) pools.delete(url);
    throw error;
  }
}

async function openPool(url: Secret): Promise<Pool> {
  const { config, schema } = connectionTo(url);
  const pool = new Pool({
    ...config,
    max: connections,
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
    },
  });
  // One that waits in the pool and is cut off; the next request gets another.
  pool.on("error", () => {});
  try {
    await migrate(pool, schema);
    return pool;
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
}

function reason(error: unknown): string {
  return error instanceof Error && "code" in error ? `${error.code}` : "it does not answer";
}
