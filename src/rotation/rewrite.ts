/** From a wish for a successor to the moment at which every place works with it. */
import type { Context } from "../context.ts";
import { Problem, quote } from "../problem.ts";
import { type HandedOver, handOver } from "./hand-over.ts";
import { placesOf } from "./places.ts";
import { keptUntil, type RotationRecord, withoutValues } from "./record.ts";
import { subjectOf, successorOf, withSuccessor } from "./successor.ts";
import { type Touched, takeBack } from "./take-back.ts";

export type Carried = Omit<HandedOver, "rewritten">;

/**
 * Carries a rotation on from wherever it stands until it is `settled`.
 * @throws Problem; everything is as before then, or the sentence says what is not
 */
export async function carryOn(begun: RotationRecord, context: Context): Promise<Carried> {
  const isFresh = begun.phase === "begun";
  const record = isFresh ? await withSuccessor(begun, context) : begun;
  const held = successorOf(record);
  const { consumers, notes } = await placesOf(subjectOf(record), held.token.id, context);
  // How far somebody else has come before it was killed, nobody knows.
  const touched: Touched[] = isFresh ? [] : consumers.map((consumer) => ({ consumer, mayHaveIt: true }));
  const ended = isFresh ? undefined : await whyEnded(record, context);
  let handed: HandedOver;
  try {
    if (ended) throw ended;
    const rewritten: RotationRecord["rewritten"] = [];
    for (const consumer of consumers) {
      const one = { consumer, mayHaveIt: true };
      if (isFresh) touched.push(one);
      const verified = await consumer.put(held, true).catch((error) => {
        if (isFresh) one.mayHaveIt = isUnsure(error);
        throw error;
      });
      rewritten.push({ where: consumer.where, verified });
    }
    if (rewritten.length === 0 && !record.deliver) throw nobodyHasIt(record);
    handed = await handOver(record, held, rewritten.length > 0, context);
    handed.rewritten.unshift(...rewritten);
  } catch (error) {
    throw await takeBack(error, record, touched, context);
  }
  const { rewritten, ...rest } = handed;
  const keep_until = keptUntil(record, context.now()).toISOString();
  const settled = await context.rotations
    .write({ ...withoutValues(handed.record), phase: "settled", rewritten, keep_until })
    .catch((error) => {
      throw unsettled(error);
    });
  return { ...rest, record: settled, warnings: [...notes, ...rest.warnings] };
}

/** Somebody has changed every place since the successor was asked for. */
function nobodyHasIt({ old }: RotationRecord): Problem {
  return new Problem(
    "conflict",
    `No place holds ${quote(old.name)} any more, so nobody would get its successor's value.`,
    "See with get_token where it is used, then call again, with deliver_to where it is nowhere.",
  );
}

/** A place that cannot be read would not tell. @throws Problem what keeps its issuer from saying */
async function whyEnded(
  { provider, new_id = "" }: RotationRecord,
  context: Context,
): Promise<Problem | undefined> {
  const { tokens } = context.use("tokens", provider);
  const status = await tokens.get(new_id).then(
    (token) => token.status,
    (error: unknown) => {
      if (error instanceof Problem && error.code === "not_found") return "gone";
      throw error;
    },
  );
  if (status === "active") return undefined;
  return new Problem(
    "conflict",
    `The new token ${new_id}, which an interrupted rotation had made, is ${status}.`,
    "Call rotate_token again: it makes another one.",
  );
}

/** An answer that was lost may have come after the deed. */
function isUnsure(error: unknown): boolean {
  return !(error instanceof Problem) || ["provider_down", "command_failed"].includes(error.code);
}

function unsettled(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem(
    error.code,
    `Every place works with the new token, but that could not be noted, so the old one lives, too: ${error.message}`,
    `${error.fix} Then call rotate_token again: it carries on.`,
    { cause: error },
  );
}
