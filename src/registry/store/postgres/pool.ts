/** One pool of connections for each setting and process, however many use it: the registry that runs inside, and our own state. */
import { Client, type ClientBase, type ClientConfig, Pool, types } from "pg";
import { Problem } from "../../../problem.ts";
import type { Secret } from "../../../secret.ts";
import { connectionTo } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { standby, unusable } from "./unusable.ts";

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
  try {
    await bringUp(config, schema);
  } catch (cause) {
    throw cause instanceof Problem ? cause : unusable(cause);
  }
  const pool = new Pool({
    ...config,
    max: connections,
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
    },
    verify: (client, done) => void refuseStandby(client).then(() => done(), done),
  });
  // One that waits in the pool and is cut off; the next request gets another.
  pool.on("error", () => {});
  // One that is cut off while it is handed over, when neither the pool nor who asked for it listens yet; what it is asked then
  // fails. Without a listener it would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** By a connection of its own: a migration may take longer than any statement of a request. */
async function bringUp(config: ClientConfig, schema: string): Promise<void> {
  const client = new Client({ ...config, query_timeout: undefined });
  client.on("error", () => {});
  try {
    await client.connect();
    await refuseStandby(client);
    await migrate(client, schema);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A standby lags behind: what was revoked a moment ago would still open something. @throws Problem */
async function refuseStandby(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
  if (rows[0]?.standby) throw standby();
}
