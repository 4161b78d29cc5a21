/**
 * A balancer that asks its servers whether they are ready, as those do that people run. A request is sent once: what
 * comes of it is the client's answer.
 */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReadyBalancer extends AsyncDisposable {
  url: string;
  /** May come and go: which of them are asked. */
  servers: Set<string>;
  /** Those that said that they are ready when they were last asked. */
  ready: ReadonlySet<string>;
}

/** Milliseconds between two questions. */
const interval = 50;

/** @param path that a server answers with 200 when it may be sent requests */
export async function balanceReady(path: string): Promise<ReadyBalancer> {
  const servers = new Set<string>();
  const ready = new Set<string>();
  const agent = new Agent({ keepAlive: true });
  let turn = 0;

  async function look(server: string): Promise<void> {
    const isReady = await fetch(server + path).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.ok;
      },
      () => false,
    );
    if (isReady && servers.has(server)) ready.add(server);
    else ready.delete(server);
  }
  const looking = setInterval(() => void Promise.all([...servers].map(look)), interval);

  const server = createServer((incoming, outgoing) => {
    const all = [...ready];
    const target = all[turn++ % all.length];
    if (target === undefined) return void outgoing.writeHead(502).end("no server is ready\n");
    const { method, headers } = incoming;
    const there = request(target + incoming.url, { method, headers, agent });
    there.on("response", (answer) => {
      const { connection: _, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, rest);
      answer.on("error", () => outgoing.destroy()).pipe(outgoing);
    });
    there.on("error", (error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end(`${error}\n`);
    });
    incoming.pipe(there);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    servers,
    ready,
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
