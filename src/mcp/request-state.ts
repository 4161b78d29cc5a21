/**
 * What a call that asks somebody has to know when it comes back with the answer: sealed, and handed to the client. It is
 * good for the same caller, for ten minutes; over HTTP, where the operator gave a key, at every replica.
 */
import type { ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Context } from "../context.ts";
import { callerOf } from "./caller.ts";

const validFor = 10 * 60_000;

const Asked = z.object({
  /** Binds the answer to the call, and to what was asked. */
  digest: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** Of what this process keeps for it, if anything. */
  kept: z.string().optional(),
});

export interface Asking extends z.output<typeof Asked> {
  /** By which it is used once. */
  id: string;
  /** Epoch milliseconds. */
  until: number;
}

/** For `inputRequired`. */
export function sealState(asked: z.input<typeof Asked>, ctx: ServerContext, context: Context): string {
  return context.returns(callerOf(ctx)).seal.seal(asked, asked.at + validFor, bound(ctx));
}

/** For `ServerOptions.requestState`. @throws Error for what is not ours, not this caller's, or too old */
export async function verifyState(
  state: string,
  ctx: ServerContext,
  context: () => Promise<Context>,
): Promise<Asking> {
  const { returns, now } = await context();
  const opened = returns(callerOf(ctx)).seal.open(state, now().getTime(), bound(ctx));
  const { data } = Asked.safeParse(opened?.value);
  if (!opened || !data) throw new Error("It is unknown or too old.");
  return { ...data, id: opened.id, until: opened.until };
}

/** What came back with a call, verified. */
export function stateOf(ctx: ServerContext): Asking | undefined {
  return ctx.mcpReq.requestState<Asking>();
}

function bound(ctx: ServerContext) {
  return { purpose: "request state", to: [ctx.mcpReq.method, callerOf(ctx)] };
}
