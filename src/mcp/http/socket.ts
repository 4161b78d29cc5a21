/** The HTTP server on a socket. There is no TLS here: beyond loopback a proxy in front ends it. */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { Problem } from "../../problem.ts";
import { stopServer } from "../../stop-server.ts";
import type { SocketLimits } from "./limits.ts";

export interface Served {
  /** Without a slash at its end. */
  url: string;
  server: Server;
  /** Accepts nothing more and lets what is running finish. @param impatient told when that takes too long; then it is cut */
  stop(impatient: () => void): Promise<void>;
}

/** @throws Problem `conflict` when it cannot listen there */
export async function listen(
  fetch: (request: Request, address: string) => Promise<Response>,
  { host, port, limits }: { host: string; port: number; limits: SocketLimits },
): Promise<Served> {
  const { timeout, maxConnections, stop, ...serverOptions } = limits;
  const server = createAdaptorServer({
    fetch: (request, env) => fetch(request, (env as HttpBindings).incoming.socket.remoteAddress ?? ""),
    // For clients that name no host; the guard refuses them where it matters.
    hostname: "localhost",
    serverOptions,
  }) as Server;
  server.timeout = timeout;
  server.maxConnections = maxConnections;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const sentence =
        cause.code === "EADDRINUSE"
          ? `Something else answers at ${host}:${port}.`
          : `The server cannot listen at ${host}:${port} (${cause.code}).`;
      reject(new Problem("conflict", sentence, "Choose another --port or FLY_TOKENS_HTTP_HOST.", { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    server,
    stop(impatient) {
      const end = stopServer(server, stop, impatient);
      // Node does not count them as idle: opened in advance, and never used.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      return end;
    },
  };
}
