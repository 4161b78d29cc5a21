/** Places to which a token's value was delivered, and from which others have it. */
import type { Context } from "../context.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { DeliveredTo } from "../ledger.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import type { Secret } from "../secret.ts";
import { type Consumer, type Held, isSame } from "./consumer.ts";
import type { Found } from "./set-ups.ts";

/** @param isOurs whether a value that stands there is the old one's or its successor's */
export async function deliveriesOf(
  token: Token,
  ids: readonly string[],
  isOurs: (secret: Secret) => Promise<boolean>,
  context: Context,
): Promise<Pick<Found, "consumers" | "notes">> {
  const consumers: Consumer[] = [];
  const notes: string[] = [];
  const places = new Map<string, DeliveredTo>();
  for (const id of ids)
    for (const place of (await context.ledger.of(token.provider, id))?.delivered ?? [])
      places.set(place.location, place);
  for (const place of places.values()) {
    const delivery = context.deliveries.find(({ id }) => id === place.kind);
    if (!delivery) continue;
    const one = consumer(delivery, place, token, context);
    try {
      const now = await one.read();
      if (now === "unreadable" || (now && (await isOurs(now)))) consumers.push(one);
      else notes.push(`${one.where} does not hold it any more, and is left alone.`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      notes.push(`${one.where} is left alone: ${error.message}`);
    }
  }
  return { consumers, notes };
}

function consumer(
  delivery: Delivery,
  { destination, location }: DeliveredTo,
  token: Token,
  context: Context,
): Consumer {
  const { provider } = context.use("tokens", token.provider);
  const means = context.means(provider);
  const read = async () => (delivery.read ? delivery.read(destination, means) : "unreadable");
  const put = async ({ record, secret, username }: Held) => {
    const { id, name } = record;
    const login = { username, secret, token: { id, provider: record.provider, name } };
    const { location: there = location } = await delivery.deliver(login, destination, means, true);
    await context.ledger.deliveredTo(record.provider, id, {
      kind: delivery.id,
      destination,
      location: there,
    });
    return isTried(await read(), { ...login, record }, context);
  };
  return {
    where: location,
    read,
    check: () => delivery.check(destination, means, true),
    put,
    async putBack(former) {
      if (former) return void (await put(former));
      throw new Problem(
        "unsupported",
        `The former value of ${location} is not held anywhere here.`,
        "Call rotate_token again: it carries on with the new one.",
      );
    },
  };
}

/** @throws Problem `verification_failed` when what stands there is not the token, or its issuer refuses it */
async function isTried(
  now: Secret | undefined | "unreadable",
  { record, secret }: Held,
  context: Context,
): Promise<boolean> {
  if (now === "unreadable") return false;
  const { registries } = context.use("tokens", record.provider).provider;
  if (!registries?.introspect) return false;
  const token = now && isSame(now, secret) ? await registries.introspect(now) : undefined;
  if (token?.status === "active") return true;
  throw new Problem(
    "verification_failed",
    "What was written could not be used when it was read back.",
    "See whether another program writes there, then try again.",
  );
}
