/** What admins do with users, each act one transaction: for the management API and for the page (../page). */
import type { Kysely } from "kysely";
import * as z from "zod";
import { countActive } from "../active-tokens.ts";
import { Refusal } from "../caller.ts";
import { hashOf, makeCredential } from "../credential.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database, UserRow } from "../store/schema.ts";

// No colon: it would end the user name in Basic. `__token__` stands for any user's token there.
export const userRequest = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
      "1 to 64 letters, digits and . _ @ -, beginning with a letter or digit",
    ),
  role: z.enum(["admin", "developer"]),
});

export interface UserView {
  name: string;
  role: "admin" | "developer";
  created_at: string;
}

/** All users, by name. */
export async function listUsers(db: Kysely<Database>): Promise<UserView[]> {
  return (await db.selectFrom("users").selectAll().orderBy("name").execute()).map(view);
}

/** @returns the user, and the key that exists nowhere else @throws Refusal 409 for a name that is taken */
export async function addUser(
  db: RegistryDatabase,
  { name, role }: z.output<typeof userRequest>,
  now: Date,
): Promise<{ user: UserView; key: string }> {
  const key = makeCredential("key");
  const user = { name, role, key_hash: hashOf(key), created_at: now.getTime() };
  const added = await db
    .insertInto("users")
    .values(user)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 0n)
    throw new Refusal(409, "conflict", `There is a user ${name} already.`);
  return { user: view(user), key };
}

/** @throws Refusal 404; 409 for the last admin and for who has active tokens */
export async function removeUser(db: RegistryDatabase, name: string, now: Date): Promise<void> {
  await db.atomically(async (transaction) => {
    await checkRemovable(transaction, name, now);
    await transaction.deleteFrom("users").where("name", "=", name).execute();
  });
}

/** @throws Refusal 404; 409 for the last admin and for who has active tokens */
export async function checkRemovable(db: Kysely<Database>, name: string, now: Date): Promise<void> {
  const users = await db.selectFrom("users").selectAll().execute();
  const user = users.find((each) => each.name === name);
  if (!user) throw new Refusal(404, "not_found", "There is no such user.");
  const otherAdmins = users.filter((each) => each.role === "admin" && each !== user);
  if (user.role === "admin" && otherAdmins.length === 0)
    throw new Refusal(409, "conflict", "The last admin has to stay.");
  // Otherwise credentials would outlive the person, and the next user of that name would inherit them.
  const active = await countActive(db, "created_by", name, now);
  if (active > 0)
    throw new Refusal(409, "conflict", `${name} has active tokens (${active}): revoke them first.`);
}

function view({ name, role, created_at }: UserRow): UserView {
  return { name, role, created_at: new Date(created_at).toISOString() };
}
