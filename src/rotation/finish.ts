/** Every place works with the successor: the old one is revoked when its time is over. */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Permission, TokenStatus } from "../providers/provider.ts";
import type { Secret } from "../secret.ts";
import { isDue, type RotationRecord } from "./record.ts";

export interface Rotation {
  old: { id: string; name: string; status: TokenStatus };
  new: { id: string; name: string; permission: Permission; expires_at: string | null };
  rewritten: { where: string; verified: boolean }[];
  /** ISO 8601, UTC; `null` while the old one lives. */
  old_revoked_at: string | null;
  /** When the old one is to be revoked, if it is not yet. */
  old_kept_until?: string | undefined;
  warnings: string[];
  /** What is left to do, by the delivery. */
  next?: string | undefined;
  /** The value, where the caller asked to be shown it. */
  credential?: { username: string; token: Secret } | undefined;
}

/** Never fails for what an issuer says: the work is done by now. @param record `settled` or `done` */
export async function finish(
  record: RotationRecord,
  warnings: readonly string[],
  context: Context,
): Promise<Rotation> {
  const { ended, failure } = await end(record, context);
  const lives = ended.phase === "settled";
  const more = failure
    ? [
        `The old token could NOT be revoked: ${failure.message} \`fly-tokens rotate-due\` or revoke_token ends it.`,
      ]
    : [];
  return {
    ...(await tokensOf(ended, context)),
    rewritten: record.rewritten,
    old_revoked_at: ended.old_revoked_at ?? null,
    ...(lives && { old_kept_until: record.keep_until }),
    warnings: [...warnings, ...more],
  };
}

/** As their issuer has them, else as they are by our record: what has ended, an issuer may forget. */
async function tokensOf(
  { provider, old, new_id = "", request, phase }: RotationRecord,
  context: Context,
): Promise<Pick<Rotation, "old" | "new">> {
  const get = (id: string) =>
    context
      .use("tokens", provider)
      .tokens.get(id)
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
      });
  const [former, successor] = await Promise.all([get(old.id), get(new_id)]);
  const { name, permission, expires_at } = successor ?? request;
  return {
    old: {
      id: old.id,
      name: old.name,
      status: former?.status ?? (phase === "done" ? "revoked" : "active"),
    },
    new: { id: new_id, name, permission, expires_at },
  };
}

/** @returns the record as it is now, and why the old one lives although its time is over */
async function end(
  record: RotationRecord,
  context: Context,
): Promise<{ ended: RotationRecord; failure?: Problem }> {
  if (record.phase === "done" || !isDue(record, context)) return { ended: record };
  const { tokens } = context.use("tokens", record.provider);
  try {
    await tokens.revoke(record.old.id).catch((error: unknown) => {
      // Its issuer has forgotten it already.
      if (!(error instanceof Problem) || error.code !== "not_found") throw error;
    });
    context.issued.forget(record.old.id);
    const old_revoked_at = context.now().toISOString();
    return { ended: await context.rotations.write({ ...record, phase: "done", old_revoked_at }) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ended: record, failure: error };
  }
}
