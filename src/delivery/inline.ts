import { defineDelivery } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";

/** The value stands in the result of the call, once. */
export const inline = defineDelivery({
  id: "inline",
  title: "in the result of this call",
  reveals: true,
  check: async (destination) => refuseStrangers("inline", destination, []),
  deliver: async () => ({ kind: "inline" }),
});
