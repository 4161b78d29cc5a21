/** An answer as a value, so that a fault can come between the work and the wire. */
import type { ServerResponse } from "node:http";

export interface Answer {
  status: number;
  /** Text goes out as it is, anything else as JSON, `undefined` as nothing. */
  body: unknown;
  headers?: Record<string, string>;
}

export function json(body: unknown, status = 200): Answer {
  return { status, body };
}

/** The Machines API's errors, and the docker registry's close enough. */
export function failure(status: number, error: string, headers: Record<string, string> = {}): Answer {
  return { status, body: { error, status: String(status) }, headers };
}

export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, { "content-type": type, ...headers }).end(text);
}
