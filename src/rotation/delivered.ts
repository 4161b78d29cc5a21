/** Places to which a token's value was delivered, and from which others have it. */
import type { Context } from "../context.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { DeliveredTo } from "../ledger.ts";
import { Problem } from "../problem.ts";
import type { Secret } from "../secret.ts";
import { type Consumer, isSame, type Subject } from "./consumer.ts";
import { looked } from "./looked.ts";

export interface Delivered {
  readable: Consumer[];
  /** Those that nobody can read. */
  others: Consumer[];
  /** Where it was, and is no more. */
  notes: string[];
}

/**
 * @param isOurs whether a value that stands there is the old one's or its successor's
 * @throws Problem when one cannot be looked at
 */
export async function deliveriesOf(
  token: Subject,
  ids: readonly string[],
  isOurs: (secret: Secret) => Promise<boolean>,
  context: Context,
): Promise<Delivered> {
  const found: Delivered = { readable: [], others: [], notes: [] };
  const places = new Map<string, DeliveredTo>();
  for (const id of ids)
    for (const place of (await context.ledger.of(token.provider, id))?.delivered ?? [])
      places.set(place.location, place);
  for (const place of places.values()) {
    const delivery = context.deliveries.find(({ id }) => id === place.kind);
    if (!delivery) continue;
    const one = consumer(delivery, place, token, context);
    const now = await looked(one.where, one.read);
    if (now === "unreadable") found.others.push(one);
    else if (now && (await isOurs(now))) found.readable.push(one);
    else found.notes.push(`${one.where} does not hold it any more, and is left alone.`);
  }
  return found;
}

function consumer(
  delivery: Delivery,
  { destination, location: where }: DeliveredTo,
  { provider: issuer, environment }: Subject,
  context: Context,
): Consumer {
  const means = context.means(context.use("tokens", issuer).provider);
  const read = async () => (delivery.read ? delivery.read(destination, means) : "unreadable");
  return {
    where,
    read,
    async check() {
      context.policy.permitDelivery(delivery.id, environment);
      await delivery.check(destination, means, true);
    },
    async put(login, toBeTried) {
      const { location = where } = await delivery.deliver(login, destination, means, true);
      const { provider, id } = login.token;
      await context.ledger.deliveredTo(provider, id, { kind: delivery.id, destination, location });
      return isThere(await read(), login.secret, toBeTried ? issuer : undefined, context);
    },
  };
}

/**
 * @param issuer who is to take it; `undefined`: it need only be there
 * @returns `false` where nobody can read it @throws Problem `verification_failed`
 */
async function isThere(
  now: Secret | undefined | "unreadable",
  secret: Secret,
  issuer: string | undefined,
  context: Context,
): Promise<boolean> {
  if (now === "unreadable") return false;
  const ask =
    issuer === undefined ? undefined : context.use("tokens", issuer).provider.registries?.introspect;
  if (now && isSame(now, secret) && (!ask || (await ask(now))?.status === "active")) return true;
  throw new Problem(
    "verification_failed",
    "What was written could not be used when it was read back.",
    "See whether another program writes there, then try again.",
  );
}
