/**
 * HANDLES FOR CALLS THAT A PERSON HAS TO AGREE TO: for one caller, one tool with exactly these arguments, once, for ten
 * minutes. What it stands for is the plan that the person was shown. The model cannot make one up.
 */
import { digest } from "../digest.ts";
import { Problem } from "../problem.ts";
import type { Plan } from "../tool.ts";

/** In milliseconds. */
export const validFor = 10 * 60_000;

/** A call, as it was made and has to be made again. */
export interface AskedFor {
  tool: string;
  /** All but the handle itself. */
  args: unknown;
  /** Who makes it; `undefined` over stdio. */
  caller: string | undefined;
}

/** What a handle stands for. */
export interface PendingPlan {
  tool: string;
  plan: Plan;
  caller?: string | undefined;
}

export interface Confirmations {
  /** A handle for a plan. @throws Problem `file_unwritable` */
  offer(call: AskedFor, plan: Plan): Promise<string>;
  /** What a handle stands for. @throws Problem `declined` when it is unknown, used or too old */
  look(handle: string): Promise<PendingPlan>;
  /**
   * Uses a handle up and returns the plan that was agreed to. Only one succeeds, of however many processes.
   * @param rule by which somebody must have approved it at a terminal, for people; `undefined`: nobody must
   * @throws Problem `declined`, or `needs_confirmation` when the approval is still missing; neither uses it up
   */
  redeem(handle: string, call: AskedFor, rule: string | undefined): Promise<Plan>;
  /** Marks a handle as approved by a person. @throws Problem `declined` as `look`, `file_unwritable` */
  approve(handle: string): Promise<void>;
}

/** @throws Problem `declined` when a handle was given for something else; to another caller it is unknown */
export function checkCall(
  given: { tool: string; digest: string; caller?: string | undefined },
  call: AskedFor,
): void {
  if (given.caller !== call.caller) throw unknown();
  if (given.tool !== call.tool || given.digest !== digest(call.args))
    throw invalid("was given for another call");
}

export function unknown(): Problem {
  return invalid("is unknown, has been used, or is older than ten minutes");
}

export function used(): Problem {
  return invalid("has been used");
}

export function notApproved(handle: string, rule: string): Problem {
  return new Problem(
    "needs_confirmation",
    `The operator wants a person to approve this at a terminal (${rule}).`,
    `Ask the user to run \`fly-tokens approve ${handle}\`, then call again with the same confirmation.`,
  );
}

function invalid(why: string): Problem {
  return new Problem(
    "declined",
    `The confirmation ${why}; nothing was changed.`,
    "Call the tool without `confirmation` to get a new plan, and show it to the user.",
  );
}
