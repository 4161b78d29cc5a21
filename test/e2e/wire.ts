/** JSON-RPC with a server line by line, without a client that would hide what a line holds. */
import { once } from "node:events";
import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Program } from "./machine.ts";

export interface Wire {
  /** Sends a line as it is. */
  line(text: string): void;
  notify(method: string): void;
  /** @returns the whole answer, a result or an error */
  request(method: string, params?: Record<string, unknown>): Promise<Answer>;
  initialize(): Promise<Answer>;
}

export interface Answer {
  id?: number;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

export function wireTo(program: Program): Wire {
  let last = 0;
  const line = (text: string) => void program.child.stdin?.write(`${text}\n`);
  const answerTo = async (id: number): Promise<Answer> => {
    for (;;) {
      const found = frames(program).find((frame) => frame.id === id);
      if (found) return found;
      const more = program.child.stdout && once(program.child.stdout, "data");
      await Promise.race([more, program.ended.then((code) => Promise.reject(new Error(`ended (${code})`)))]);
    }
  };
  const wire: Wire = {
    line,
    notify: (method) => line(JSON.stringify({ jsonrpc: "2.0", method })),
    request(method, params = {}) {
      const id = ++last;
      line(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      return answerTo(id);
    },
    async initialize() {
      const clientInfo = { name: "wire", version: "1" };
      const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
      const answer = await wire.request("initialize", params);
      wire.notify("notifications/initialized");
      return answer;
    },
  };
  return wire;
}

/** Every whole line of stdout. @throws when one of them is not a message of JSON-RPC 2.0 */
export function frames(program: Program): Answer[] {
  const lines = program.stdout().split("\n").slice(0, -1);
  return lines.map((line) => JSONRPCMessageSchema.parse(JSON.parse(line)) as Answer);
}
