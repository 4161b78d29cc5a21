/**
 * The first user: `admin`, whose key lies in the file `admin-key` (0600) of the registry's folder. Whoever can read the
 * folder, or may write to the database, owns the registry, and gets a new key with `fly-tokens registry --new-admin-key`.
 */
import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../problem.ts";
import { credentialKind, hashOf, makeCredential } from "./credential.ts";
import type { RegistryDatabase } from "./store/database.ts";
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
    "Run `fly-tokens registry --new-admin-key` where the registry runs: it makes a new one, and ends the old one.",
  );
}

/**
 * Sees to it that there is an admin, and a key file. Processes that start at the same time in the same folder agree on one
 * key: the file appears with its content, or not at all.
 * @param database `shared`: replicas in other folders use it, too. Then only the first of all makes a key; that one of them
 *   has no file says nothing.
 */
export async function ensureAdmin(
  folder: string,
  db: RegistryDatabase,
  now: Date,
  database: "own" | "shared",
): Promise<void> {
  if (database === "shared") {
    if (!(await anAdmin(db))) await makeFirst(folder, db, now);
    return;
  }
  const isNew = await makeKeyFile(folder);
  if (isNew || !(await anAdmin(db))) await setAdminKey(folder, db, now);
}

/** Of several replicas that meet an empty database at once, one is first; the others' new files open nothing, and go. */
async function makeFirst(folder: string, db: RegistryDatabase, now: Date): Promise<void> {
  const isNew = await makeKeyFile(folder);
  const key_hash = hashOf(await readAdminKey(folder));
  const isOurs = await db.atomically(async (transaction) => {
    const found = await transaction
      .selectFrom("users")
      .select("key_hash")
      .where("role", "=", "admin")
      .execute();
    if (found.length > 0) return found.some((admin) => admin.key_hash === key_hash);
    const user = { name: firstAdmin, role: "admin", key_hash, created_at: now.getTime() } as const;
    await transaction.insertInto("users").values(user).execute();
    return true;
  });
  if (isNew && !isOurs) await rm(join(folder, "admin-key"));
}

async function anAdmin(db: RegistryDatabase): Promise<boolean> {
  const admins = db.selectFrom("users").select("name").where("role", "=", "admin").limit(1);
  return (await admins.executeTakeFirst()) !== undefined;
}

/**
 * A new key for the first admin, who is there again if somebody had deleted them, in a new file. The former key opens
 * nothing from now on, at any replica.
 */
export async function renewAdminKey(folder: string, db: RegistryDatabase, now: Date): Promise<void> {
  const { path, key } = await writeKey(folder);
  try {
    await setAdmin(db, key, now);
    await rename(path, join(folder, "admin-key"));
    await syncFolder(folder);
  } finally {
    await rm(path, { force: true });
  }
}

/** Makes the file's key that of the first admin. */
async function setAdminKey(folder: string, db: RegistryDatabase, now: Date): Promise<void> {
  await setAdmin(db, await readAdminKey(folder), now);
}

async function setAdmin(db: RegistryDatabase, key: string, now: Date): Promise<void> {
  const key_hash = hashOf(key);
  await db
    .insertInto("users")
    .values({ name: firstAdmin, role: "admin", key_hash, created_at: now.getTime() })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ key_hash, role: "admin" }))
    .execute();
}

/** @returns whether this call made it */
async function makeKeyFile(folder: string): Promise<boolean> {
  const { path } = await writeKey(folder);
  try {
    await link(path, join(folder, "admin-key"));
    await syncFolder(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(path);
  }
}

/** A new key under a name that nobody knows, complete and durable. */
async function writeKey(folder: string): Promise<{ path: string; key: string }> {
  const path = join(folder, `admin-key.${randomUUID()}`);
  const key = makeCredential("key");
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(`${key}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, key };
}
