/** An upstream and a client of bare sockets: what really passes between them, and what no HTTP library would say. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface RawUpstream extends AsyncDisposable {
  host: string;
  /** What each connection has brought so far. */
  seen: string[];
  /** What it does once a request's head is there: from now on. */
  answers(handler: (socket: Socket) => unknown): void;
}

export async function startRawUpstream(): Promise<RawUpstream> {
  let handle: (socket: Socket) => unknown = (socket) => socket.end(rawAnswer("{}"));
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const at = seen.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const before = seen[at] ?? "";
      seen[at] = before + data.toString("latin1");
      if (!before.includes("\r\n\r\n") && seen[at].includes("\r\n\r\n")) handle(socket);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answers: (handler) => {
      handle = handler;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function rawAnswer(body: string, headers: readonly string[] = [], status = "200 OK"): string {
  return [`HTTP/1.1 ${status}`, ...headers, `content-length: ${body.length}`, "", body].join("\r\n");
}

/** Sends these bytes on a connection of their own. @returns all that comes back until it is closed */
export async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(text, "latin1"));
  let said = "";
  for await (const data of socket) said += (data as Buffer).toString("latin1");
  return said;
}
