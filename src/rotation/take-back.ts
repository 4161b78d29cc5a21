/** A rotation that failed: every place as it was, and the successor revoked. */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import { type Consumer, isSame } from "./consumer.ts";
import { type RotationRecord, withoutValues } from "./record.ts";
import { formerOf } from "./successor.ts";

export interface Touched {
  consumer: Consumer;
  /** Whether the successor's value may be there, where nobody can look. */
  mayHaveIt: boolean;
}

/** Returns what to throw. @param record in the phase `minted` @param touched in the order in which they were */
export async function takeBack(
  error: unknown,
  record: RotationRecord,
  touched: readonly Touched[],
  context: Context,
): Promise<unknown> {
  const { tokens } = context.use("tokens", record.provider);
  const { new_id = "", old } = record;
  // Byte for byte, where it was an edit; what is not as before then is written again.
  for (const { id, state } of await context.disk.journal({ token_id: new_id }).catch(() => []))
    if (state !== "restored") await context.disk.restore(id, context.undo).catch(() => {});
  const left: string[] = [];
  for (const one of [...touched].reverse())
    await putBack(one, record, context).catch(() => left.push(one.consumer.where));
  context.issued.forget(old.id);
  const isRevoked =
    left.length === 0 &&
    (await tokens.revoke(new_id).then(
      () => true,
      (refused) => refused instanceof Problem && refused.code === "not_found",
    ));
  if (isRevoked) {
    context.issued.forget(new_id);
    await context.rotations.write({ ...withoutValues(record), phase: "aborted" }).catch(() => {});
  }
  if (!(error instanceof Problem)) return error;
  const { said, fix } =
    left.length > 0
      ? {
          said: `${left.join(" and ")} could NOT be put back, so both tokens live: the old one and ${new_id}.`,
          fix: "Remove the cause and call rotate_token again: it carries on.",
        }
      : isRevoked
        ? {
            said: "Everything was put back, the new token was revoked, and the old one lives.",
            fix: error.fix,
          }
        : {
            said: `Everything was put back; the new token ${new_id} could NOT be revoked.`,
            fix: `Revoke ${new_id} with revoke_token. ${error.fix}`,
          };
  return error.told({ sentence: `${error.message} ${said}`, fix });
}

/** @throws Problem */
async function putBack(
  { consumer, mayHaveIt }: Touched,
  record: RotationRecord,
  context: Context,
): Promise<void> {
  const former = await formerOf(record, consumer.where, context);
  const now = await consumer.read().catch(() => undefined);
  if (now === "unreadable" ? !mayHaveIt : now && former && isSame(now, former.secret)) return;
  if (former) return void (await consumer.put(former, false));
  throw new Problem(
    "unsupported",
    `The former value of ${consumer.where} is not held anywhere here.`,
    "Call rotate_token again: it carries on with the new one.",
  );
}
