/**
 * A lock over all replicas (PostgreSQL's advisory locks), by a connection of its own: it ends with that connection, so a
 * killed process holds nothing, and those who hold one cannot use up the pool that they need themselves meanwhile.
 */
import { Client } from "pg";
import type { Secret } from "../../../secret.ts";
import { unavailable } from "../database.ts";
import { connectionTo } from "./connection.ts";
import { isOutage } from "./faults.ts";

export interface Lock {
  /** Whether the connection, and the lock with it, has been lost: somebody else may have it now. */
  isLost(): boolean;
  release(): Promise<void>;
}

/**
 * @param name of what is locked; other schemas have their own
 * @param wait how long to wait for it, in milliseconds
 * @returns `undefined` when somebody else had it all that time
 * @throws Refusal 503 while the database is away
 */
export async function lockPostgres(url: Secret, name: string, wait: number): Promise<Lock | undefined> {
  const { config, schema } = connectionTo(url);
  const client = new Client({ ...config, query_timeout: wait + 5_000 });
  let isLost = false;
  client.on("error", () => {
    isLost = true;
  });
  const release = () => client.end().catch(() => {});
  try {
    await client.connect();
    await client.query("select set_config('statement_timeout', '0', false)");
    await client.query("select set_config('lock_timeout', $1, false)", [`${Math.max(1, Math.ceil(wait))}ms`]);
    // Two halves are another space of keys: that of the migrations.
    await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [`${schema}\n${name}`]);
    return { isLost: () => isLost, release };
  } catch (error) {
    await release();
    if (error instanceof Error && "code" in error && error.code === "55P03") return undefined;
    throw isOutage(error) ? unavailable() : error;
  }
}
