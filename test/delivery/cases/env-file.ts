import { readFile } from "node:fs/promises";
import { parse } from "dotenv";
import { openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";
import { appearsTracked } from "./file.ts";

/** @param before what stands in the file */
function inFile(
  name: string,
  before: string | undefined,
  args: Record<string, unknown>,
  path = ".env",
): DeliveryCase {
  const key = (args.deliver_name as string | undefined) ?? "FLY_TOKEN";
  return {
    name,
    id: "env_file",
    async open({ minted }) {
      const machine = await openMachine(minted ? { minted } : {});
      if (before !== undefined) await machine.write(path, before);
      return {
        machine,
        args,
        value: async () =>
          parse((await readFile(machine.at(path), "utf8").catch(() => "")) || "")[key] || undefined,
        traces: async () => "",
        [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
      };
    },
    impossible: {
      "the key has a value of somebody else": ({ machine }) => machine.write(path, `A=1\n${key}=theirs\n`),
      "the file does not parse": ({ machine }) => machine.write(path, "A='l1\nB=2\n"),
      "the file is a link that leads nowhere": async ({ machine }) => {
        if (before !== undefined) await machine.write(path, `${key}=theirs\n`);
        else await machine.link(path, "nowhere");
      },
    },
    faults: {
      "the key has been given a value": ({ machine }) => machine.write(path, `${key}=theirs\n`),
      "the file has come to be of another form": ({ machine }) => machine.write(path, "A='l1\nB=2\n"),
      "git has come to track it": (subject) => appearsTracked(subject.machine, path),
    },
  };
}

export const cases: DeliveryCase[] = [
  inFile("env_file, a new one", undefined, {}),
  inFile("env_file, among others", "A='l1\nFLY_TOKEN=no'\nB=2 # two", {}),
  inFile(
    "env_file, an empty key",
    "export APP_TOKEN='' # to be filled\nB=2\n",
    {
      deliver_path: "app/.env.local",
      deliver_name: "APP_TOKEN",
    },
    "app/.env.local",
  ),
];
