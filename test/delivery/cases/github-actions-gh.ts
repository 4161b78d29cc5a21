import { gh, ghFolder } from "../../fakes/github/gh.ts";
import { openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";

const at = (name: string) => `${ghFolder}/${name}`;

export const cases: DeliveryCase[] = [
  {
    name: "github_actions, by gh",
    id: "github_actions",
    writeOnly: true,
    async open({ minted }) {
      const machine = await openMachine({ programs: { gh }, ...(minted && { minted }) });
      return {
        machine,
        args: { deliver_in: "acme/web/production", deliver_name: "registry_token" },
        value: () => machine.read(at("secrets/REGISTRY_TOKEN")),
        traces: async () => [await machine.read(at("argv")), await machine.read(at("env"))].join("\n"),
        [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
      };
    },
    impossible: {
      "a secret of that name is there": ({ machine }) =>
        machine.write(at("secrets/REGISTRY_TOKEN"), "theirs"),
      "nobody is logged in": ({ machine }) =>
        machine.write(at("refuse-list"), "To get started with GitHub CLI, please run:  gh auth login\n"),
      "the repository is not there": ({ machine }) =>
        machine.write(at("refuse-list"), "failed to get secrets: HTTP 404: Not Found\n"),
    },
    faults: {
      "somebody has made the secret": ({ machine }) => machine.write(at("secrets/REGISTRY_TOKEN"), "theirs"),
      "gh may not write": ({ machine }) =>
        machine.write(at("refuse-set"), "failed to set secret: HTTP 403: Resource not accessible\n"),
      "gh fails without a word": ({ machine }) => machine.write(at("refuse-set"), ""),
    },
  },
];
