/** What users do with environments, each act one transaction: for the management API and for the page (../page). */
import * as z from "zod";
import { countActive } from "../active-tokens.ts";
import { type Keyholder, Refusal } from "../caller.ts";
import { type EnvironmentView, requireEnvironment, viewEnvironment } from "../environments.ts";
import type { RegistryDatabase } from "../store/database.ts";

export const environmentRequest = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/, "1 to 63 lower-case letters, digits and hyphens"),
  // Databases keep any character but this one.
  description: z
    .string()
    .max(500)
    .regex(/^[^\0]*$/, "text without NUL")
    .default(""),
});

/** @throws Refusal 409 for a name that is taken */
export async function addEnvironment(
  db: RegistryDatabase,
  by: Keyholder,
  wanted: z.output<typeof environmentRequest>,
  now: Date,
): Promise<EnvironmentView> {
  const row = { ...wanted, created_by: by.username, created_at: now.getTime() };
  await db.atomically(async (transaction) => {
    const added = await transaction
      .insertInto("environments")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n)
      throw new Refusal(409, "conflict", `There is an environment ${row.name} already.`);
    // Of one that had the same name: a pull that was under way when it was deleted.
    await transaction.deleteFrom("pulls").where("environment", "=", row.name).execute();
  });
  return viewEnvironment(db, row, now);
}

/** Deletes an environment with its past. @throws Refusal 404; 409 while active tokens belong to it */
export async function deleteEnvironment(db: RegistryDatabase, name: string, now: Date): Promise<void> {
  await db.atomically(async (transaction) => {
    await requireEnvironment(transaction, name);
    const active = await countActive(transaction, "environment", name, now);
    if (active > 0)
      throw new Refusal(409, "conflict", `Active tokens belong to ${name} (${active}): revoke them first.`);
    // An environment that gets the same name later begins without a past.
    await transaction
      .updateTable("tokens")
      .set({ environment: null })
      .where("environment", "=", name)
      .execute();
    await transaction.deleteFrom("pulls").where("environment", "=", name).execute();
    await transaction.deleteFrom("environments").where("name", "=", name).execute();
  });
}
