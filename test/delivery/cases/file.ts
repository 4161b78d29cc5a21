import { readFile, rm } from "node:fs/promises";
import { run } from "../../../src/run.ts";
import { type Machine, openMachine } from "../../support/machine.ts";
import type { DeliveryCase } from "../laws.ts";

/** A repository comes into being in the home, which has a file of that name and its content in its index. */
export async function appearsTracked(machine: Machine, name: string): Promise<void> {
  const git = async (...args: string[]) => {
    const { code, stderr } = await run("git", ["-C", machine.home, ...args]);
    if (code !== 0) throw new Error(stderr);
  };
  const before = await machine.read(name);
  await machine.write(name, before ?? "");
  await git("init", "--quiet");
  await git("add", "--force", name);
  if (before === undefined) await rm(machine.at(name));
}

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
      "git has come to track it": ({ machine }) => appearsTracked(machine, "keys/token"),
    },
  },
];
