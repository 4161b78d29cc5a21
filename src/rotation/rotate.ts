/**
 * A successor in the place of a token: made with the same properties, put wherever this machine knows that the old one is
 * used, tried there, and only then is the old one revoked, at once or when its time is over. Whatever fails before that,
 * the places are put back, the successor is revoked and the old one lives. What a killed process has left is carried on
 * by whoever rotates the token next.
 */
import type { Context } from "../context.ts";
import { Problem, quote } from "../problem.ts";
import { type Intent, intend, isByHand, type RotationRequest, recordOf } from "./begin.ts";
import { refuseElsewhere } from "./elsewhere.ts";
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
  if (context.remote) await refuseElsewhere({ id, provider: provider.id }, record, context);
  if (record?.phase === "begun" || record?.phase === "minted") {
    refuseShowing(record, wish, context);
    return { begun: record };
  }
  if (record?.phase === "settled" || record?.phase === "done") {
    const isRetry = record.key !== undefined && record.key === wish.idempotency_key;
    if (isRetry || (record.phase === "settled" && isDue(record, context))) return { over: record };
    throw rotatedBefore(record);
  }
  return { intent: await intend(id, wish, context) };
}

function rotatedBefore({ old, new_id, phase, keep_until }: RotationRecord): Problem {
  const lives = phase === "done" ? "" : `, and it lives until ${keep_until}`;
  const end = phase === "done" ? "" : ", or end the old one with revoke_token";
  return new Problem(
    "conflict",
    `${quote(old.name)} has been rotated; its successor is ${new_id}${lives}.`,
    `Rotate ${new_id} instead${end}. If that has been revoked, too, set up anew with configure_package_manager or generate_token.`,
  );
}

/** A value goes into no result, and onto no page, that this call did not ask for. @throws Problem `conflict` */
function refuseShowing(
  { old, deliver }: RotationRecord,
  { deliver_to }: RotationRequest,
  { deliveries }: Context,
): void {
  const delivery = deliveries.find(({ id }) => id === deliver?.to);
  if (!delivery || !isByHand(delivery) || delivery.id === deliver_to) return;
  throw new Problem(
    "conflict",
    `A rotation of ${quote(old.name)} was interrupted that was to show somebody its value (${delivery.id}).`,
    `Call again with deliver_to ${delivery.id}: it is carried on.`,
  );
}

/** What was asked for then is what is done now. @returns what to tell whoever asks for something else */
async function resumed(
  begun: RotationRecord,
  { idempotency_key: key }: RotationRequest,
  { rotations }: Context,
): Promise<{ record: RotationRecord; notes: string[] }> {
  const record = key === undefined || key === begun.key ? begun : await rotations.write({ ...begun, key });
  const notes = [
    `This rotation was begun at ${begun.started_at} and interrupted; it was carried on as it was asked for then.`,
  ];
  return { record, notes };
}

/** @throws Problem; what was begun has been taken back then, or the sentence says what is left */
export async function rotate(id: string, wish: RotationRequest, context: Context): Promise<Rotation> {
  const { provider } = context.use("tokens", wish.provider);
  return context.rotations.locked(provider.id, id, async () => {
    const found = await look(id, wish, context);
    if ("over" in found) return finish(found.over, [], context);
    const { record, notes } =
      "begun" in found
        ? await resumed(found.begun, wish, context)
        : { record: await context.rotations.write(recordOf(found.intent, wish, context)), notes: [] };
    const { record: settled, warnings, ...more } = await carryOn(record, context);
    return { ...(await finish(settled, [...notes, ...warnings], context)), ...more };
  });
}
