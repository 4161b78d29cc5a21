/**
 * What counts as a deployment: one GET of a manifest with an environment's token is one event. A client that first asks
 * for the tag with HEAD and then fetches the digest (containerd) has pulled the tag; what it fetches out of an index
 * that it has just pulled is part of the same pull.
 */
import { type Kysely, sql } from "kysely";
import type { Database, PullRow } from "../store/schema.ts";

type Pull = Omit<PullRow, "id">;

/** Milliseconds within which requests belong together. */
const togetherness = 60_000;
const mostHeads = 10_000;

/** The tags that were asked for with HEAD a moment ago, by token, image and digest. Lost with the process, and then missed little. */
export class RecentHeads {
  readonly #heads = new Map<string, { tag: string; at: number }>();

  note({ tag, at, ...pull }: Pull): void {
    if (tag === null) return;
    const key = keyOf(pull);
    this.#heads.delete(key); // so that the map stays in the order of time
    this.#heads.set(key, { tag, at });
    for (const [oldest, head] of this.#heads) {
      if (this.#heads.size <= mostHeads && at - head.at <= togetherness) break;
      this.#heads.delete(oldest);
    }
  }

  /** The tag that a pull by digest was meant for. */
  tagOf(pull: Pull): string | null {
    const head = this.#heads.get(keyOf(pull));
    return head && pull.at - head.at <= togetherness ? head.tag : null;
  }
}

function keyOf({ token_id, image, digest }: Pick<Pull, "token_id" | "image" | "digest">): string {
  return `${token_id} ${image} ${digest}`;
}

/** Durable when it returns. */
export async function recordPull(db: Kysely<Database>, heads: RecentHeads, pull: Pull): Promise<void> {
  if (pull.tag !== null) await insert(db, pull);
  else {
    const tag = heads.tagOf(pull);
    if (tag === null && (await isPartOfPull(db, pull))) return;
    await insert(db, { ...pull, tag });
  }
}

async function insert(db: Kysely<Database>, pull: Pull): Promise<void> {
  await db.insertInto("pulls").values(pull).execute();
}

/** Whether the digest stands in an index, or in an index in an index, that the same token has just pulled. */
async function isPartOfPull(
  db: Kysely<Database>,
  { token_id, environment, image, digest, at }: Pull,
): Promise<boolean> {
  const { rows } = await sql`
    with recursive parents (digest) as (
      select parent from oci_children where repository = ${image} and child = ${digest}
      union
      select parent from oci_children join parents on child = parents.digest where repository = ${image}
    )
    select 1 from pulls join parents using (digest)
    where environment = ${environment} and image = ${image} and token_id = ${token_id} and at >= ${at - togetherness}
    limit 1`.execute(db);
  return rows.length > 0;
}
