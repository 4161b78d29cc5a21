import { defineDelivery } from "./delivery.ts";

/** The value stands in the result of the call, once. */
export const inline = defineDelivery({
  id: "inline",
  title: "in the result of this call",
  reveals: true,
  check: async () => {},
  deliver: async () => ({ kind: "inline" }),
});
