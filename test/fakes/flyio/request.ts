/** What an endpoint is given: the request, and whoever sends it. */
import type { Caller } from "./caller.ts";
import type { World } from "./world.ts";

export interface Incoming {
  world: World;
  caller: Caller;
  /** The parts of the path that its pattern names. */
  path: Record<string, string>;
  /** As JSON; `{}` when it is none. */
  body: Record<string, unknown>;
}

export function bodyOf(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
