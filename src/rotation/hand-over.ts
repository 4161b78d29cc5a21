/** The successor's value goes to where the caller wanted it, beside the places that have it. */
import type { Context } from "../context.ts";
import type { Delivery, Means } from "../delivery/delivery.ts";
import { revokeOrSay } from "../minting.ts";
import { Problem } from "../problem.ts";
import type { Secret } from "../secret.ts";
import { isByHand } from "./begin.ts";
import { type Held, isSame } from "./consumer.ts";
import type { RotationRecord } from "./record.ts";

export interface HandedOver {
  /** As it is on disk now. */
  record: RotationRecord;
  /** Where it is now, if that is a place which can be rewritten. */
  rewritten: RotationRecord["rewritten"];
  warnings: readonly string[];
  /** What is left to do, by the delivery. */
  next?: string | undefined;
  credential?: { username: string; token: Secret } | undefined;
}

/**
 * @param record in the phase `minted` @param isUsed whether places have the value already, so that it is of use without
 *   whoever is to take it
 * @throws Problem
 */
export async function handOver(
  record: RotationRecord,
  held: Held,
  isUsed: boolean,
  context: Context,
): Promise<HandedOver> {
  const { deliver: wish } = record;
  if (!wish) return { record, rewritten: [], warnings: [] };
  const delivery = context.deliveries.find(({ id }) => id === wish.to);
  if (!delivery) throw new Problem("unsupported", `There is no delivery "${wish.to}".`, "Rotate it again.");
  context.policy.permitDelivery(wish.to, record.request.environment);
  const means = meansFor(record, context);
  const isOurs = wish.begun && (await mayBeOurs(delivery, wish, held, means));
  const begun = await context.rotations.write({ ...record, deliver: { ...wish, begun: true } });
  const { token, ...nameless } = held;
  const receipt = await delivery.deliver(isUsed ? nameless : held, wish.destination, means, isOurs);
  const { location, warnings = [], next } = receipt;
  if (isByHand(delivery))
    return {
      record: begun,
      rewritten: [],
      warnings,
      next,
      ...(delivery.reveals && { credential: { username: held.username, token: held.secret } }),
    };
  const { destination } = wish;
  if (location !== undefined)
    await context.ledger.deliveredTo(token.provider, token.id, { kind: delivery.id, destination, location });
  const rewritten = location === undefined ? [] : [{ where: location, verified: false }];
  return { record: begun, rewritten, warnings, next };
}

/** What a killed process has left there may be replaced, and nothing that somebody else has put there since. */
async function mayBeOurs(
  delivery: Delivery,
  { destination }: NonNullable<RotationRecord["deliver"]>,
  { secret }: Held,
  means: Means,
): Promise<boolean> {
  const there = await delivery.read?.(destination, means);
  return there === undefined || isSame(there, secret);
}

/** A page that nobody opens ends the successor, and with it the rotation. */
function meansFor(record: RotationRecord, context: Context): Means {
  const means = context.means(context.use("tokens", record.provider).provider);
  return { ...means, abandon: ({ id }) => abandon(record.provider, record.old.id, id, context) };
}

/**
 * A person was to take the successor's value, and did not: where no place has it, the successor is revoked, and the old
 * one can be rotated again for as long as it lives.
 * @throws Problem that names the token which is left
 */
export async function abandon(
  provider: string,
  old: string,
  successor: string,
  context: Context,
): Promise<void> {
  await context.rotations.locked(provider, old, async () => {
    const record = await context.rotations.of(provider, old);
    if (record?.new_id !== successor || record.rewritten.length > 0) return;
    context.issued.forget(successor);
    await revokeOrSay(context.use("tokens", provider).tokens, successor, undefined);
    if (record.phase === "settled") await context.rotations.write({ ...record, phase: "aborted" });
  });
}
