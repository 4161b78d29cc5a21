import { createInterface } from "node:readline/promises";
import * as z from "zod";
import { exitCodeOf } from "../log.ts";
import { type AskPerson, callTool } from "../mcp/in-process.ts";
import { createMcpServer, offered } from "../mcp/server.ts";
import { Problem } from "../problem.ts";
import type { Tool } from "../tool.ts";
import type { Command } from "./command.ts";
import { serving } from "./server-parts.ts";
import { untilSignal } from "./signal.ts";

/** The same tools for scripts, through the same server: structured output on stdout, problems on stderr, exit codes. */
export const command: Command = {
  about: "Call one tool",
  takes: 1,
  flags: { json: { type: "string" } },
  words: async () => (await import("../../tools/index.generated.ts")).tools.map(({ name }) => name),
  async run(invocation) {
    const { flags, positionals } = invocation;
    const { parts, done, close } = serving(invocation);
    const [name] = positionals;
    const list = offered(parts);
    if (name === undefined)
      return print(list.map((tool) => `${tool.name.padEnd(28)} ${tool.title}`).join("\n"));
    const tool = list.find((one) => one.name === name || one.name === name.replaceAll("-", "_"));
    if (!tool)
      throw new Problem(
        "not_found",
        `There is no tool "${name.slice(0, 40)}".`,
        "`fly-tokens call` lists them.",
        { allowed: list.map((one) => one.name) },
      );
    if (flags.help) return print(helpOf(await tool.load()));
    // The call is heard out first, so that nothing of it is left behind; a second signal ends it at once.
    void untilSignal().then(close).catch(parts.report);
    try {
      const server = createMcpServer(parts);
      const ask = process.stdin.isTTY ? askAtTerminal : undefined;
      const code = answered(
        await callTool(server, parts.outgoing, tool.name, parseArguments(flags.json), ask),
      );
      await done();
      return code;
    } finally {
      await close();
    }
  },
};

/** Prints a result. @returns the exit code */
function answered({ isError, content, structuredContent }: Awaited<ReturnType<typeof callTool>>): number {
  const structure = structuredContent as { confirmation_required?: unknown } | undefined;
  if (isError) {
    const details = content.findLast((block) => block.type === "text");
    const text = details?.type === "text" ? details.text : "";
    process.stderr.write(`${text}\n`);
    return exitCodeOf(codeIn(text));
  }
  print(JSON.stringify(structure, null, 2));
  return structure?.confirmation_required === undefined ? 0 : exitCodeOf("needs_confirmation");
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function parseArguments(json: unknown): unknown {
  try {
    return JSON.parse(typeof json === "string" ? json : "{}");
  } catch (cause) {
    throw new Problem(
      "invalid_input",
      "What follows --json is not JSON.",
      `For example: --json '{"name": "ci"}'.`,
      { cause },
    );
  }
}

function codeIn(text: string): string {
  try {
    return (JSON.parse(text) as { error: { code: string } }).error.code;
  } catch {
    return "internal";
  }
}

function helpOf(tool: Tool): string {
  const schema = z.toJSONSchema(tool.input, { io: "input" }) as {
    properties?: Record<string, { type?: string; enum?: string[]; default?: unknown; description?: string }>;
    required?: string[];
  };
  const lines = Object.entries(schema.properties ?? {}).map(
    ([name, { type, enum: values, default: preset, description }]) => {
      const form = values?.join("|") ?? type ?? "object";
      const notes = [
        schema.required?.includes(name) ? "required" : "",
        preset === undefined ? "" : `default ${JSON.stringify(preset)}`,
        description ?? "",
      ].filter(Boolean);
      return `  ${name.padEnd(18)} ${form}${notes.length > 0 ? `; ${notes.join("; ")}` : ""}`;
    },
  );
  return `${tool.name}: ${tool.title} (${tool.effect})\n${tool.description}\n\nfly-tokens call ${tool.name} --json '{…}'\n${lines.join("\n")}`;
}

const askAtTerminal: AskPerson = async (message, question) => {
  process.stderr.write(`${message}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return terminal.question(`${question}: `).finally(() => terminal.close());
};
