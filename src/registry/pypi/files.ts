/** The uploaded files in the database. A file name is taken once and for all. */
import type { Kysely } from "kysely";
import { Refusal } from "../caller.ts";
import type { StoredBlob } from "../store/artifacts.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database, PypiFileRow } from "../store/schema.ts";

/** Normalized names, in order. */
export async function listProjects(db: Kysely<Database>): Promise<string[]> {
  const rows = await db.selectFrom("pypi_files").select("project").distinct().orderBy("project").execute();
  return rows.map(({ project }) => project);
}

/** Oldest first; none when there is no such project. @param project normalized */
export function listFiles(db: Kysely<Database>, project: string): Promise<PypiFileRow[]> {
  return db
    .selectFrom("pypi_files")
    .selectAll()
    .where("project", "=", project)
    .orderBy("uploaded_at")
    .orderBy("file")
    .execute();
}

export function findFile(db: Kysely<Database>, file: string): Promise<PypiFileRow | undefined> {
  return db.selectFrom("pypi_files").selectAll().where("file", "=", file).executeTakeFirst();
}

/**
 * Records a file. The same bytes under the same name a second time are no fault: an upload that broke off is repeated.
 * @returns whether it is new
 * @throws Refusal 400 when other bytes have that name; the words are those that `twine --skip-existing` looks for
 */
export function addFile(db: RegistryDatabase, row: PypiFileRow, blob: StoredBlob): Promise<boolean> {
  return db.atomically(async (transaction) => {
    const known = await findFile(transaction, row.file);
    if (known?.sha256 === row.sha256) return false;
    if (known)
      throw new Refusal(400, "file_exists", "File already exists, with other content: raise the version");
    await transaction
      .insertInto("blobs")
      .values({ ...blob, created_at: row.uploaded_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await transaction.insertInto("pypi_files").values(row).execute();
    return true;
  });
}
