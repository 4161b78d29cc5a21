import { createInterface } from "node:readline/promises";
import type { Context } from "../context.ts";
import { Problem, quote } from "../problem.ts";
import type { Command } from "./command.ts";

export const command: Command = {
  about: "Agree to a plan at the terminal",
  takes: 1,
  async run({ config, seams, positionals: [handle] }) {
    if (!handle)
      throw new Problem(
        "invalid_input",
        "Which plan?",
        "`fly-tokens approve HANDLE`, with the handle that the agent was given.",
      );
    // An agent that runs commands has pipes, not a terminal.
    if (!process.stdin.isTTY || !process.stdout.isTTY)
      throw new Problem(
        "forbidden",
        "A plan is approved by a person at a terminal.",
        "Run this command yourself, in a terminal.",
      );
    const { createContext } = await import("../context.ts");
    const context = createContext(config, seams, undefined, { replica: true });
    try {
      return await approve(handle, context);
    } finally {
      await context.close();
    }
  },
};

async function approve(handle: string, { confirmations }: Pick<Context, "confirmations">): Promise<number> {
  const { tool, plan, caller } = await confirmations.look(handle);
  const who = caller === undefined ? "" : `, asked for by ${quote(caller, 256)}`;
  process.stdout.write(`${tool}${who}\n${plan.lines.map((line) => `  ${line}`).join("\n")}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal
    .question(`Type "${plan.phrase}" to approve: `)
    .finally(() => terminal.close());
  if (answer.trim() !== plan.phrase)
    throw new Problem("declined", "Not approved; nothing was changed.", "Run it again to approve.");
  await confirmations.approve(handle);
  process.stdout.write("Approved. The agent may now call again with the same confirmation.\n");
  return 0;
}
