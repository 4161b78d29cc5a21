/** The files of a room in the database, by their path. */
import type { Kysely } from "kysely";
import { Refusal } from "../caller.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database, FileRow } from "../store/schema.ts";

type Room = FileRow["room"];

export function findFile(db: Kysely<Database>, room: Room, path: string): Promise<FileRow | undefined> {
  return db
    .selectFrom("files")
    .selectAll()
    .where("room", "=", room)
    .where("path", "=", path)
    .executeTakeFirst();
}

/** All files whose path begins in this way, oldest first. @param prefix empty, or with a slash at its end */
export function listFiles(db: Kysely<Database>, room: Room, prefix: string): Promise<FileRow[]> {
  // "0" follows "/" in the order of bytes: the range is exactly what begins with the prefix.
  const end = `${prefix.slice(0, -1)}0`;
  return db
    .selectFrom("files")
    .selectAll()
    .where("room", "=", room)
    .$if(prefix !== "", (query) => query.where("path", ">=", prefix).where("path", "<", end))
    .orderBy("uploaded_at")
    .orderBy("path")
    .execute();
}

/**
 * Records a file. The same bytes at the same path a second time are no fault and change nothing: an upload that broke
 * off is repeated.
 * @param replaces whether other bytes may take the place of those that are there
 * @returns whether the path is new
 * @throws Refusal 409 when other bytes are there and stay
 */
export function addFile(db: RegistryDatabase, row: FileRow, replaces: boolean): Promise<boolean> {
  return db.atomically(async (transaction) => {
    const known = await findFile(transaction, row.room, row.path);
    if (known?.digest === row.digest) return false;
    if (known && !replaces)
      throw new Refusal(
        409,
        "file_exists",
        `${row.path} is here already, with other content: raise the version`,
      );
    await transaction
      .insertInto("blobs")
      .values({ digest: row.digest, size: row.size, created_at: row.uploaded_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await transaction
      .insertInto("files")
      .values(row)
      .onConflict((conflict) => conflict.columns(["room", "path"]).doUpdateSet(row))
      .execute();
    return known === undefined;
  });
}
