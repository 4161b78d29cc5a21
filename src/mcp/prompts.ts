/** The room `prompts/` as MCP shows it. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import type { Prompt } from "../prompt.ts";

/**
 * The prompts that lead somewhere: those whose tools are all offered.
 * @param remote whether callers are on other machines
 */
export function promptsFor(
  prompts: readonly Prompt[],
  tools: readonly { name: string }[],
  remote = false,
): readonly Prompt[] {
  const names = tools.map(({ name }) => name);
  return prompts.filter(
    ({ needs, here }) => !(remote && here) && needs.every((name) => names.includes(name)),
  );
}

/** They stay the same for as long as the server runs. */
export function addPrompts(server: McpServer, prompts: readonly Prompt[]): void {
  if (prompts.length === 0) return;
  server.server.registerCapabilities({ prompts: { listChanged: false } });
  for (const prompt of prompts) addPrompt(server, prompt);
}

function addPrompt(server: McpServer, prompt: Prompt): void {
  const { name, title, description, args: argsSchema } = prompt;
  server.registerPrompt(name, { title, description, argsSchema }, (given) => ({
    messages: [{ role: "user", content: { type: "text", text: prompt.render(filledIn(prompt, given)) } }],
  }));
}

/** @throws ProtocolError for what is missing. A form that is left empty sends empty texts: they were not given */
function filledIn({ name, args }: Prompt, given: Record<string, unknown>) {
  const filled = Object.entries(given).filter(
    ([, value]) => typeof value !== "string" || value.trim() !== "",
  );
  const parsed = args.safeParse(Object.fromEntries(filled));
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map(({ path }) => path.join("."));
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `The prompt ${name} needs the argument ${missing.join(" and ")}.`,
  );
}
