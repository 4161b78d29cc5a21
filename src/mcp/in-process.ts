/** Calls one tool of a server in this process, over the protocol, as any client would. */
import {
  type CallToolResult,
  InMemoryTransport,
  type JSONRPCMessage,
  type McpServer,
} from "@modelcontextprotocol/server";
import type { Outgoing } from "./redact.ts";

/** Asks the person at the terminal; what they typed, or `undefined` for no. */
export type AskPerson = (message: string, question: string) => Promise<string | undefined>;

/**
 * @param ask when somebody is there to be asked
 * @returns the result as it would leave the process: redacted, with the value that was asked for
 */
export async function callTool(
  server: McpServer,
  outgoing: Outgoing,
  name: string,
  args: unknown,
  ask?: AskPerson,
): Promise<CallToolResult> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const answers = new Map<number, (message: JSONRPCMessage) => void>();
  ours.onmessage = (message) => {
    if ("method" in message && "id" in message) return void answerServer(message);
    if ("id" in message) answers.get(Number(message.id))?.(message);
  };
  const answerServer = async (request: { id: string | number; params?: unknown }) => {
    const { message, requestedSchema } = (request.params ?? {}) as {
      message?: string;
      requestedSchema?: { properties?: Record<string, { title?: string }> };
    };
    const [field = "", property] = Object.entries(requestedSchema?.properties ?? {})[0] ?? [];
    const typed = await ask?.(message ?? "", property?.title ?? field);
    await ours.send({
      jsonrpc: "2.0",
      id: request.id,
      result: typed === undefined ? { action: "decline" } : { action: "accept", content: { [field]: typed } },
    });
  };
  let id = 0;
  const request = (method: string, params: Record<string, unknown>) =>
    new Promise<JSONRPCMessage>((resolve) => {
      answers.set(++id, resolve);
      void ours.send({ jsonrpc: "2.0", id, method, params });
    });
  await Promise.all([server.connect(theirs), ours.start()]);
  await request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: ask ? { elicitation: {} } : {},
    clientInfo: { name: "fly-tokens call", version: "1" },
  });
  await ours.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  const message = JSON.parse(
    outgoing.clean(
      JSON.stringify(await request("tools/call", { name, arguments: args as Record<string, unknown> })),
    ),
  ) as { result?: CallToolResult; error?: { message: string } };
  await server.close();
  return (
    message.result ?? {
      isError: true,
      content: [{ type: "text", text: message.error?.message ?? "no answer" }],
    }
  );
}
