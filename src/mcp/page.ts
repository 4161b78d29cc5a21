/**
 * A page that a call has opened for a person, in a client that opens addresses (URL-mode elicitation). The client asks
 * its user, and the call comes back for its answer, which is kept until then: what was made is made once. Whatever the
 * user says, the agent is told where the page is, too: a client may decline by itself.
 */
import { randomUUID } from "node:crypto";
import {
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Context } from "../context.ts";
import { digest } from "../digest.ts";
import { Problem } from "../problem.ts";
import type { Tool } from "../tool.ts";
import { elicitationOf } from "./consent.ts";
import { sealState, stateOf } from "./request-state.ts";

type Args = Record<string, unknown>;
type Output = Awaited<ReturnType<Tool["run"]>>;

interface Kept {
  /** Binds the answer to the tool and the arguments. */
  digest: string;
  output: Output;
}

const kept = new Map<string, Kept>();

/** As long as the state of a request is valid. */
const keptFor = 600_000;

/**
 * The output of a call whose page was shown, when it comes back for it; `undefined` for any other call.
 * @throws Problem `declined` when it does not belong to a call that is known
 */
export function afterPage(ctx: ServerContext, tool: Tool, args: Args): Output | undefined {
  if (inputResponse(ctx.mcpReq.inputResponses, "page").kind === "missing") return undefined;
  const call = kept.get(stateOf(ctx)?.kept ?? "");
  if (call?.digest === digest([tool.name, args])) return call.output;
  throw new Problem(
    "declined",
    "The answer belongs to another call; nothing was done.",
    "See with list_tokens what was made, then call again without it.",
  );
}

/** What asks the client to open the page that an output names; `undefined` where there is none, or it cannot. */
export async function pageFor(
  output: Output,
  call: { server: McpServer; ctx: ServerContext; tool: Tool; args: Args; context: Context },
): Promise<InputRequiredResult | undefined> {
  const { server, ctx, tool, args, context } = call;
  const { location: url } = (output.delivery ?? {}) as { location?: string };
  const page = url === undefined ? undefined : context.openEnds.get(url);
  if (!url || !page || elicitationOf(server, ctx)?.url === undefined) return undefined;
  const id = randomUUID();
  const question = digest([tool.name, args]);
  kept.set(id, { digest: question, output });
  setTimeout(() => kept.delete(id), keptFor).unref();
  const params = { message: page.invitation, url, ...(isLegacy(ctx) && { elicitationId: id }) };
  if (isLegacy(ctx)) void tellWhenDone(server, id, page.done);
  return inputRequired({
    inputRequests: { page: inputRequired.elicitUrl(params) },
    requestState: sealState({ digest: question, at: context.now().getTime(), kept: id }, ctx, context),
  });
}

/** Revisions before 2026-07-28, which have an id for it and a notification of its end, carry no envelope. */
function isLegacy(ctx: ServerContext): boolean {
  return ctx.mcpReq.envelope === undefined;
}

/** A client may show that the page is done with, however that came about. */
async function tellWhenDone(server: McpServer, id: string, done: Promise<void>): Promise<void> {
  await done.catch(() => {});
  // Nobody is left to be told where the connection has ended before.
  await server.server
    .createElicitationCompletionNotifier(id)()
    .catch(() => {});
}
