/** Everywhere that a token is used, as far as this machine knows: what was set up with it, and where it was delivered. */
import type { Context } from "../context.ts";
import { isAmong } from "../fingerprints.ts";
import type { Secret } from "../secret.ts";
import type { Consumer, Found, Subject } from "./consumer.ts";
import { deliveriesOf } from "./delivered.ts";
import { setUpsOf } from "./set-ups.ts";

/**
 * @param successor the id of the one that is taking its place, when a rotation is carried on
 * @returns those that can be read first, since only they can be put back in any case
 * @throws Problem when one cannot be looked at: it may have the token, which is about to end
 */
export async function placesOf(
  token: Subject,
  successor: string | undefined,
  context: Context,
): Promise<Found> {
  const ids = successor === undefined ? [token.id] : [token.id, successor];
  const isOurs = await recognizer(token, ids, context);
  const setUps = await setUpsOf(token, ids, isOurs, context);
  const delivered = await deliveriesOf(token, ids, isOurs, context);
  return {
    consumers: [...setUps.consumers, ...delivered.readable, ...delivered.others],
    by_hand: setUps.by_hand,
    unseen: delivered.others.length > 0,
    notes: delivered.notes,
  };
}

/** What each place holds of the token itself, by `where`. @throws Problem */
export async function formersOf(
  token: Subject,
  consumers: readonly Consumer[],
  context: Context,
): Promise<Record<string, string>> {
  const isIts = await recognizer(token, [token.id], context);
  const formers: [string, string][] = [];
  for (const consumer of consumers) {
    const value = await consumer.read();
    if (value && value !== "unreadable" && (await isIts(value)))
      formers.push([consumer.where, value.reveal()]);
  }
  return Object.fromEntries(formers);
}

/** By the ledger; a token that was made before there was one, or elsewhere, its issuer is asked about. */
async function recognizer(
  { provider }: Subject,
  ids: readonly string[],
  context: Context,
): Promise<(secret: Secret) => Promise<boolean>> {
  const entries = await Promise.all(ids.map((id) => context.ledger.of(provider, id)));
  const known = entries.flatMap((entry) => entry?.fingerprints ?? []);
  const { registries } = context.use("tokens", provider).provider;
  return async (secret) => {
    if (isAmong(secret, known)) return true;
    if (entries.every((entry) => entry !== undefined)) return false;
    const token = await registries?.introspect?.(secret);
    return token !== undefined && ids.includes(token.id);
  };
}
