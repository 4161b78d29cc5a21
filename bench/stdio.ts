/** JSON-RPC with an MCP server over stdio, with as little of a client as there can be: what is measured is the server. */
import { type Child, startNode } from "./child.ts";

export interface McpServer {
  child: Child;
  call(method: string, params: object): Promise<Answer>;
}

interface Answer {
  result?: { isError?: boolean; content?: { text: string }[]; structuredContent?: Record<string, unknown> };
}

/** Spawns it and shakes hands. */
export async function startServer(script: string, env: Record<string, string>): Promise<McpServer> {
  const child = startNode([script], env);
  let id = 0;
  const call = async (method: string, params: object): Promise<Answer> => {
    child.write(JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }));
    return JSON.parse(await child.nextLine()) as Answer;
  };
  const clientInfo = { name: "bench", version: "1" };
  await call("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  child.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
  return { child, call };
}
