/**
 * The first user: `admin`, whose key lies in the file `admin-key` (0600) of the registry's folder. Whoever can read the
 * folder owns the registry; who lost the key deletes the file and starts the registry again.
 */
import { randomUUID } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { Problem } from "../problem.ts";
import { credentialKind, hashOf, makeCredential } from "./credential.ts";
import type { Database } from "./store/schema.ts";
import { syncFolder } from "./store/sync.ts";

/** The name of the user that the file's key belongs to. */
export const firstAdmin = "admin";

/** @throws Problem `file_unreadable` when the file is missing or holds no key */
export async function readAdminKey(folder: string): Promise<string> {
  const path = join(folder, "admin-key");
  const key = (await readFile(path, "utf8").catch(() => "")).trim();
  if (credentialKind(key) === "key") return key;
  throw new Problem(
    "file_unreadable",
    `\`${path}\` holds no admin key.`,
    "Delete it and start the registry again: it makes a new one.",
  );
}

/**
 * Sees to it that there is a key file and a user whom it belongs to. Processes that start at the same time in the same
 * folder agree on one key: the file appears with its content, or not at all.
 */
export async function ensureAdmin(folder: string, db: Kysely<Database>, now: Date): Promise<void> {
  const isNew = await makeKeyFile(folder);
  const anAdmin = await db
    .selectFrom("users")
    .select("name")
    .where("role", "=", "admin")
    .limit(1)
    .executeTakeFirst();
  if (!isNew && anAdmin) return;
  const key_hash = hashOf(await readAdminKey(folder));
  await db
    .insertInto("users")
    .values({ name: firstAdmin, role: "admin", key_hash, created_at: now.getTime() })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ key_hash, role: "admin" }))
    .execute();
}

/** @returns whether this call made it */
async function makeKeyFile(folder: string): Promise<boolean> {
  const complete = join(folder, `admin-key.${randomUUID()}`);
  const file = await open(complete, "wx", 0o600);
  try {
    await file.writeFile(`${makeCredential("key")}\n`);
    await file.sync();
    await link(complete, join(folder, "admin-key"));
    await syncFolder(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await file.close();
    await rm(complete);
  }
}
