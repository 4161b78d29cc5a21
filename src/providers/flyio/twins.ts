/** Tokens of one call, found by the mark in their names. */
import { Problem, quote } from "../../problem.ts";
import type { Ask } from "./graphql.ts";
import { splitMark } from "./mark.ts";
import { statusOf, type TokenRecord } from "./model.ts";
import type { Order } from "./order.ts";
import { recordsOfApp, recordsOfOrganization } from "./records.ts";
import { revoke } from "./revoke.ts";

/**
 * Revokes what a call has made and lost, and returns what else there is of the same key, oldest first.
 * @param lost the attempts whose answers did not arrive
 * @throws Problem that says what may be left
 */
export async function sweep(
  ask: Ask,
  order: Order,
  lost: ReadonlySet<string>,
  now: Date,
): Promise<TokenRecord[]> {
  if (!order.isKeyed && lost.size === 0) return [];
  const found = await marked(ask, order, now).catch((error) => {
    throw lost.size > 0 ? unknown(error, order) : error;
  });
  const isLost = ({ name }: TokenRecord) => lost.has(splitMark(name).mark?.attempt ?? "");
  for (const record of found.filter(isLost)) await revokeOrSay(ask, record.id);
  return found.filter((record) => !isLost(record));
}

/** @throws Problem `conflict` for a token that the same key made, and another request */
export function sameRequest(record: TokenRecord, { mark }: Order): TokenRecord {
  const found = splitMark(record.name);
  if (found.mark?.request === mark.request) return record;
  throw new Problem(
    "conflict",
    `The idempotency_key was used for another token: ${quote(found.name)} (${record.id}).`,
    "Use a new key for another token.",
  );
}

/**
 * Does something with a token that was made just now, or revokes it: nobody would have its value.
 * @throws Problem that says what has become of it
 */
export async function orRevoked<Result>(
  ask: Ask,
  { id }: Pick<TokenRecord, "id">,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    await revokeOrSay(ask, id);
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, `${error.message} The new token was revoked.`, error.fix, { cause: error });
  }
}

/** @throws Problem that names the token which is left */
export async function revokeOrSay(ask: Ask, id: string): Promise<void> {
  try {
    await revoke(ask, id);
  } catch (cause) {
    throw new Problem(
      cause instanceof Problem ? cause.code : "provider_down",
      `The token ${quote(id, 100)} was made, nobody has its value, and it could not be revoked.`,
      "Revoke it with revoke_token.",
      { cause },
    );
  }
}

/** Active ones. In which list Fly.io shows an app's token is not certain, so both are read. */
async function marked(ask: Ask, { target, input, mark }: Order, now: Date): Promise<TokenRecord[]> {
  const { app, organization } = target;
  const lists = await Promise.all([
    app && input.profile === "deploy" ? recordsOfApp(ask, app.name) : [],
    recordsOfOrganization(ask, organization.slug),
  ]);
  const found = new Map(lists.flat().map((record) => [record.id, record]));
  return [...found.values()]
    .filter((record) => splitMark(record.name).mark?.call === mark.call && statusOf(record, now) === "active")
    .sort((a, b) => (isOlder(a, b) ? -1 : 1));
}

export function isOlder(a: Pick<TokenRecord, "createdAt">, b: Pick<TokenRecord, "createdAt">): boolean {
  return new Date(a.createdAt) <= new Date(b.createdAt);
}

/** Where Fly.io may still be making what nobody waits for. */
export function perhapsLater(error: Problem, { input }: Order): Problem {
  return new Problem(
    error.code,
    `${error.message} No token of this call is there now, but it may still be made.`,
    `In a minute look for "${quote(input.name)}" with list_tokens and revoke it, since nobody has its value; then call again.`,
    { cause: error },
  );
}

function unknown(error: unknown, { input }: Order): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem(
    error.code,
    `${error.message} Whether Fly.io made the token before that is not known.`,
    `When it answers again, look for "${quote(input.name)}" with list_tokens, and revoke it: nobody has its value.`,
    { cause: error },
  );
}
