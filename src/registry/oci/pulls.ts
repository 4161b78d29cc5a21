/**
 * What counts as a deployment: one GET of a manifest with an environment's token is one event. A client that first asks
 * for the tag with HEAD and then fetches the digest (containerd) has pulled the tag, at whichever replica; what it
 * fetches out of an index that it has just pulled is part of the same pull.
 */
import { type Kysely, sql } from "kysely";
import type { Database, PullRow } from "../store/schema.ts";

type Pull = Omit<PullRow, "id">;

/** Milliseconds within which requests belong together. */
const togetherness = 60_000;

/** Notes which tag was asked for with HEAD. What everybody asked for longer ago goes at the same time. */
export async function noteHead(
  db: Kysely<Database>,
  { token_id, image, digest, tag, at }: Pull,
): Promise<void> {
  if (tag === null) return;
  await db
    .deleteFrom("oci_heads")
    .where("at", "<", at - togetherness)
    .execute();
  await db
    .insertInto("oci_heads")
    .values({ token_id, image, digest, tag, at })
    .onConflict((conflict) => conflict.columns(["token_id", "image", "digest"]).doUpdateSet({ tag, at }))
    .execute();
}

/** Durable when it returns. */
export async function recordPull(db: Kysely<Database>, pull: Pull): Promise<void> {
  if (pull.tag !== null) await insert(db, pull);
  else {
    const tag = await headBefore(db, pull);
    if (tag === null && (await isPartOfPull(db, pull))) return;
    await insert(db, { ...pull, tag });
  }
}

/** The tag that a pull by digest was meant for. */
async function headBefore(
  db: Kysely<Database>,
  { token_id, image, digest, at }: Pull,
): Promise<string | null> {
  const head = await db
    .selectFrom("oci_heads")
    .select("tag")
    .where("token_id", "=", token_id)
    .where("image", "=", image)
    .where("digest", "=", digest)
    .where("at", ">=", at - togetherness)
    .executeTakeFirst();
  return head?.tag ?? null;
}

async function insert(db: Kysely<Database>, pull: Pull): Promise<void> {
  await db.insertInto("pulls").values(pull).execute();
}

async function isPartOfPull(db: Kysely<Database>, pull: Pull): Promise<boolean> {
  const { rows } = await wholesPulled(pull).execute(db);
  return rows.length > 0;
}

/**
 * A row when the digest stands in an index, or in an index in an index, that the same token has just pulled. A token has one
 * environment: asked for by that, all of its history would be looked through.
 */
export function wholesPulled({ token_id, image, digest, at }: Pull) {
  return sql`
    with recursive parents (digest) as (
      select parent from oci_children where repository = ${image} and child = ${digest}
      union
      select parent from oci_children join parents on child = parents.digest where repository = ${image}
    )
    select 1 from pulls join parents using (digest)
    where token_id = ${token_id} and at >= ${at - togetherness} and image = ${image}
    limit 1`;
}
