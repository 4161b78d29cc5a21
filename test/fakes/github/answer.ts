import type { ServerResponse } from "node:http";

export interface Answer {
  status: number;
  /** JSON; absent: none. */
  body?: unknown;
  headers?: Record<string, string>;
}

export function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, ...headers }).end(body === undefined ? "" : JSON.stringify(body));
}
