/** A balancer of ten lines: each request goes to the next server; to another one only if it has not been sent. */
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Balancer extends AsyncDisposable {
  url: string;
  /** Which server answered, request by request: the position of the server, and the method of MCP where it is a header. */
  answered: { by: number; method: string }[];
}

/** @param host under which the servers are called */
export async function balance(servers: readonly string[], host: string): Promise<Balancer> {
  let turn = 0;
  const answered: Balancer["answered"] = [];
  // Longer than a client is silent here: what it sends into a connection that is about to close is lost.
  const server = createServer({ keepAliveTimeout: 120_000 }, async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray());
    const first = turn++;
    const send = (attempt: number) => {
      const by = (first + attempt) % servers.length;
      const there = request(servers[by] ?? "", {
        method: incoming.method,
        agent: false,
        headers: { ...incoming.headers, host },
      });
      there.on("response", (answer) => {
        answered.push({ by, method: String(incoming.headers["mcp-method"] ?? "") });
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("error", () => outgoing.destroy()).pipe(outgoing);
      });
      there.on("error", (error) => {
        if ("code" in error && error.code === "ECONNREFUSED" && attempt + 1 < servers.length)
          send(attempt + 1);
        else if (!outgoing.headersSent) outgoing.writeHead(502).end(`${error}\n`);
      });
      there.end(body);
    };
    send(0);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    answered,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
