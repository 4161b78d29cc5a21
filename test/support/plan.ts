/** What a database will do for a query: whether an index is its way. */
import { CompiledQuery, sql } from "kysely";
import type { RegistryDatabase } from "../../src/registry/store/database.ts";
import type { StoreName } from "./store.ts";

/** What the database will do, a line for each step. Without a second way it shows whether the index is one. */
export async function planOf(
  db: RegistryDatabase,
  store: StoreName,
  query: CompiledQuery,
): Promise<string[]> {
  const explain = store === "SQLite" ? "explain query plan" : "explain (costs off)";
  return db.transaction().execute(async (transaction) => {
    if (store === "PostgreSQL")
      for (const way of ["seqscan", "bitmapscan", "sort"])
        await sql.raw(`set local enable_${way} = off`).execute(transaction);
    const { rows } = await transaction.executeQuery<Record<string, string>>(
      CompiledQuery.raw(`${explain} ${query.sql}`, [...query.parameters]),
    );
    return rows.map((row) => `${row.detail ?? row["QUERY PLAN"]}`.trim());
  });
}
