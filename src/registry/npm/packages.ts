/** The packages in the database. Every change of one is a transaction that also counts its revision up. */
import type { Kysely, Transaction } from "kysely";
import { Refusal } from "../caller.ts";
import type { StoredBlob } from "../store/artifacts.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database } from "../store/schema.ts";
import { type Document, emptyDocument } from "./document.ts";
import { tarballOf } from "./name.ts";

export interface StoredPackage {
  document: Document;
  revision: number;
}

/** What a change is made with; `expected` is the revision that the client has read, when it says so. */
export interface Change {
  name: string;
  now: Date;
  expected?: string | undefined;
  /** The tarball of a version that the change adds. */
  tarball?: { file: string; blob: StoredBlob };
}

/** `undefined` for a name that was never published here. One that was unpublished has a document without versions. */
export async function findPackage(db: Kysely<Database>, name: string): Promise<StoredPackage | undefined> {
  const row = await db
    .selectFrom("npm_packages")
    .select(["document", "revision"])
    .where("name", "=", name)
    .executeTakeFirst();
  return row && { document: JSON.parse(row.document) as Document, revision: row.revision };
}

/** The digest of a tarball; `undefined` when there is no such file. */
export async function findTarball(
  db: Kysely<Database>,
  name: string,
  file: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("npm_tarballs")
    .select("digest")
    .where("package", "=", name)
    .where("file", "=", file)
    .executeTakeFirst();
  return row?.digest;
}

/**
 * Changes a package, or makes it. The tarballs of versions that are gone afterwards go too.
 * @param edit gets the document as it is now; pure
 * @returns the new revision
 * @throws Refusal 409 when the package is not at the expected revision, and whatever `edit` throws
 */
export function changePackage(
  db: RegistryDatabase,
  change: Change,
  edit: (document: Document, now: Date) => Document,
): Promise<number> {
  const { name, now, expected, tarball } = change;
  return db.atomically(async (transaction) => {
    const stored = await findPackage(transaction, name);
    if (stored && expected !== undefined && expected !== String(stored.revision)) {
      throw new Refusal(
        409,
        "revision_conflict",
        `${name} has been changed in the meantime: read it again and repeat.`,
      );
    }
    const before = stored?.document ?? emptyDocument(name, now);
    const after = edit(before, now);
    const revision = (stored?.revision ?? 0) + 1;
    const row = {
      document: JSON.stringify(after),
      revision,
      updated_at: now.getTime(),
      description: descriptionOf(after),
    };
    await transaction
      .insertInto("npm_packages")
      .values({ name, ...row })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
      .execute();
    if (tarball) await keep(transaction, name, tarball, now);
    const gone = Object.keys(before.versions).filter((version) => !Object.hasOwn(after.versions, version));
    for (const version of gone) {
      await transaction
        .deleteFrom("npm_tarballs")
        .where("package", "=", name)
        .where("file", "=", tarballOf(name, version))
        .execute();
    }
    return revision;
  });
}

/** What a search looks into; null for a package without versions, which none finds. */
function descriptionOf(document: Document): string | null {
  const { latest } = document["dist-tags"];
  if (latest === undefined) return null;
  const description = document.versions[latest]?.description;
  return typeof description === "string" ? description.replaceAll("\0", "") : "";
}

async function keep(
  transaction: Transaction<Database>,
  name: string,
  { file, blob }: NonNullable<Change["tarball"]>,
  now: Date,
): Promise<void> {
  await transaction
    .insertInto("blobs")
    .values({ ...blob, created_at: now.getTime() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction.insertInto("npm_tarballs").values({ package: name, file, digest: blob.digest }).execute();
}
