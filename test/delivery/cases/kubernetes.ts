import { parse } from "yaml";
import { kubectl, kubectlFolder } from "../../fakes/kubectl.ts";
import { type MachineOptions, openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";

const at = (name: string) => `${kubectlFolder}/${name}`;

/** What a cluster would pull with. */
function passwordIn(manifest: string | undefined): string | undefined {
  if (manifest === undefined) return undefined;
  const { data } = parse(manifest) as { data: Record<string, string> };
  const config = Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString();
  const [login] = Object.values(
    (JSON.parse(config) as { auths: Record<string, { password: string }> }).auths,
  );
  return login?.password;
}

const open =
  (place: string, args: Record<string, unknown>): DeliveryCase["open"] =>
  async ({ minted }) => {
    const options: MachineOptions = { programs: { kubectl }, ...(minted && { minted }) };
    const machine = await openMachine(options);
    return {
      machine,
      args,
      value: async () => {
        const text = await machine.read(place);
        return text?.startsWith("{") ? passwordIn(text) : text;
      },
      traces: async () => [await machine.read(at("argv")), await machine.read(at("env"))].join("\n"),
      [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
    };
  };

export const cases: DeliveryCase[] = [
  {
    name: "kubernetes, in the cluster",
    id: "kubernetes",
    open: open(at("secrets/pull"), { kubernetes: { secret_name: "pull", namespace: "shop" } }),
    impossible: {
      "somebody else made the secret": ({ machine }) => machine.write(at("theirs"), ""),
      "it may not be written": ({ machine }) =>
        machine.write(at("refuse"), "Error from server (Forbidden): secrets is forbidden\n"),
    },
    faults: {
      "somebody else has made the secret": ({ machine }) => machine.write(at("theirs"), ""),
      "the cluster is gone": ({ machine }) =>
        machine.write(at("refuse"), "The connection to the server was refused\n"),
    },
  },
  {
    name: "kubernetes, in a manifest",
    id: "kubernetes",
    open: open("deploy/pull.yaml", { deliver_path: "deploy/pull.yaml" }),
    impossible: {
      "a file is there": ({ machine }) => machine.write("deploy/pull.yaml", "theirs\n"),
      "a part of the path is a file": ({ machine }) => machine.write("deploy", ""),
    },
    faults: {
      "a file has come into being": ({ machine }) => machine.write("deploy/pull.yaml", "theirs\n"),
      "a part of the path has become a file": ({ machine }) => machine.write("deploy", ""),
    },
  },
];
