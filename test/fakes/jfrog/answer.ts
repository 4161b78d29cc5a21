/** An answer as a value, so that a fault can come between the work and the wire; and the platform's forms of a refusal. */
import type { ServerResponse } from "node:http";

export interface Answer {
  status: number;
  /** Text goes out as it is, anything else as JSON, `undefined` as nothing. */
  body: unknown;
  headers?: Record<string, string>;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, body, headers };
}

/** Without a body. */
export function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, body: undefined, headers };
}

export function html(body: string, status = 200): Answer {
  return { status, body, headers: { "content-type": "text/html; charset=utf-8" } };
}

export function text(body: string): Answer {
  return { status: 200, body, headers: { "content-type": "text/plain; charset=utf-8" } };
}

const codes: Record<number, string> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
};

/** The Access service's form: a code in words. */
export function accessError(status: number, message: string): Answer {
  return json({ errors: [{ code: codes[status] ?? "INTERNAL_SERVER_ERROR", message }] }, status);
}

/** Artifactory's form: the status again. */
export function artifactoryError(status: number, message: string): Answer {
  return json({ errors: [{ status, message }] }, status);
}

export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const plain = typeof body === "string";
  const type: Record<string, string> =
    body === undefined || plain ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, ...headers }).end(plain ? body : bytesOf(body));
}

function bytesOf(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}
