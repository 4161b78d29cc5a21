/** Who makes a call, where the transport knows: over HTTP everybody has shown a bearer. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { digest } from "../digest.ts";

/** The caller's name, as the operator or the authorization server gave it; `undefined` over stdio. */
export function callerOf(ctx: ServerContext): string | undefined {
  return ctx.http?.authInfo?.clientId;
}

/** What the client of a request can do; `undefined` where it has not said. */
export function capabilitiesOf(server: McpServer, ctx: ServerContext): ClientCapabilities | undefined {
  // 2026-07-28 carries the capabilities on every request; older revisions declare them once per connection.
  const envelope = ctx.mcpReq.envelope as Record<string, ClientCapabilities> | undefined;
  return envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities();
}

/**
 * A call's arguments with an idempotency key that is its caller's own. They choose keys by themselves, and the issuer
 * knows them all as one: with another's key somebody would be given the other's token.
 */
export function withOwnKey<Args extends Record<string, unknown>>(args: Args, ctx: ServerContext): Args {
  const caller = callerOf(ctx);
  const { idempotency_key: key } = args;
  if (caller === undefined || typeof key !== "string") return args;
  return { ...args, idempotency_key: digest([caller, key]) };
}
