/**
 * The mark that a token carries where its issuer keeps text beside it: one letter and 28 hexadecimal digits. By it a
 * token is found again when the answer to its creation was lost, or when a call is repeated. It is left out where a
 * token is shown.
 *
 * | digits | of |
 * |---|---|
 * | 12 | after `k`, the SHA-256 of the caller's idempotency key; after `r`, random for this call |
 * | 8 | the SHA-256 of the request, which is not the same for another one with the same key |
 * | 8 | random for each attempt, so that one's own attempts can be told from another process's |
 */
import { createHash, randomBytes } from "node:crypto";

export interface Mark {
  /** Of the call. */
  call: string;
  /** Of what was asked for. */
  request: string;
  /** Of the attempt. */
  attempt: string;
}

/** @param request what makes it another one; as JSON */
export function newMark(idempotencyKey: string | undefined, request: unknown): Mark {
  const call =
    idempotencyKey === undefined
      ? `r${randomBytes(6).toString("hex")}`
      : `k${hash(`fly-tokens idempotency key ${idempotencyKey}`, 12)}`;
  return nextAttempt({ call, request: hash(JSON.stringify(request), 8), attempt: "" });
}

export function nextAttempt(mark: Mark): Mark {
  return { ...mark, attempt: randomBytes(4).toString("hex") };
}

export function writeMark({ call, request, attempt }: Mark): string {
  return call + request + attempt;
}

/** `undefined` for a text that is no mark. */
export function readMark(text: string): Mark | undefined {
  const [, call, request, attempt] = /^([kr][0-9a-f]{12})([0-9a-f]{8})([0-9a-f]{8})$/.exec(text) ?? [];
  return call && request && attempt ? { call, request, attempt } : undefined;
}

function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
