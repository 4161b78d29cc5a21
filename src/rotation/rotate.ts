/**
 * A successor in the place of a token: made with the same properties, put wherever this machine knows that the old one is
 * used, tried there, and only then is the old one revoked, at once or when its time is over. Whatever fails before that,
 * the places are put back, the successor is revoked and the old one lives. What a killed process has left is carried on
 * by whoever rotates the token next.
 */
import type { Context } from "../context.ts";
import { Problem, quote } from "../problem.ts";
import { type Intent, intend, type RotationRequest, recordOf } from "./begin.ts";
import { finish, type Rotation } from "./finish.ts";
import { isDue, type RotationRecord } from "./record.ts";
import { carryOn } from "./rewrite.ts";

/** What is to be done, or has to be carried on. Changes nothing. @throws Problem as `intend` */
export async function look(
  id: string,
  wish: RotationRequest,
  context: Context,
): Promise<{ intent: Intent } | { begun: RotationRecord } | { over: RotationRecord }> {
  const { provider } = context.use("tokens", wish.provider);
  const record = await context.rotations.of(provider.id, id);
  if (record?.phase === "begun" || record?.phase === "minted") return { begun: record };
  if (record?.phase === "settled" || record?.phase === "done") {
    const isRetry = record.key !== undefined && record.key === wish.idempotency_key;
    if (isRetry || (record.phase === "settled" && isDue(record, context))) return { over: record };
    throw new Problem(
      "conflict",
      `${quote(record.old.name)} has been rotated; its successor is ${record.new_id}${record.phase === "done" ? "" : `, and it lives until ${record.keep_until}`}.`,
      `Rotate ${record.new_id} instead${record.phase === "done" ? "" : ", or end the old one with revoke_token"}.`,
    );
  }
  return { intent: await intend(id, wish, context) };
}

/** @throws Problem; what was begun has been taken back then, or the sentence says what is left */
export async function rotate(id: string, wish: RotationRequest, context: Context): Promise<Rotation> {
  const { provider } = context.use("tokens", wish.provider);
  return context.rotations.locked(provider.id, id, async () => {
    const found = await look(id, wish, context);
    if ("over" in found) return finish(found.over, [], context);
    const record =
      "begun" in found ? found.begun : await context.rotations.write(recordOf(found.intent, wish, context));
    const { record: settled, ...more } = await carryOn(record, context);
    const notes = "intent" in found ? found.intent.found.notes : [];
    const rotation = await finish(settled, [...notes, ...more.warnings], context);
    return { ...rotation, ...(more.next !== undefined && { next: more.next }), credential: more.credential };
  });
}
