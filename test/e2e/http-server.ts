/** `fly-tokens http` as it is published, at a free port, and requests whose every header is as given. */
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { bundle, type Machine, type Program } from "./machine.ts";

export const bearer = "a-bearer-of-this-test";
export const authorization = `Bearer ${bearer}`;
export const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Starts it. @param env beyond a bearer for the operator */
export async function serve(
  machine: Machine,
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<{ program: Program; url: string }> {
  const program = machine.start(process.execPath, [bundle, "http", "--port", "0", ...flags], {
    FLY_TOKENS_HTTP_TOKEN: bearer,
    ...env,
  });
  const [, url = ""] = await program.said(/MCP at (http:\S+)/);
  return { program, url };
}

/** A request of its own connection, unless an agent is given: fetch would not send a foreign Host. */
export function send(
  url: string | URL,
  headers: Record<string, string> = {},
  { method = "POST", body = list, agent }: { method?: string; body?: string; agent?: Agent } = {},
): Promise<Answer> {
  const own = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...own, ...headers }, agent: agent ?? new Agent() },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    sent.on("error", reject).end(method === "POST" ? body : undefined);
  });
}

export const get = (url: string, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send(new URL(path, url), headers, { method: "GET" });
