/** How many tokens open something, by what they belong to. */
import { type Kysely, sql } from "kysely";
import type { Database } from "./store/schema.ts";

/** @param value an environment's name, or a user's */
export async function countActive(
  db: Kysely<Database>,
  column: "environment" | "created_by",
  value: string,
  now: Date,
): Promise<number> {
  const { count } = await active(db, now).select(counted).where(column, "=", value).executeTakeFirstOrThrow();
  return count;
}

/** In one query, by the environment's name; one without active tokens is missing. */
export async function countActiveByEnvironment(
  db: Kysely<Database>,
  now: Date,
): Promise<Map<string, number>> {
  const rows = await active(db, now)
    .select(["environment", counted])
    .where("environment", "is not", null)
    .groupBy("environment")
    .execute();
  return new Map(rows.map(({ environment, count }) => [environment ?? "", count]));
}

const counted = sql<number>`count(*)`.as("count");

function active(db: Kysely<Database>, now: Date) {
  return db
    .selectFrom("tokens")
    .where("revoked_at", "is", null)
    .where((is) => is.or([is("expires_at", "is", null), is("expires_at", ">", now.getTime())]));
}
