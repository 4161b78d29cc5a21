/** Every place works with the successor: the old one is revoked when its time is over. */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import type { Secret } from "../secret.ts";
import { isDue, type RotationRecord } from "./record.ts";

export interface Rotation {
  old: Token;
  new: Token;
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

/** @param record `settled` or `done` */
export async function finish(
  record: RotationRecord,
  warnings: readonly string[],
  context: Context,
): Promise<Rotation> {
  const { tokens } = context.use("tokens", record.provider);
  const { ended, failure } = await end(record, context);
  const [old, successor] = await Promise.all([tokens.get(record.old.id), tokens.get(record.new_id ?? "")]);
  return {
    old,
    new: successor,
    rewritten: record.rewritten,
    old_revoked_at: ended.old_revoked_at ?? null,
    ...(ended.phase === "settled" && { old_kept_until: record.keep_until }),
    warnings: [
      ...warnings,
      ...(failure
        ? [
            `The old token could NOT be revoked: ${failure.message} \`fly-tokens rotate-due\` or revoke_token ends it.`,
          ]
        : []),
    ],
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
    await tokens.revoke(record.old.id);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ended: record, failure: error };
  }
  context.issued.forget(record.old.id);
  const old_revoked_at = context.now().toISOString();
  return { ended: await context.rotations.write({ ...record, phase: "done", old_revoked_at }) };
}
