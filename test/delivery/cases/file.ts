import { readFile } from "node:fs/promises";
import { openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";

export const cases: DeliveryCase[] = [
  {
    name: "file",
    id: "file",
    async open({ minted }) {
      const machine = await openMachine(minted ? { minted } : {});
      return {
        machine,
        args: { deliver_path: "keys/token" },
        value: () =>
          readFile(machine.at("keys/token"), "utf8").then(
            (text) => text.replace(/\n$/, ""),
            () => undefined,
          ),
        traces: async () => "",
        [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
      };
    },
    impossible: {
      "a file is there": ({ machine }) => machine.write("keys/token", "theirs\n"),
      "a part of the path is a file": ({ machine }) => machine.write("keys", ""),
      "a link is there that leads nowhere": async ({ machine }) => {
        await machine.write("keys/other", "");
        await machine.link("keys/token", "nowhere");
      },
    },
    faults: {
      "a file has come into being": ({ machine }) => machine.write("keys/token", "theirs\n"),
      "a part of the path has become a file": ({ machine }) => machine.write("keys", ""),
    },
  },
];
