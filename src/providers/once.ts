/**
 * Making a token once, at an issuer that knows no idempotency keys and gives a value in one answer only: whatever may
 * have been made and was lost on the way is found by its mark and revoked, since nobody has its value. What cannot be
 * revoked is named in the error. There are never two active tokens for one key.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Problem, quote } from "../problem.ts";
import { refusedConnection, timedOut } from "./http.ts";
import { type Mark, nextAttempt } from "./mark.ts";

/** An active token that carries a mark. */
export interface Marked {
  id: string;
  name: string;
  /** A time that `Date` reads. */
  created_at: string;
  mark: Mark;
}

export interface Making<Made extends Marked, Found extends Marked = Marked> {
  name: string;
  mark: Mark;
  /** Whether the caller has given an idempotency key. */
  isKeyed: boolean;
  /** Whether the issuer lists such tokens for certain, so that one that is not found was not made. */
  isListed: boolean;
  /** Those of this call, in any order. */
  find(): Promise<Found[]>;
  create(mark: Mark): Promise<Made>;
  revoke(id: string): Promise<unknown>;
}

/** How often an answer may be lost, and how often several calls at once may get in each other's way. */
const most = { losses: 3, rounds: 8 };

/** @returns what was made, or what an earlier call with the same key has made @throws Problem */
export async function makeOnce<Made extends Marked, Found extends Marked>(
  making: Making<Made, Found>,
): Promise<{ made: Made } | { earlier: Found }> {
  const lost = new Set<string>();
  let failure = new Problem(
    "conflict",
    "Other calls with the same idempotency_key were running at the same time.",
    "Call again: it returns the token that one of them made.",
  );
  for (let round = 1; round <= most.rounds && lost.size < most.losses; round++) {
    const [earlier] = await sweep(making, lost);
    if (earlier) return { earlier: sameRequest(earlier, making.mark) };
    const mark = nextAttempt(making.mark);
    const made = await making.create(mark).catch(async (error) => {
      if (!mayHaveHappened(error)) {
        if (lost.size > 0) await sweep(making, lost);
        throw error;
      }
      lost.add(mark.attempt);
      failure = error;
      if (timedOut(error)) {
        // It may be made later than anybody looks: another attempt would only add to that.
        await sweep(making, lost);
        throw perhapsLater(error, making.name);
      }
      if (!making.isListed && !(await isFound(making, mark))) throw lostForGood(error, making.name);
    });
    if (!made) continue;
    const isFirst = await orRevoked(making, made.id, async () =>
      (await sweep(making, lost)).every((one) => one.id === made.id || timeOf(one) > timeOf(made)),
    );
    if (isFirst) return { made };
    await revokeOrSay(making, made.id);
    // Of two that were made in the same second each gives way to the other; then the next round decides.
    await pause(Math.random() * 150 * round);
  }
  await sweep(making, lost);
  if (lost.size === 0) throw failure;
  throw new Problem(
    "provider_down",
    `The new token did not arrive, ${lost.size} times. No token of this call is left. The last time: ${failure.message}`,
    failure.fix,
    { cause: failure },
  );
}

/**
 * Does something with a token that was made just now, or revokes it: nobody would have its value.
 * @throws Problem that says what has become of it
 */
export async function orRevoked<Result>(
  making: Pick<Making<Marked>, "revoke">,
  id: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    await revokeOrSay(making, id);
    if (!(error instanceof Problem)) throw error;
    throw error.told({ sentence: `${error.message} The new token was revoked.` });
  }
}

/** Revokes what was made and lost, and returns what else there is of the same key, oldest first. */
async function sweep<Found extends Marked>(
  making: Making<Marked, Found>,
  lost: ReadonlySet<string>,
): Promise<Found[]> {
  if (!making.isKeyed && lost.size === 0) return [];
  const found = await making.find().catch((error) => {
    throw lost.size > 0 ? unknown(error, making.name) : error;
  });
  const isLost = ({ mark }: Marked) => lost.has(mark.attempt);
  for (const { id } of found.filter(isLost)) await revokeOrSay(making, id);
  return found.filter((one) => !isLost(one)).sort((a, b) => timeOf(a) - timeOf(b));
}

function timeOf({ created_at }: Marked): number {
  return new Date(created_at).getTime();
}

async function isFound({ find, name }: Making<Marked>, mark: Mark): Promise<boolean> {
  const found = await find().catch((error) => {
    throw unknown(error, name);
  });
  return found.some((one) => one.mark.attempt === mark.attempt);
}

/** @throws Problem `conflict` for a token that the same key made, and another request */
function sameRequest<Found extends Marked>(earlier: Found, mark: Mark): Found {
  if (earlier.mark.request === mark.request) return earlier;
  throw new Problem(
    "conflict",
    `The idempotency_key was used for another token: ${quote(earlier.name)} (${earlier.id}).`,
    "Use a new key for another token.",
  );
}

/** @throws Problem that names the token which is left */
async function revokeOrSay({ revoke }: Pick<Making<Marked>, "revoke">, id: string): Promise<void> {
  try {
    await revoke(id);
  } catch (cause) {
    throw new Problem(
      cause instanceof Problem ? cause.code : "provider_down",
      `The token ${quote(id, 100)} was made, nobody has its value, and it could not be revoked.`,
      "Revoke it with revoke_token.",
      { cause },
    );
  }
}

function unknown(error: unknown, name: string): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem(
    error.code,
    `${error.message} Whether the token was made before that is not known.`,
    `When the issuer answers again, look for "${quote(name)}" with list_tokens, and revoke it: nobody has its value.`,
    { cause: error },
  );
}

function perhapsLater(error: Problem, name: string): Problem {
  return new Problem(
    error.code,
    `${error.message} No token of this call is there now, but it may still be made.`,
    `In a minute look for "${quote(name)}" with list_tokens and revoke it, since nobody has its value; then call again.`,
    { cause: error },
  );
}

function lostForGood(error: Problem, name: string): Problem {
  return new Problem(
    error.code,
    `${error.message} If "${quote(name)}" was made all the same, it is not to be found: the issuer need not list tokens that live so short. Nobody has its value, and it ends by itself.`,
    "Look for it with list_tokens when the issuer answers again, then generate another one.",
    { cause: error },
  );
}

/** Whether a token may exist after this. */
function mayHaveHappened(error: unknown): error is Problem {
  return error instanceof Problem && error.code === "provider_down" && !refusedConnection(error);
}
