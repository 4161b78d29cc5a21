/** Who may come into the management room. */
import type { MiddlewareHandler } from "hono";
import { type Door, type Keyholder, Refusal } from "../caller.ts";

/** Behind the gate everyone is a user. */
export interface ManagementEnv {
  Variables: { caller: Keyholder };
}

export const challenge = 'Bearer realm="fly-tokens"';

export function usersOnly(door: Door): MiddlewareHandler<ManagementEnv> {
  return async (c, next) => {
    const caller = await door.authenticate(c.req.raw, challenge);
    if (caller.kind === "token")
      throw new Refusal(403, "forbidden", "A token manages nothing: this needs a user's key.");
    c.set("caller", caller);
    await next();
  };
}

/** @throws Refusal 403 */
export function adminOnly(caller: Keyholder): void {
  if (caller.role !== "admin") throw new Refusal(403, "forbidden", "Only an admin may do this.");
}
