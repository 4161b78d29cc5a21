/** The one place of a call where its secret is to go: chosen and tried before the secret exists. */
import { Problem } from "../problem.ts";
import type { Delivery, DeliveryReceipt, Destination, Login, Means } from "./delivery.ts";
import { deliveryIds } from "./destination.ts";

export interface Outlet {
  kind: string;
  destination: Destination;
  /** Whether the value appears in the result of the call. */
  reveals: boolean;
  /** Whether a person has to carry the value on. */
  by_hand: boolean;
  /** Whether the value can be read again where it went. */
  readable: boolean;
  deliver(login: Login): Promise<DeliveryReceipt>;
}

/**
 * @param policy whether the operator lets secrets into results @param rule where that stands, for people
 * @throws Problem `unsupported`, `forbidden` by the operator, `invalid_input`, and what makes the delivery impossible
 */
export async function openOutlet(
  deliveries: readonly Delivery[],
  to: string,
  destination: Destination,
  policy: "allow" | "deny",
  means: Means,
  rule = "FLY_TOKENS_INLINE_SECRETS=deny",
): Promise<Outlet> {
  const possible = deliveries.filter(({ pulls_images }) => !pulls_images || means.issuer);
  const delivery = possible.find(({ id }) => id === to);
  if (!delivery)
    throw new Problem("unsupported", `There is no delivery "${to}".`, "Use one of the schema's.", {
      allowed: possible.map(({ id }) => id),
    });
  if (delivery.reveals && policy === "deny") {
    const others = deliveryIds.filter((id) => possible.some((one) => one.id === id && !one.reveals));
    throw new Problem(
      "forbidden",
      `The operator forbids secrets in results (${rule}).`,
      `Call again with deliver_to ${others.join(" or ")}.`,
      {
        argument: "deliver_to",
        allowed: others,
        ...(others[0] !== undefined && { did_you_mean: others[0] }),
      },
    );
  }
  await delivery.check(destination, means);
  return {
    kind: to,
    destination,
    reveals: delivery.reveals,
    by_hand: delivery.reveals || delivery.by_hand === true,
    readable: delivery.read !== undefined,
    deliver: (login) => delivery.deliver(login, destination, means),
  };
}
