/** The one place of a call where its secret is to go: chosen and tried before the secret exists. */
import type { Disk } from "../disk/disk.ts";
import { Problem } from "../problem.ts";
import type { Secret } from "../secret.ts";
import type { Delivery, DeliveryReceipt, Destination } from "./delivery.ts";

export interface Outlet {
  /** Whether the value appears in the result of the call. */
  reveals: boolean;
  deliver(secret: Secret): Promise<DeliveryReceipt>;
}

/**
 * @param policy whether the operator lets secrets into results
 * @throws Problem `unsupported`, `forbidden` by the operator, and what makes the delivery impossible
 */
export async function openOutlet(
  deliveries: readonly Delivery[],
  to: string,
  destination: Destination,
  policy: "allow" | "deny",
  disk: Disk,
): Promise<Outlet> {
  const delivery = deliveries.find(({ id }) => id === to);
  if (!delivery)
    throw new Problem("unsupported", `There is no delivery "${to}".`, "Use one of the schema's.", {
      allowed: deliveries.map(({ id }) => id),
    });
  if (delivery.reveals && policy === "deny") {
    const others = deliveries.filter(({ reveals }) => !reveals).map(({ id }) => id);
    throw new Problem(
      "forbidden",
      "The operator forbids secrets in results (FLY_TOKENS_INLINE_SECRETS=deny).",
      `Call again with deliver_to ${others.join(" or ")}.`,
      { allowed: others },
    );
  }
  await delivery.check(destination, disk);
  return { reveals: delivery.reveals, deliver: (secret) => delivery.deliver(secret, destination, disk) };
}
