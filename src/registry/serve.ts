/** The registry on a socket. */

import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { isLoopback } from "../loopback.ts";
import { Problem } from "../problem.ts";
import { stopServer } from "../stop-server.ts";
import { openRegistry, type Registry, type RegistryOptions } from "./service.ts";

export interface ServeOptions extends RegistryOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0: any that is free. */
  port: number;
  /** Whether `host` may be an address that other machines reach. There is no TLS here: put a proxy in front. */
  remote?: boolean;
}

export interface ServedRegistry {
  /** Without a slash at its end. */
  url: string;
  registry: Registry;
  /** Tells balancers that it is about to end (`/ready`), and clients with every answer to connect anew; it still answers. */
  drain(): void;
  /** Accepts nothing more, lets what is running finish (for 10 seconds at most), then closes the database. */
  close(): Promise<void>;
}

/**
 * Milliseconds. Uploads of large images take their time; sending headers does not. An idle connection is kept for longer
 * than proxies keep theirs (60 seconds), or they send into closed ones.
 */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 15 * 60_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
};
const stopTimeout = 10_000;

/**
 * @throws Problem `not_configured` for an address that other machines reach, unless `remote`; `conflict` when the port
 *   is taken; and what `openRegistry` throws
 */
export async function serveRegistry(options: ServeOptions): Promise<ServedRegistry> {
  const host = options.host ?? "127.0.0.1";
  if (!options.remote && !isLoopback(host)) {
    throw new Problem(
      "not_configured",
      `\`${host}\` can be reached from other machines, and the registry has no TLS.`,
      "Use 127.0.0.1; or put a proxy with TLS in front, its https address in FLY_TOKENS_LOCAL_URL, and this one in FLY_TOKENS_REGISTRY_LISTEN.",
    );
  }
  const registry = await openRegistry(options);
  let draining = false;
  const server = createAdaptorServer({
    async fetch(request, env) {
      const { incoming, outgoing } = env as HttpBindings;
      if (draining) outgoing.shouldKeepAlive = false;
      const response = await registry.fetch(request, { address: incoming.socket.remoteAddress });
      // The adaptor drops the reason phrase, and that is all that twine shows of a refusal. Of other answers it is not
      // asked for: that would make the adaptor build a whole Response each time.
      if (response.status >= 400 && response.statusText) outgoing.statusMessage = response.statusText;
      return response;
    },
    serverOptions: limits,
  }) as Server;
  try {
    await listen(server, host, options.port);
  } catch (error) {
    await registry.close();
    throw error;
  }
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  return {
    url: `http://${hostAndPort(host, port)}`,
    registry,
    drain() {
      draining = true;
      registry.drain();
    },
    async close() {
      await stopServer(server, stopTimeout);
      await registry.close();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const place = hostAndPort(host, port);
      const sentence =
        cause.code === "EADDRINUSE"
          ? `Something else answers at ${place}.`
          : `The registry cannot listen at ${place} (${cause.code}).`;
      const fix =
        "Choose another port in FLY_TOKENS_LOCAL_URL, or in FLY_TOKENS_REGISTRY_LISTEN if it is set.";
      reject(new Problem("conflict", sentence, fix, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function hostAndPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
