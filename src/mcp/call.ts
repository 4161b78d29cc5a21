/** A call of a tool, from what was given to what is answered: checked, agreed to, logged, run, shown once. */
import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
} from "@modelcontextprotocol/server";
import type { Offer } from "../offer.ts";
import { Problem } from "../problem.ts";
import type { Tool } from "../tool.ts";
import { audited } from "./audited.ts";
import { withOwnKey } from "./caller.ts";
import { consent } from "./consent.ts";
import { refuseHere, toldElsewhere } from "./elsewhere.ts";
import { inputOf } from "./offers.ts";
import { afterPage, pageFor } from "./page.ts";
import { failure, outcomeOf, success } from "./result.ts";
import { parseInput } from "./schema.ts";
import { requireScopes, scopesOf } from "./scopes.ts";
import type { ServerParts } from "./server.ts";

interface Call {
  server: McpServer;
  ctx: ServerContext;
  parts: ServerParts;
}

type Answer = CallToolResult | InputRequiredResult;

/** Never throws: what is refused, and faults of ours, are results that an agent can read. */
export async function answer(offer: Offer, given: unknown, call: Call): Promise<Answer> {
  const { remote, report, observe } = call.parts;
  const result = await called(offer, given, call).catch((error: unknown) =>
    failure(remote ? toldElsewhere(error) : error, report, given),
  );
  observe?.(offer.name, outcomeOf(result));
  return result;
}

async function called(offer: Offer, given: unknown, { server, ctx, parts }: Call): Promise<Answer> {
  requireScopes(ctx, scopesOf(offer));
  if (parts.readOnly && offer.effect !== "read")
    throw new Problem(
      "forbidden",
      "This server is read-only, as the operator wants it (FLY_TOKENS_READ_ONLY, or read_only in the policy).",
      "Ask the operator to allow changes.",
    );
  const tool = await offer.load();
  const args = withOwnKey(parseInput(inputOf(tool), given), ctx);
  if (parts.remote) refuseHere(offer, given);
  const shown = afterPage(ctx, tool, args);
  if (shown) return success(tool, shown, parts.outgoing);
  const context = await parts.context();
  const result = async (output: Awaited<ReturnType<Tool["run"]>>) =>
    (await pageFor(output, { server, ctx, tool, args, context })) ?? success(tool, output, parts.outgoing);
  const logged = audited(tool, args, { server, ctx, context }, parts.report);
  return await logged.ending(async () => {
    const agreed = offer.asks ? await consent(server, ctx, tool, args, context) : undefined;
    if (agreed && "answer" in agreed) return agreed.answer;
    const output = await logged.run(agreed);
    if (ctx.mcpReq.signal.aborted) await tool.lost?.(output, args, context).catch(parts.report);
    return result(output);
  });
}
