/** A gate before a registry: everything passes, but an answer to what is watched for waits until it is let go. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";

export interface Gate extends AsyncDisposable {
  url: string;
  /**
   * Holds the answer to the next request to a path. What it asked for is done by then.
   * @returns once it is held: what lets it go
   */
  hold(method: string, path: RegExp): Promise<() => void>;
}

/** @param upstream of a registry that runs */
export async function openGate(upstream: string): Promise<Gate> {
  let watched: { method: string; path: RegExp; held: (letGo: () => void) => void } | undefined;
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete("host");
      headers.delete("connection");
      const body = request.method === "GET" ? null : await request.arrayBuffer();
      const { method } = request;
      const response = await fetch(upstream + pathname + search, {
        method,
        headers,
        body,
        redirect: "manual",
      });
      const answer = new Response(await response.arrayBuffer(), response);
      // It is whole already, and no longer packed.
      for (const name of ["content-encoding", "content-length", "transfer-encoding"])
        answer.headers.delete(name);
      if (watched?.method === method && watched.path.test(pathname)) {
        const { held } = watched;
        watched = undefined;
        await new Promise<void>(held);
      }
      return answer;
    },
  });
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (method, path) => new Promise((held) => (watched = { method, path, held })),
    async [Symbol.asyncDispose]() {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}
