/**
 * The mark at the end of a token's name at Fly.io, ` #k` or ` #r` and 28 hexadecimal digits: by it a token is found again
 * when the answer to its creation was lost, or when a call is repeated. It is left out where a token is shown.
 *
 * | digits | of |
 * |---|---|
 * | 12 | the SHA-256 of the caller's idempotency key (`#k`), or random for this call (`#r`) |
 * | 8 | the SHA-256 of the request, which is not the same for another one with the same key |
 * | 8 | random for each attempt, so that one's own attempts can be told from another process's |
 */
import { createHash, randomBytes } from "node:crypto";

const form = / #([kr][0-9a-f]{12})([0-9a-f]{8})([0-9a-f]{8})$/;

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

export function withMark(name: string, { call, request, attempt }: Mark): string {
  return `${name} #${call}${request}${attempt}`;
}

/** A name at Fly.io as its two parts. */
export function splitMark(name: string): { name: string; mark?: Mark } {
  const [whole, call, request, attempt] = form.exec(name) ?? [];
  if (whole === undefined || !call || !request || !attempt) return { name };
  return { name: name.slice(0, -whole.length), mark: { call, request, attempt } };
}

function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
