/**
 * Asking a person before something is destroyed. A client with forms shows one, which carries no secret and wants a
 * word typed, so that it cannot be accepted by accident. A client without forms, or one that declines by itself, gets
 * the plan and a single-use handle. What the model claims (`confirm: true`) counts for nothing.
 */
import {
  acceptedContent,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Context } from "../context.ts";
import { digest } from "../digest.ts";
import { Problem } from "../problem.ts";
import type { Plan, Tool } from "../tool.ts";
import { callerOf, capabilitiesOf } from "./caller.ts";
import { sealState, stateOf } from "./request-state.ts";
import { confirmationRequired } from "./result.ts";

// Faster than a person can read: such an answer was given by the client alone.
const tooFastForAPerson = 500;

/** How a person agreed; also for the audit log. */
export type Agreement = "form" | "confirmation" | "not needed";

export type Consent =
  | { plan: Plan | undefined; by: Agreement }
  | { answer: ReturnType<typeof confirmationRequired> | InputRequiredResult };

/**
 * Whether a `destroy` tool may go on, and with which plan; else what to answer.
 * @throws Problem `declined`, `needs_confirmation`
 */
export async function consent(
  server: McpServer,
  ctx: ServerContext,
  tool: Tool,
  input: Record<string, unknown>,
  context: Context,
): Promise<Consent> {
  const { confirmation, ...args } = input;
  const policy = context.policy.confirm;
  const call = { tool: tool.name, args, caller: callerOf(ctx) };
  if (typeof confirmation === "string") {
    const rule = policy === "always" ? context.policy.ruleOf("confirm") : undefined;
    return {
      plan: await context.confirmations.redeem(confirmation, call, rule),
      by: "confirmation",
    };
  }
  const plan = await tool.plan?.(input, context);
  if (!plan || (policy === "never" && !plan.always)) return { plan, by: "not needed" };
  const asked = canShowForm(server, ctx) ? await askPerson(ctx, tool, args, plan, context) : "cannot-ask";
  if (asked === "yes") return { plan, by: "form" };
  if (asked !== "cannot-ask") return { answer: asked };
  const handle = await context.confirmations.offer(call, plan);
  return { answer: confirmationRequired(plan, handle, policy === "always") };
}

async function askPerson(
  ctx: ServerContext,
  tool: Tool,
  args: unknown,
  plan: Plan,
  context: Context,
): Promise<"yes" | "cannot-ask" | InputRequiredResult> {
  const Form = z.object({ confirm: z.string().meta({ title: `Type "${plan.phrase}" to confirm` }) });
  const caller = callerOf(ctx);
  const question = digest([tool.name, args, plan, caller ?? null]);
  const now = context.now().getTime();
  const response = inputResponse(ctx.mcpReq.inputResponses, "confirm");
  if (response.kind === "missing") {
    return inputRequired({
      inputRequests: {
        confirm: inputRequired.elicit({
          message: `${tool.title}?\n${plan.lines.join("\n")}`,
          requestedSchema: Form,
        }),
      },
      requestState: sealState({ digest: question, at: now }, ctx, context),
    });
  }
  const asked = stateOf(ctx);
  const accepted = acceptedContent(ctx.mcpReq.inputResponses, "confirm", Form);
  // Asking again after a wrong answer makes clients loop: a wrong answer is a no.
  if (asked?.digest !== question || !(await context.returns(caller).once.spend(asked.id, asked.until)))
    throw refused("the answer belongs to another question");
  if (accepted) {
    if (accepted.confirm.trim() === plan.phrase) return "yes";
    throw refused("what was typed is not what was asked for");
  }
  if (now - asked.at < tooFastForAPerson) return "cannot-ask";
  throw refused("the person declined");
}

function refused(why: string): Problem {
  return new Problem(
    "declined",
    `Nothing was changed: ${why}.`,
    "Ask the user what they want before you call this again.",
  );
}

function canShowForm(server: McpServer, ctx: ServerContext): boolean {
  const elicitation = elicitationOf(server, ctx);
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/** How the client of a call asks its user; `undefined` when it cannot. */
export function elicitationOf(server: McpServer, ctx: ServerContext): ClientCapabilities["elicitation"] {
  return capabilitiesOf(server, ctx)?.elicitation;
}
