/** What an endpoint is given. */
import type { Received } from "../../providers/server.ts";
import type { Caller } from "./caller.ts";
import type { Token, World } from "./world.ts";

export interface Incoming {
  world: World;
  caller: Caller;
  /** The parts of the path that its pattern names, decoded. */
  path: Record<string, string>;
  query: URLSearchParams;
  /** As JSON; `undefined` when it is none. */
  body: unknown;
  /** `http://127.0.0.1:PORT`, as the client says it. */
  origin: string;
  received: Received;
}

/** A request whose caller is known. */
export interface Known extends Incoming {
  token: Token;
}

export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === "object" && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}
