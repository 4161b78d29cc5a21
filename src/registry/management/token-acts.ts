/** What users do with tokens, each act one transaction: for the management API and for the page (../page). */
import type { Kysely } from "kysely";
import * as z from "zod";
import { type Keyholder, Refusal } from "../caller.ts";
import { requireEnvironment } from "../environments.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database, TokenRow } from "../store/schema.ts";
import { checkDeletable, fingerprint, managed, mint, revocation } from "../tokens.ts";
import { moment } from "./input.ts";

export const permission = z.enum(["read_only", "read_write"]);

export const tokenRequest = z.strictObject({
  name: z.string(),
  permission,
  expires_at: moment.nullable(),
  environment: z.string().optional(),
});

export interface Minted {
  token: TokenRow;
  /** `undefined`: the same request came before, and the token is the one that it made. */
  value: string | undefined;
}

/**
 * Mints a token, or finds the one that this user minted with this key.
 * @param idempotencyKey makes a repeated request harmless
 * @throws Refusal 400 for a request that cannot be met, 404 for an environment that is not there, 409 for a key that was
 *   used for another request
 */
export async function mintToken(
  db: RegistryDatabase,
  by: Keyholder,
  wanted: z.output<typeof tokenRequest>,
  now: Date,
  idempotencyKey?: string,
): Promise<Minted> {
  const minted = await db.atomically(async (transaction): Promise<Minted> => {
    const earlier =
      idempotencyKey === undefined ? undefined : await mintedFor(transaction, by.username, idempotencyKey);
    if (earlier) return { token: earlier, value: undefined };
    await requireUser(transaction, by.username);
    if (wanted.environment !== undefined) await requireEnvironment(transaction, wanted.environment);
    const fresh = mint(wanted, by, now, idempotencyKey);
    await transaction.insertInto("tokens").values(fresh.token).execute();
    return fresh;
  });
  if (minted.value === undefined && minted.token.request_hash !== fingerprint(wanted)) {
    throw new Refusal(409, "conflict", "This Idempotency-Key was used for another request.");
  }
  return minted;
}

/** Of a user who is being deleted nothing must be left that opens anything. @throws Refusal 401 */
async function requireUser(db: Kysely<Database>, name: string): Promise<void> {
  const user = await db.selectFrom("users").select("name").where("name", "=", name).executeTakeFirst();
  if (!user) throw new Refusal(401, "UNAUTHORIZED", "The credential is unknown, expired or revoked.");
}

/** @throws Refusal 404 also for a token that is somebody else's */
export async function findToken(db: Kysely<Database>, by: Keyholder, id: string): Promise<TokenRow> {
  return managed(await db.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst(), by);
}

/** @returns `already`: it had been revoked before, which changes nothing @throws Refusal 404 */
export function revokeToken(
  db: RegistryDatabase,
  by: Keyholder,
  id: string,
  now: Date,
): Promise<{ token: TokenRow; already: boolean }> {
  return db.atomically(async (transaction) => {
    const found = await findToken(transaction, by, id);
    const change = revocation(found, by, now);
    if (change) await transaction.updateTable("tokens").set(change).where("id", "=", found.id).execute();
    return { token: { ...found, ...change }, already: !change };
  });
}

/** @throws Refusal 404, 409 for a token that is active */
export async function deleteToken(db: RegistryDatabase, by: Keyholder, id: string, now: Date): Promise<void> {
  await db.atomically(async (transaction) => {
    const found = await findToken(transaction, by, id);
    checkDeletable(found, now);
    await transaction.deleteFrom("tokens").where("id", "=", found.id).execute();
  });
}

function mintedFor(db: Kysely<Database>, username: string, key: string): Promise<TokenRow | undefined> {
  const minted = db
    .selectFrom("tokens")
    .selectAll()
    .where("created_by", "=", username)
    .where("idempotency_key", "=", key);
  return minted.executeTakeFirst();
}
