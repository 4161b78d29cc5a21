/** Whether tokens are genuine, for whoever has their key: the chain of signatures and the discharges of third parties. */

import type { Caveat } from "./caveat.ts";
import { bindingId, finalTail, firstTail, nextTail, same } from "./chain.ts";
import type { Reason } from "./fault.ts";
import { macaroonsOf, parseHeader } from "./header.ts";
import { type Macaroon, uuidOf } from "./macaroon.ts";
import { openTicket } from "./mint.ts";
import { unseal } from "./seal.ts";

export type TokenVerdict =
  /** `caveats`: what is left to be checked against an access; first the token's own, then those of its discharges. */
  { uuid: string; verified: true; caveats: Caveat[] } | { uuid: string; verified: false; error: Reason };

export interface Verification {
  /** Whether at least one of them is genuine. */
  verified: boolean;
  /** One for each permission token, in the header's order. */
  results: TokenVerdict[];
}

/** By location the keys of third parties whose word about users is taken. */
export type TrustedParties = Readonly<Record<string, readonly Uint8Array[]>>;
/** The key of all tokens, or of the one with this kid; `undefined` where there is none. */
export type RootKey = Uint8Array | ((kid: Uint8Array) => Uint8Array | undefined);

/**
 * Verifies every permission token of a header. What cannot be read is left out.
 * @throws MacaroonFault `no_tokens`, `too_large`
 */
export function verify(header: string, key: RootKey, trusted: TrustedParties = {}): Verification {
  const tokens = parseHeader(header);
  const discharges = macaroonsOf(tokens, "discharge");
  const results = macaroonsOf(tokens, "permission").map((token): TokenVerdict => {
    const uuid = uuidOf(token.nonce);
    const root = typeof key === "function" ? key(token.nonce.kid) : key;
    const outcome = root ? verifyToken(token, root, discharges, trusted) : "bad_signature";
    return typeof outcome === "string"
      ? { uuid, verified: false, error: outcome }
      : { uuid, verified: true, caveats: outcome };
  });
  return { verified: results.some(({ verified }) => verified), results };
}

function verifyToken(
  token: Macaroon,
  key: Uint8Array,
  discharges: readonly Macaroon[],
  trusted: TrustedParties,
): Caveat[] | Reason {
  const walked = walk(token, key);
  if (!walked) return "bad_signature";
  const { left, parties, bindings } = walked;
  for (const caveat of token.caveats) {
    if (caveat.name === "3P" && !discharges.some((one) => isFor(one, caveat.body.Ticket)))
      return "no_matching_discharge";
    if (caveat.name === "BindToParentToken") return "bound_to_other_parent";
    if (isAttestation(caveat) && !token.nonce.proof) return "attestation_in_non_proof";
  }
  const caveats = [...left];
  for (const party of parties) {
    const own = discharges.filter((one) => isFor(one, party.ticket));
    const proved = own.map((one) => verifyDischarge(one, party, bindings, trusted)).find(Boolean);
    if (!proved) return "bad_discharge";
    caveats.push(...proved);
  }
  return caveats;
}

interface Party {
  ticket: Uint8Array;
  /** The key of the discharge. */
  key: Uint8Array;
}

interface Walked {
  /** What is neither for a third party nor a binding. */
  left: Caveat[];
  parties: Party[];
  /** What a discharge may be bound to: this token at each of its steps. */
  bindings: Buffer[];
}

/** Follows the chain to its end. `undefined` when it is not signed with this key. */
function walk({ nonce, caveats, tail: given }: Macaroon, key: Uint8Array): Walked | undefined {
  let tail = firstTail(key, nonce);
  // Only who has third parties can have discharges that are bound to it.
  const binds = caveats.some(({ name }) => name === "3P");
  const walked: Walked = { left: [], parties: [], bindings: binds ? [bindingId(tail)] : [] };
  for (const caveat of caveats) {
    if (caveat.name === "3P") {
      const opened = unseal(tail, caveat.body.VerifierKey);
      if (!opened) return undefined;
      walked.parties.push({ ticket: caveat.body.Ticket, key: opened });
    } else if (caveat.name !== "BindToParentToken") walked.left.push(caveat);
    tail = nextTail(tail, caveat);
    if (binds) walked.bindings.push(bindingId(tail));
  }
  return same(nonce.proof ? finalTail(tail) : tail, given) ? walked : undefined;
}

/** @returns what is left of its caveats; `undefined` when it does not hold */
function verifyDischarge(
  discharge: Macaroon,
  { ticket, key }: Party,
  bindings: readonly Buffer[],
  trusted: TrustedParties,
): Caveat[] | undefined {
  const walked = walk(discharge, key);
  // A discharge comes without discharges of its own, so nothing in it that asks for one can hold.
  if (!walked || walked.parties.length > 0) return undefined;
  const opened = (Object.hasOwn(trusted, discharge.location) ? (trusted[discharge.location] ?? []) : [])
    .map((one) => openTicket(one, ticket))
    .filter((one) => one !== undefined);
  if (opened.some((one) => !same(one.key, key))) return undefined;
  for (const caveat of discharge.caveats) {
    if (caveat.name === "BindToParentToken" && !bindings.some((id) => startsWith(id, caveat.body)))
      return undefined;
    if (isAttestation(caveat) && !discharge.nonce.proof) return undefined;
  }
  const isTrusted = opened.length > 0;
  return walked.left.filter((caveat) => isTrusted || !isAttestation(caveat));
}

function isFor({ nonce }: Macaroon, ticket: Uint8Array): boolean {
  return same(nonce.kid, ticket);
}

function startsWith(id: Buffer, prefix: Uint8Array): boolean {
  return same(id.subarray(0, prefix.length), prefix);
}

function isAttestation({ name }: Caveat): boolean {
  return name === "FlyioUserID" || name === "GitHubUserID" || name === "GoogleUserID";
}
