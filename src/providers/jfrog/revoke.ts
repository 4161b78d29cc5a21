/** Ending a token. The platform forgets it at once, so it is written down before. */
import { Problem } from "../../problem.ts";
import type { Token } from "../provider.ts";
import { refused } from "./answers.ts";
import { type Entry, isForgotten, remembered } from "./journal.ts";
import { hasExpired, model } from "./model.ts";
import { type Known, memoryOf, notFound, recordById } from "./records.ts";
import { since } from "./version.ts";

/** @throws Problem `not_found`, `forbidden`, `conflict` for a token of another instance, `unsupported` */
export async function revoke(known: Known, id: string): Promise<"revoked" | "already_revoked"> {
  const { session } = known;
  const found = await lookUp(known, id);
  if (!found) throw notFound();
  const { token, isListed } = found;
  if (token.status === "revoked") return "already_revoked";
  if (isListed) await note(known, "revoking", token);
  const { response, error } = await session.api.DELETE("/access/api/v1/tokens/{token_id}", {
    params: { path: { token_id: id } },
    // What the answer holds, if anything, is not documented.
    parseAs: "text",
  });
  if (response.status === 400) throw notHere(refused(response, error, session.credential), token);
  if (!response.ok) throw refused(response, error, session.credential);
  // "Not found or already revoked": what it was has to be looked at.
  if (response.status === 204) await checkGone(known, token, isListed);
  await note(known, "revoked", token);
  return "revoked";
}

/**
 * What there is to revoke, and whether the platform lists it. What was made here is revoked also while the platform
 * cannot be asked about it: nobody may have its value. @throws Problem
 */
async function lookUp(known: Known, id: string): Promise<{ token: Token; isListed: boolean } | undefined> {
  let failure: unknown;
  const record = await recordById(known.session, id).catch((error) => {
    failure = error;
    return undefined;
  });
  if (record) return { token: model(record, known.now()), isListed: true };
  const memory = (await memoryOf(known)).get(id);
  if (failure === undefined) {
    const token = memory && remembered(memory, known.now());
    return token && { token, isListed: false };
  }
  if (!memory || memory.revoked) throw failure;
  return { token: memory.token, isListed: !isForgotten(memory.token) };
}

/** 400 has two reasons, of which one is documented: another instance issued it; and it lives too short. */
function notHere(refusal: Problem, token: Token): Problem {
  if (/instance/i.test(refusal.message))
    return new Problem(
      "conflict",
      refusal.message,
      "Revoke it at the instance of the platform that issued it.",
      { cause: refusal },
    );
  if (!/revocable/i.test(refusal.message)) return refusal;
  return new Problem(
    "unsupported",
    `${refusal.message} It cannot be revoked before it ends${endOf(token)}.`,
    `Wait for its end. Tokens that live less than six hours can be revoked only if they were made so, which platforms before ${since.forceRevocable} cannot.`,
    { cause: refusal },
  );
}

function endOf({ expires_at }: Token): string {
  return expires_at === null ? "" : `, at ${expires_at}`;
}

/** @throws Problem when the token lives on */
async function checkGone(known: Known, token: Token, wasListed: boolean): Promise<void> {
  if (await recordById(known.session, token.id))
    throw new Problem(
      "unsupported",
      `The platform says that there was nothing to revoke, but the token is still there.`,
      `Try again, or wait for its end${endOf(token)}.`,
    );
  if (wasListed || hasExpired(token, known.now())) return;
  throw new Problem(
    "unsupported",
    `The platform does not store tokens that live less than three hours, and cannot revoke this one before it ends${endOf(token)}.`,
    "Wait for its end.",
  );
}

/** That something could not be written down must not keep a token alive. */
async function note({ session, journal, now }: Known, event: Entry["event"], token: Token): Promise<void> {
  try {
    const by = await session.username();
    await journal.append({ event, at: now().toISOString(), url: session.credential.url, by, token });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}
