import { openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";

/** The value in the answer of the call that the client was sent last. */
function shown(frame = "{}"): string | undefined {
  const { result } = JSON.parse(frame) as {
    result?: { structuredContent?: { credential?: { token: string } } };
  };
  return result?.structuredContent?.credential?.token;
}

export const cases: DeliveryCase[] = [
  {
    name: "inline",
    id: "inline",
    byHand: true,
    async open({ minted } = {}) {
      const machine = await openMachine(minted ? { minted } : {});
      return {
        machine,
        args: {},
        value: async () => shown(machine.frames.at(-1)),
        traces: async () => "",
        [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
      };
    },
    impossible: {},
    faults: {},
  },
];
