import { openMachine } from "../../support/machine.ts";
import { ask, invitationIn, type, valueIn } from "../browser.ts";
import type { DeliveryCase } from "../laws.ts";

/** What the agent was told last. */
function invited(frames: readonly string[]) {
  const { result } = JSON.parse(frames.at(-1) ?? "{}") as {
    result?: { structuredContent?: { delivery?: { next?: string } } };
  };
  return invitationIn(result?.structuredContent?.delivery?.next ?? "");
}

export const cases: DeliveryCase[] = [
  {
    name: "reveal_page",
    id: "reveal_page",
    byHand: true,
    async open({ minted }) {
      const machine = await openMachine(minted ? { minted } : {});
      const seen: string[] = [];
      return {
        machine,
        args: {},
        async value() {
          const { url, code } = invited(machine.frames);
          if (!url) return undefined;
          seen.push((await ask(url)).text);
          return valueIn((await type(url, code)).text);
        },
        // Whatever else the page has said, the address among it.
        async traces() {
          const { url } = invited(machine.frames);
          const later = url ? [await ask(url), await type(url, "again")] : [];
          return [
            url,
            ...seen,
            ...later.flatMap(({ text, headers }) => [text, JSON.stringify(headers)]),
          ].join("\n");
        },
        [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
      };
    },
    impossible: {},
    faults: {},
  },
];
