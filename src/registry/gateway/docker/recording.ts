/**
 * What the docker registry behind the gateway reports becomes what the registry here knows of its own images: pushes,
 * pulls with an environment's token, and which manifests an index lists. An event counts once, however often it is sent.
 */
import { type Kysely, sql } from "kysely";
import { noteHead, recordPull } from "../../oci/pulls.ts";
import type { RegistryDatabase } from "../../store/database.ts";
import type { Database, TokenRow } from "../../store/schema.ts";
import type { ManifestEvent } from "./event.ts";

/** Milliseconds. A registry sends an event again until it is answered, seconds later; its queue dies with it. */
const remembered = 7 * 86_400_000;

/**
 * All of them or none: the registry sends those of a failed request again.
 * @returns how many were new, and done with a token that is known here
 */
export async function recordEvents(
  db: RegistryDatabase,
  events: readonly ManifestEvent[],
  now: Date,
): Promise<number> {
  if (events.length === 0) return 0;
  return db.atomically(async (transaction) => {
    await transaction
      .deleteFrom("oci_events")
      .where("at", "<", now.getTime() - remembered)
      .execute();
    let count = 0;
    for (const event of events) if (await record(transaction, event, now)) count++;
    return count;
  });
}

async function record(db: Kysely<Database>, event: ManifestEvent, now: Date): Promise<boolean> {
  const token = await db
    .selectFrom("tokens")
    .select(["id", "environment"])
    .where("id", "=", event.token)
    .executeTakeFirst();
  if (!token || !(await isNew(db, event, now))) return false;
  await noteChildren(db, event);
  // A clock that is ahead does not put anything into the future.
  const at = Math.min(event.at.getTime(), now.getTime());
  if (event.what === "push") await recordPush(db, event, at);
  else await recordUse(db, token, event, at);
  return true;
}

async function isNew(db: Kysely<Database>, { id }: ManifestEvent, now: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("oci_events")
    .values({ id, at: now.getTime() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function recordPush(
  db: Kysely<Database>,
  { repository, tag, digest, token }: ManifestEvent,
  at: number,
): Promise<void> {
  await db.insertInto("oci_pushes").values({ repository, tag, digest, at, token_id: token }).execute();
}

async function recordUse(
  db: Kysely<Database>,
  { id, environment }: Pick<TokenRow, "id" | "environment">,
  { what, repository, tag, digest }: ManifestEvent,
  at: number,
): Promise<void> {
  if (environment === null) return;
  const pull = { token_id: id, environment, image: repository, tag, digest, at };
  await (what === "head" ? noteHead : recordPull)(db, pull);
}

/** In one parameter: an index may list more manifests than a statement takes parameters. */
async function noteChildren(
  db: Kysely<Database>,
  { repository, digest, children }: ManifestEvent,
): Promise<void> {
  if (children.length === 0) return;
  await sql`
    insert into oci_children (repository, parent, child)
    select distinct ${repository}, ${digest}, value from json_each(cast(${JSON.stringify(children)} as text)) where true
    on conflict do nothing`.execute(db);
}
