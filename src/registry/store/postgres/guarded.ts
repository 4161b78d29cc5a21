/** The pool as Kysely uses it; what says that the database is away becomes a 503, and that connection is not used again. */
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool } from "pg";
import type { Refusal } from "../../caller.ts";
import { unavailable } from "../database.ts";
import { storable } from "../text.ts";
import { isOutage } from "./faults.ts";
import { reasonOf } from "./unusable.ts";

/** Milliseconds: an outage is told of so often, and not for each of a thousand requests. */
const tellEvery = 10_000;

/** @param tell is given the reason of an outage, without the URL */
export function guarded(pool: Pool, tell: (reason: string) => void): PostgresPool {
  let told = Number.NEGATIVE_INFINITY;
  function away(cause: unknown): Refusal {
    const now = performance.now();
    if (now - told >= tellEvery) {
      told = now;
      tell(reasonOf(cause)[0]);
    }
    return unavailable();
  }

  return {
    // Others may use it still.
    end: async () => {},
    async connect() {
      // It was there when we started, so whatever keeps us out now (a password that was changed, too) is an outage.
      const client = await pool.connect().catch((error: unknown) => {
        throw away(error);
      });
      let isBroken = false;
      // Cut off between two statements: the next one finds out; without a listener it would end the process.
      const cutOff = () => {
        isBroken = true;
      };
      client.on("error", cutOff);
      return {
        // Kysely names the commands that it knows; cursors are for streams, which nobody asks for.
        query: (async (sql: string, parameters: readonly unknown[]) => {
          // A rollback would wait behind the statement that did not come back; it ends with the connection.
          if (isBroken) throw unavailable();
          const values = storable(parameters);
          try {
            return await client.query(sql, values);
          } catch (error) {
            if (!isOutage(error)) throw error;
            isBroken = true;
            throw away(error);
          }
        }) as unknown as PostgresPoolClient["query"],
        release() {
          client.off("error", cutOff);
          client.release(isBroken);
        },
      };
    },
  };
}
