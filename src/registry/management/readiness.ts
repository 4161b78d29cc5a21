/** Whether a balancer should send anything here. That the process runs is another question (health.ts). */
import type { Handler } from "hono";
import { type Kysely, sql } from "kysely";
import { inTime } from "../../in-time.ts";
import { Refusal } from "../caller.ts";
import type { Database } from "../store/schema.ts";

/** Milliseconds within which the database has to answer. */
const patience = 1_000;

/** 200, or 503 while the database does not answer and when the process is about to end. */
export function readiness(db: Kysely<Database>, isDraining: () => boolean): Handler {
  /** However often it is asked, the database is asked once at a time. */
  let asking: Promise<boolean> | undefined;

  function answers(): Promise<boolean> {
    asking ??= sql`select 1`
      .execute(db)
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asking = undefined;
      });
    return asking;
  }

  return async (c) => {
    if (isDraining()) throw new Refusal(503, "UNAVAILABLE", "The registry is about to stop.");
    if (await inTime(answers(), patience, false)) return c.json({ status: "ready" });
    throw new Refusal(503, "UNAVAILABLE", "The registry's database does not answer.");
  };
}
