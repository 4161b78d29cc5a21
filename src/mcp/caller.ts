/** Who makes a call, where the transport knows: over HTTP everybody has shown a bearer. */
import type { ServerContext } from "@modelcontextprotocol/server";
import { digest } from "../digest.ts";

/** The caller's name, as the operator or the authorization server gave it; `undefined` over stdio. */
export function callerOf(ctx: ServerContext): string | undefined {
  return ctx.http?.authInfo?.clientId;
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
