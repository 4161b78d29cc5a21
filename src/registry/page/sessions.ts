/**
 * Who is logged in. The database knows the SHA-256 of a session's value, and the one of the key that opened it: a session
 * ends with its user and with its key, on every replica.
 */
import { createHmac } from "node:crypto";
import type { Kysely } from "kysely";
import type { Keyholder } from "../caller.ts";
import { hashOf, randomBase62 } from "../credential.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database } from "../store/schema.ts";

/** Milliseconds from the log-in, however busy the session is. */
const lifetime = 12 * 3_600_000;

export interface Visitor {
  caller: Keyholder;
  /** What each form of this session carries, and no other page can know. */
  formToken: string;
}

/**
 * @param key the user's key, which has been checked
 * @returns the value for the cookie, which exists nowhere else; `undefined` when the user has been deleted meanwhile
 */
export async function openSession(
  db: RegistryDatabase,
  { username }: Keyholder,
  key: string,
  now: Date,
): Promise<string | undefined> {
  const value = randomBase62(43);
  const time = now.getTime();
  await db.deleteFrom("sessions").where("expires_at", "<=", time).execute();
  const session = { hash: hashOf(value), username, key_hash: hashOf(key), created_at: time };
  return db.atomically(async (transaction) => {
    const user = transaction.selectFrom("users").select("name").where("name", "=", username);
    if (!(await user.executeTakeFirst())) return undefined;
    await transaction
      .insertInto("sessions")
      .values({ ...session, expires_at: time + lifetime })
      .execute();
    return value;
  });
}

/** Whose session it is; `undefined` when it has ended, or never was. */
export async function findSession(
  db: Kysely<Database>,
  value: string,
  now: Date,
): Promise<Visitor | undefined> {
  const found = await db
    .selectFrom("sessions")
    .innerJoin("users", (join) =>
      join.onRef("users.name", "=", "sessions.username").onRef("users.key_hash", "=", "sessions.key_hash"),
    )
    .select(["users.name", "users.role"])
    .where("sessions.hash", "=", hashOf(value))
    .where("sessions.expires_at", ">", now.getTime())
    .executeTakeFirst();
  if (!found) return undefined;
  const caller: Keyholder = { kind: "key", username: found.name, role: found.role };
  return { caller, formToken: createHmac("sha256", value).update("form").digest("base64url") };
}

export async function closeSession(db: Kysely<Database>, value: string): Promise<void> {
  await db.deleteFrom("sessions").where("hash", "=", hashOf(value)).execute();
}
