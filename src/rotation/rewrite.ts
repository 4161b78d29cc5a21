/** From a wish for a successor to the moment at which every place works with it. */
import type { Context } from "../context.ts";
import { mint } from "../minting.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import { Secret } from "../secret.ts";
import { type Consumer, type Held, isSame } from "./consumer.ts";
import { oldValue, placesOf } from "./places.ts";
import { type RotationRecord, withoutValues } from "./record.ts";

/** How often a successor's value may be lost on its way. */
const mostAttempts = 5;

export interface Carried {
  record: RotationRecord;
  warnings: string[];
  next?: string | undefined;
  credential?: { username: string; token: Secret } | undefined;
}

/**
 * Carries a rotation on from wherever it stands until it is `settled`.
 * @throws Problem; everything is as before then, or the sentence says what is not
 */
export async function carryOn(begun: RotationRecord, context: Context): Promise<Carried> {
  const { tokens } = context.use("tokens", begun.provider);
  const old = await tokens.get(begun.old.id);
  const record = begun.phase === "begun" ? await withSuccessor(begun, old, context) : begun;
  const held = await successorOf(record, context);
  const { consumers, notes } = await placesOf(old, held.record.id, context);
  const touched: Consumer[] = [];
  try {
    const rewritten: RotationRecord["rewritten"] = [];
    for (const consumer of consumers) {
      touched.push(consumer);
      rewritten.push({ where: consumer.where, verified: await consumer.put(held) });
    }
    const { delivering, ...shown } = await deliver(record, held, context);
    const settled = await context.rotations.write({
      ...withoutValues(delivering),
      phase: "settled",
      rewritten: [...rewritten, ...shown.rewritten],
      keep_until: new Date(context.now().getTime() + record.keep_for).toISOString(),
    });
    return {
      record: settled,
      warnings: [...notes, ...shown.warnings],
      next: shown.next,
      credential: shown.credential,
    };
  } catch (error) {
    throw await takeBack(error, record, held, old, touched, context);
  }
}

/**
 * Has the successor made. Of one whose value was lost, with the process that asked for it, nobody will ever hear: it is
 * revoked, and another one is asked for.
 */
async function withSuccessor(begun: RotationRecord, old: Token, context: Context): Promise<RotationRecord> {
  const { tokens } = context.use("tokens", begun.provider);
  const { expires_at, ...request } = begun.request;
  let record = begun;
  while (record.attempt <= mostAttempts) {
    const asked = {
      ...request,
      expires_at: expires_at === null ? null : new Date(expires_at),
      idempotency_key: `rotate-${record.id}-${record.attempt}`,
    };
    const { token, secret } = await mint(tokens, asked, context).catch(async (error) => {
      // Nothing has changed: the next rotation of this token begins anew.
      if (error instanceof Problem && error.code !== "provider_down")
        await context.rotations.write({ ...record, phase: "aborted" });
      throw error;
    });
    if (!secret) {
      await tokens.revoke(token.id);
      record = await context.rotations.write({ ...record, attempt: record.attempt + 1 });
      continue;
    }
    const { consumers } = await placesOf(old, undefined, context);
    const former = await oldValue(old, consumers, context);
    return context.rotations.write({
      ...record,
      phase: "minted",
      new_id: token.id,
      username: token.username,
      value: secret.reveal(),
      former: former?.reveal(),
    });
  }
  throw new Problem("provider_down", "The successor's value was lost again and again.", "Try again later.");
}

async function successorOf(
  { provider, new_id = "", username = "", value = "" }: RotationRecord,
  context: Context,
): Promise<Held> {
  const record = await context.use("tokens", provider).tokens.get(new_id);
  const { id, name } = record;
  return { record, username, secret: new Secret(value), token: { id, provider, name } };
}

/** To where the caller wanted it beside the places that have it. */
async function deliver(record: RotationRecord, held: Held, context: Context) {
  const { deliver: wish } = record;
  if (!wish) return { delivering: record, rewritten: [], warnings: [] };
  const { provider } = context.use("tokens", record.provider);
  const delivery = context.deliveries.find(({ id }) => id === wish.to);
  if (!delivery) throw new Problem("unsupported", `There is no delivery "${wish.to}".`, "Rotate it again.");
  const means = context.means(provider);
  const delivering = wish.begun
    ? record
    : await context.rotations.write({ ...record, deliver: { ...wish, begun: true } });
  const there = wish.begun ? await delivery.read?.(wish.destination, means) : undefined;
  const receipt =
    there && isSame(there, held.secret)
      ? { location: undefined, warnings: [], next: undefined }
      : await delivery.deliver(held, wish.destination, means, wish.begun);
  const { location, warnings = [], next } = receipt;
  if (!delivery.reveals && !delivery.by_hand && location !== undefined)
    await context.ledger.deliveredTo(record.provider, held.record.id, {
      kind: delivery.id,
      destination: wish.destination,
      location,
    });
  return {
    delivering,
    rewritten: location === undefined ? [] : [{ where: location, verified: false }],
    warnings,
    next,
    credential: delivery.reveals ? { username: held.username, token: held.secret } : undefined,
  };
}

/** Puts every place back and revokes the successor; returns what to throw. */
async function takeBack(
  error: unknown,
  record: RotationRecord,
  held: Held,
  old: Token,
  touched: readonly Consumer[],
  context: Context,
): Promise<unknown> {
  const { tokens } = context.use("tokens", record.provider);
  const former =
    record.former === undefined
      ? undefined
      : {
          record: old,
          username: old.username,
          secret: new Secret(record.former),
          token: { ...held.token, id: old.id, provider: old.provider, name: old.name },
        };
  const left: string[] = [];
  for (const consumer of [...touched].reverse())
    if (!(await isAsBefore(consumer, former?.secret, consumer === touched.at(-1), error)))
      await consumer.putBack(former, held.record.id).catch(() => left.push(consumer.where));
  const revoked =
    left.length === 0 &&
    (await tokens.revoke(held.record.id).then(
      () => true,
      () => false,
    ));
  if (revoked) {
    context.issued.forget(held.record.id);
    await context.rotations.write({ ...withoutValues(record), phase: "aborted" }).catch(() => {});
  }
  if (!(error instanceof Problem)) return error;
  const said = revoked
    ? "Everything was put back, the new token was revoked, and the old one lives."
    : left.length > 0
      ? `${left.join(" and ")} could NOT be put back, so both tokens live: the old one and ${held.record.id}.`
      : `Everything was put back; the new token ${held.record.id} could NOT be revoked.`;
  const fix = left.length > 0 ? "Remove the cause and call rotate_token again: it carries on." : error.fix;
  return new Problem(error.code, `${error.message} ${said}`, fix, { cause: error });
}

/** @param isLast whether it is the one that failed: it may have done nothing */
async function isAsBefore(
  consumer: Consumer,
  former: Secret | undefined,
  isLast: boolean,
  error: unknown,
): Promise<boolean> {
  const now = await consumer.read().catch(() => undefined);
  if (now !== "unreadable") return now !== undefined && former !== undefined && isSame(now, former);
  // An answer that was lost may have come after the deed.
  const isUnsure = error instanceof Problem && ["provider_down", "command_failed"].includes(error.code);
  return isLast && former === undefined && !isUnsure;
}
