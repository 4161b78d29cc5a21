/** A registry behind the gateway that does what a test wants of it, and remembers what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeUpstream extends AsyncDisposable {
  /** `http://HOST:PORT`, without a slash at its end. */
  url: string;
  host: string;
  /** Every request so far; the body is read by the handler, if at all. */
  seen: { method: string; url: string; headers: IncomingMessage["headers"]; rawHeaders: string[] }[];
  /** What it answers from now on. */
  answers(handler: (request: IncomingMessage, response: ServerResponse) => unknown): void;
}

export async function startUpstream(hostname = "127.0.0.1"): Promise<FakeUpstream> {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = (_request, response) =>
    response.end("{}");
  const seen: FakeUpstream["seen"] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers, rawHeaders } = request;
    seen.push({ method, url, headers, rawHeaders });
    handle(request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const host = `${hostname}:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    seen,
    answers: (handler) => {
      handle = handler;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function json(body: unknown, more: Record<string, string> = {}, status = 200) {
  return (_request: IncomingMessage, response: ServerResponse) =>
    response
      .writeHead(status, { "content-type": "application/json", ...more })
      .end(typeof body === "string" ? body : JSON.stringify(body));
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
