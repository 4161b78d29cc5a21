/** Ending a token. It stays on record until it would have ended by itself. */
import { Problem } from "../../problem.ts";
import { deleteTokenMutation } from "./api.generated.ts";
import type { Ask } from "./graphql.ts";
import { recordById } from "./records.ts";

/** @throws Problem `not_found`; `provider_down` when Fly.io agrees, and the token lives on all the same */
export async function revoke(ask: Ask, id: string): Promise<"revoked" | "already_revoked"> {
  if ((await recordById(ask, id)).revokedAt) return "already_revoked";
  await ask(deleteTokenMutation, { id }, { repeatable: true });
  const after = await reread(ask, id);
  if (after && !after.revokedAt)
    throw new Problem(
      "provider_down",
      "Fly.io said that it revoked the token, but it is still active.",
      "Revoke it again; get_token shows its status.",
    );
  return "revoked";
}

/** `undefined` when it is on record no more. */
async function reread(ask: Ask, id: string) {
  return recordById(ask, id).catch((error) => {
    if (error instanceof Problem && error.code === "not_found") return undefined;
    throw error;
  });
}
