import { flyctl, flyctlFolder, imported } from "../../fakes/flyctl.ts";
import { openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";

const at = (name: string) => `${flyctlFolder}/${name}`;

export const cases: DeliveryCase[] = [
  {
    name: "fly_secrets",
    id: "fly_secrets",
    writeOnly: true,
    async open({ minted }) {
      const machine = await openMachine({ programs: { flyctl }, ...(minted && { minted }) });
      return {
        machine,
        args: { deliver_in: "web" },
        value: async () => imported((await machine.read(at("stdin"))) ?? "").FLY_TOKEN,
        traces: async () => [await machine.read(at("argv")), await machine.read(at("env"))].join("\n"),
        [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
      };
    },
    impossible: {
      "the app has a secret of that name": ({ machine }) => machine.write(at("names/FLY_TOKEN"), ""),
      "nobody is logged in": ({ machine }) =>
        machine.write(
          at("refuse-list"),
          "Error: no access token available. Please login with 'flyctl auth login'\n",
        ),
      "there is no such app": ({ machine }) =>
        machine.write(at("refuse-list"), 'Error: Could not find App "web"\n'),
      "what it prints is no list": ({ machine }) => machine.write(at("list"), "NAME DIGEST\n"),
    },
    faults: {
      "the app has got a secret of that name": ({ machine }) => machine.write(at("names/FLY_TOKEN"), ""),
      "it may not be written": ({ machine }) =>
        machine.write(at("refuse-import"), "Error: Not authorized to write secrets\n"),
      "flyctl fails without a word": ({ machine }) => machine.write(at("refuse-import"), ""),
    },
  },
];
