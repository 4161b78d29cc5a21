/**
 * The short-lived tokens of the Bearer flow: random values of which only the SHA-256 is kept, beside the token that
 * logged in. Whether that token still stands is seen at every use, so a revocation holds at once and in every process;
 * and no key has to be kept that could sign more of them.
 */
import type { Kysely } from "kysely";
import { Refusal } from "../caller.ts";
import { hashOf, randomBase62 } from "../credential.ts";
import type { RegistryDatabase } from "../store/database.ts";
import type { Database, TokenRow } from "../store/schema.ts";
import { statusOf } from "../tokens.ts";
import { formatScope, type Grant, grant } from "./scope.ts";

/** Seconds. */
export const lifetime = 300;

const prefix = "flya_";

/** Stores and returns a new value. The expired ones of everybody go at the same time. @throws Refusal 401 */
export async function issueAccessToken(
  db: RegistryDatabase,
  token: TokenRow,
  grants: readonly Grant[],
  now: Date,
): Promise<string> {
  const value = prefix + randomBase62(43);
  const row = {
    hash: hashOf(value),
    token_id: token.id,
    scope: formatScope(grants),
    expires_at: now.getTime() + lifetime * 1000,
  };
  await db.deleteFrom("oci_access_tokens").where("expires_at", "<=", now.getTime()).execute();
  await db.atomically(async (transaction) => {
    const behind = transaction.selectFrom("tokens").select("id").where("id", "=", token.id);
    // Deleted since it logged in.
    if (!(await behind.executeTakeFirst()))
      throw new Refusal(401, "UNAUTHORIZED", "The token behind the log-in no longer stands.");
    await transaction.insertInto("oci_access_tokens").values(row).execute();
  });
  return value;
}

/** Whether a credential has the form of an access token. */
export function isAccessToken(value: string): boolean {
  return value.startsWith(prefix);
}

/** @returns the token that stands behind an access token, and what was granted; `undefined` when either is no longer valid */
export async function findAccessToken(
  db: Kysely<Database>,
  value: string,
  now: Date,
): Promise<{ token: TokenRow; grants: Grant[] } | undefined> {
  const found = await db
    .selectFrom("oci_access_tokens")
    .innerJoin("tokens", "tokens.id", "oci_access_tokens.token_id")
    .selectAll("tokens")
    .select("oci_access_tokens.scope")
    .where("oci_access_tokens.hash", "=", hashOf(value))
    .where("oci_access_tokens.expires_at", ">", now.getTime())
    .executeTakeFirst();
  if (!found) return undefined;
  const { scope, ...token } = found;
  return statusOf(token, now) === "active" ? { token, grants: grant([scope], token.permission) } : undefined;
}
