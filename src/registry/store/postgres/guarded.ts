/** The pool as Kysely uses it; what says that the database is away becomes a 503, and that connection is not used again. */
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool } from "pg";
import { unavailable } from "../database.ts";
import { storable } from "../text.ts";
import { isOutage } from "./faults.ts";

export function guarded(pool: Pool): PostgresPool {
  return {
    // Others may use it still.
    end: async () => {},
    async connect() {
      // It was there when we started, so whatever keeps us out now (a password that was changed, too) is an outage.
      const client = await pool.connect().catch(() => {
        throw unavailable();
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
            throw unavailable();
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
