/**
 * Making a token. Fly.io gives its value in one answer and knows no idempotency keys, so whatever may have been made and
 * was lost on the way is found by the mark in its name, and revoked: nobody has its value. What cannot be revoked is
 * named in the error. There are never two active tokens for one key.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import { refusedConnection, timedOut } from "../http.ts";
import { nextAttempt } from "../mark.ts";
import type { Grant } from "../provider.ts";
import { fixes } from "./answers.ts";
import { createTokenMutation } from "./api.generated.ts";
import type { Ask } from "./graphql.ts";
import { withMark } from "./mark.ts";
import { model, type TokenRecord } from "./model.ts";
import { narrowed } from "./narrow.ts";
import type { Order } from "./order.ts";
import { isOlder, orRevoked, perhapsLater, revokeOrSay, sameRequest, sweep } from "./twins.ts";

const attempts = 3;

interface Made {
  record: TokenRecord;
  secret: Secret;
}

/** @throws Problem */
export async function issue(ask: Ask, order: Order, now: () => Date): Promise<Grant> {
  const lost = new Set<string>();
  let failure = new Problem(
    "conflict",
    "Other calls with the same idempotency_key were running at the same time.",
    "Call again: it returns the token that one of them made.",
  );
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const [earlier] = await sweep(ask, order, lost, now());
    if (earlier) return { token: model(sameRequest(earlier, order), now()) };
    const mark = nextAttempt(order.mark);
    const made = await create(ask, order, withMark(order.input.name, mark)).catch(async (error) => {
      if (!mayHaveHappened(error)) {
        if (lost.size > 0) await sweep(ask, order, lost, now());
        throw error;
      }
      lost.add(mark.attempt);
      failure = error;
      if (!timedOut(error)) return;
      // It may be made later than anybody looks: another attempt would only add to that.
      await sweep(ask, order, lost, now());
      throw perhapsLater(error, order);
    });
    if (!made) continue;
    const grant = await orRevoked(ask, made.record, async () => {
      const others = await sweep(ask, order, lost, now());
      const isFirst = others.every((one) => one.id === made.record.id || !isOlder(one, made.record));
      return isFirst ? finished(made, order, now()) : undefined;
    });
    if (grant) return grant;
    await revokeOrSay(ask, made.record.id);
    // Of two that were made in the same second each gives way to the other; then the next round decides.
    await pause(Math.random() * 200);
  }
  await sweep(ask, order, lost, now());
  if (lost.size === 0) throw failure;
  throw new Problem(
    "provider_down",
    `The new token did not arrive, ${lost.size} times. No token of this call is left. The last time: ${failure.message}`,
    fixes.provider_down,
    { cause: failure },
  );
}

async function create(ask: Ask, order: Order, name: string): Promise<Made> {
  const { createLimitedAccessToken } = await ask(createTokenMutation, { input: { ...order.input, name } });
  const { tokenHeader, ...record } = Object(createLimitedAccessToken?.limitedAccessToken);
  if (record.id && tokenHeader) return { record, secret: new Secret(tokenHeader) };
  throw new Problem("provider_down", "Fly.io answered without the new token's value.", "Try again.");
}

function finished({ record, secret }: Made, { kind, target, commands }: Order, now: Date): Grant {
  return { token: model(record, now), secret: narrowed(secret, kind, target, commands) };
}

/** Whether a token may exist after this. */
function mayHaveHappened(error: unknown): error is Problem {
  return error instanceof Problem && error.code === "provider_down" && !refusedConnection(error);
}
