/** What a rotation would do, in the words that a person agrees to. */
import type { Context } from "../context.ts";
import { inWords } from "../expiry.ts";
import { Problem, quote } from "../problem.ts";
import { lifeOf } from "../token-plan.ts";
import type { Plan } from "../tool.ts";
import type { Intent, RotationRequest } from "./begin.ts";
import { look } from "./rotate.ts";

/**
 * Only of those that can be rotated; why the others cannot is said.
 * @returns `undefined` when nothing is left to agree to
 * @throws Problem when it is about one token, and that one cannot be rotated
 */
export async function planFor(
  ids: readonly string[],
  wish: RotationRequest,
  context: Context,
): Promise<Plan | undefined> {
  const planned: { id: string; name: string; lines: string[]; asks?: string | undefined }[] = [];
  const others: string[] = [];
  for (const id of ids) {
    try {
      const found = await look(id, wish, context);
      // It was agreed to when it was begun.
      if ("over" in found) continue;
      if ("begun" in found)
        planned.push({
          id,
          name: found.begun.old.name,
          lines: [
            `Carry on with the rotation of ${quote(found.begun.old.name)} (${quote(id, 100)}) that was begun at ${found.begun.started_at} and interrupted, as it was asked for then`,
          ],
        });
      else planned.push({ id, name: found.intent.token.name, ...linesOf(found.intent, wish, context) });
    } catch (error) {
      if (!(error instanceof Problem) || ids.length === 1) throw error;
      others.push(`Not ${quote(id, 100)}: ${error.message}`);
    }
  }
  const [first] = planned;
  if (!first) {
    if (others.length === 0) return undefined;
    throw new Problem(
      "unsupported",
      `None of them can be rotated from here. ${others.join(" ")}`,
      "Rotate them one by one, by id, with deliver_to.",
    );
  }
  return {
    lines: [...planned.flatMap(({ lines }) => lines), ...others],
    ids: planned.map(({ id }) => id),
    phrase: planned.length === 1 ? first.name : String(planned.length),
    ...(planned.some(({ asks }) => asks !== undefined) && { always: true }),
  };
}

function linesOf({ token, found, request, keep_for }: Intent, wish: RotationRequest, context: Context) {
  const asks = context.policy.asks({ environment: token.environment });
  const { name, id, permission, environment } = token;
  return {
    asks,
    lines: [
      `Rotate ${quote(name)} (${quote(id, 100)}): ${permission}${environment ? `, environment ${quote(environment)}` : ""}, expires ${token.expires_at ?? "never"}; its successor lives ${lifeOf({ expires: wish.expires, expires_at: request.expires_at, now: context.now() })}`,
      ...found.consumers.map(({ where }) => `  rewrite ${where}`),
      ...found.by_hand.map((where) => `  for the user to set: ${where}`),
      ...(wish.deliver_to === undefined ? [] : [`  hand the new value over: ${wish.deliver_to}`]),
      keep_for > 0
        ? `  revoke the old one ${inWords(keep_for)} later`
        : "  then revoke the old one at once: whatever else uses it stops working",
      ...(asks === undefined ? [] : [`  ${asks}`]),
      ...(wish.reason === undefined ? [] : [`  reason given: ${quote(wish.reason)}`]),
      ...found.notes.map((note) => `  note: ${note}`),
    ],
  };
}
