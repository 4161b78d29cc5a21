/** Outcomes and problems in the shape of MCP. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import { parseJson } from "../json.ts";
import { Problem, problemCodes } from "../problem.ts";
import { Secret } from "../secret.ts";
import type { Plan, Tool } from "../tool.ts";
import { argumentIn } from "./argument.ts";
import type { Outgoing } from "./redact.ts";

/**
 * A tool's output as a result. A `Secret` in it shows masked, but for `credential.token`, which is what the caller
 * asked to see: its value goes into one block that is meant for the user, and into the structure.
 */
export function success(tool: Tool, output: Record<string, unknown>, outgoing: Outgoing): CallToolResult {
  const text = tool.say(output as never);
  const credential = output.credential as { token?: unknown } | undefined;
  if (!(credential?.token instanceof Secret)) {
    return { content: [{ type: "text", text }], structuredContent: tool.output.parse(plain(output)) };
  }
  const value = outgoing.reveal(credential.token);
  return {
    content: [
      { type: "text", text },
      { type: "text", text: value, annotations: { audience: ["user"], priority: 1 } },
    ],
    structuredContent: tool.output.parse(plain({ ...output, credential: { ...credential, token: value } })),
  };
}

/** JSON of a value, in which every `Secret` prints masked. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/**
 * A refusal that an agent can act on: a sentence with its fix for people, the same as JSON for programs.
 * @param given the call's arguments
 */
export function failure(error: unknown, report: (error: unknown) => void, given?: unknown): CallToolResult {
  const problem = error instanceof Problem ? error : undefined;
  if (!problem) report(error);
  const { code, message, fix, argument, allowed, did_you_mean, retry_after } =
    // What an unforeseen error says is for the log: it may quote anything.
    problem ??
    new Problem(
      "internal",
      "Something went wrong inside fly-tokens.",
      "Start the server with FLY_TOKENS_LOG=debug, try again, and report what it writes to stderr.",
    );
  const about = problem && argumentIn(message, given);
  const details = {
    code,
    message,
    fix,
    ...((argument ?? about) !== undefined && { argument: argument ?? about }),
    ...(allowed && { allowed }),
    ...(did_you_mean && { did_you_mean }),
    ...(retry_after !== undefined && { retry_after }),
  };
  return {
    isError: true,
    content: [
      { type: "text", text: `${message} ${fix}` },
      { type: "text", text: JSON.stringify({ error: details }) },
    ],
  };
}

/** How a call has ended, for metrics: `ok`, `asks` where a person has to answer first, or the code of its problem. */
export function outcomeOf(result: Record<string, unknown>): string {
  const { isError, content, structuredContent, resultType } = result as Partial<CallToolResult>;
  if (isError) {
    const last = content?.at(-1);
    const said = parseJson(last?.type === "text" ? last.text : "") as
      | { error?: { code?: string } }
      | undefined;
    const code = said?.error?.code;
    return code !== undefined && Object.hasOwn(problemCodes, code) ? code : "internal";
  }
  const { confirmation_required } = (structuredContent ?? {}) as { confirmation_required?: unknown };
  return resultType === "input_required" || confirmation_required !== undefined ? "asks" : "ok";
}

/** The first half of a call that a person must agree to: the plan, and the handle for the second half. */
export function confirmationRequired(plan: Plan, confirmation: string, approval: boolean): CallToolResult {
  const how = approval
    ? `Nothing has been changed. The operator wants a person to approve this at a terminal: ask the user to run \`fly-tokens approve ${confirmation}\`, then call again with the same arguments and this confirmation.`
    : "Nothing has been changed. Show this plan to the user; only when they agree, call again with the same arguments and this confirmation (valid 10 minutes, once).";
  return {
    content: [{ type: "text", text: `${plan.lines.join("\n")}\n\n${how}\nconfirmation: ${confirmation}` }],
    structuredContent: { confirmation_required: { plan: [...plan.lines], confirmation } },
  };
}
