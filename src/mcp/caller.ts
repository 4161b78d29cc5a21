/** Who makes a call, where the transport knows: over HTTP everybody has shown a bearer. */
import type { ServerContext } from "@modelcontextprotocol/server";

/** The caller's name, as the operator or the authorization server gave it; `undefined` over stdio. */
export function callerOf(ctx: ServerContext): string | undefined {
  return ctx.http?.authInfo?.clientId;
}
