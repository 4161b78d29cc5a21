/**
 * Blobs by digest. One blob may belong to several repositories; it is read and deleted through those that it belongs
 * to, and knowing its digest opens nothing.
 */
import type { Kysely } from "kysely";
import { Refusal } from "../caller.ts";
import { download } from "../download.ts";
import type { StoredBlob } from "../store/artifacts.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database } from "../store/schema.ts";
import type { Handler } from "./handler.ts";

export async function holdsBlob(db: Kysely<Database>, repository: string, digest: string): Promise<boolean> {
  const row = await db
    .selectFrom("oci_blobs")
    .select("digest")
    .where("repository", "=", repository)
    .where("digest", "=", digest)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes a stored blob part of a repository. */
export async function addBlob(
  db: RegistryDatabase,
  repository: string,
  blob: StoredBlob,
  now: Date,
): Promise<void> {
  await db.atomically(async (transaction) => {
    await recordBlob(transaction, blob, now);
    await transaction
      .insertInto("oci_blobs")
      .values({ repository, digest: blob.digest })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** Notes that the bytes are here. */
export async function recordBlob(
  db: Kysely<Database>,
  { digest, size }: StoredBlob,
  now: Date,
): Promise<void> {
  await db
    .insertInto("blobs")
    .values({ digest, size, created_at: now.getTime() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** GET, HEAD */
export const readBlob: Handler = async ({ room, request, resource: { repository, reference } }) => {
  if (!(await holdsBlob(room.db, repository, reference))) throw unknown();
  return download(room.blobs, reference, request, {
    "content-type": "application/octet-stream",
    "docker-content-digest": reference,
  });
};

/** DELETE: takes the blob out of this repository. */
export const deleteBlob: Handler = async ({ room, resource: { repository, reference } }) => {
  const { numDeletedRows } = await room.db
    .deleteFrom("oci_blobs")
    .where("repository", "=", repository)
    .where("digest", "=", reference)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw unknown();
  return new Response(null, { status: 202 });
};

function unknown(): Refusal {
  return new Refusal(404, "BLOB_UNKNOWN", "There is no such blob in this repository.");
}
