/** Whether tokens are genuine, for whoever has their key: the chain of signatures and the discharges of third parties. */

import type { Caveat } from "./caveat.ts";
import { bindingId, finalTail, firstTail, nextTail, same } from "./chain.ts";
import type { Reason } from "./fault.ts";
import { macaroonsOf, parseHeader } from "./header.ts";
import { type Macaroon, uuidOf } from "./macaroon.ts";
import { readTicket } from "./mint.ts";
import { bufferOf } from "./reader.ts";
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
 * What the discharges of one header may cost, in HMACs or what takes as long: far more than any honest ones do. Without
 * an end, a header of caveats that all ask for the same crowd of discharges would take minutes.
 */
const patience = 2 ** 17;

interface Bag {
  /** By ticket, which is their kid. */
  discharges: ReadonlyMap<string, readonly Macaroon[]>;
  trusted: TrustedParties;
  patience: number;
}

/**
 * Verifies every permission token of a header. What cannot be read is left out.
 * @throws MacaroonFault `no_tokens`, `too_large`
 */
export function verify(header: string, key: RootKey, trusted: TrustedParties = {}): Verification {
  const tokens = parseHeader(header);
  const discharges = new Map<string, Macaroon[]>();
  for (const one of macaroonsOf(tokens, "discharge")) {
    const ticket = keyOf(one.nonce.kid);
    discharges.set(ticket, [...(discharges.get(ticket) ?? []), one]);
  }
  const bag = { discharges, trusted, patience };
  const results = macaroonsOf(tokens, "permission").map((token): TokenVerdict => {
    const uuid = uuidOf(token.nonce);
    const root = typeof key === "function" ? key(token.nonce.kid) : key;
    const outcome = root ? verifyToken(token, root, bag) : "bad_signature";
    return typeof outcome === "string"
      ? { uuid, verified: false, error: outcome }
      : { uuid, verified: true, caveats: outcome };
  });
  return { verified: results.some(({ verified }) => verified), results };
}

function verifyToken(token: Macaroon, key: Uint8Array, bag: Bag): Caveat[] | Reason {
  const walked = walk(token, key);
  if (!walked) return "bad_signature";
  for (const caveat of token.caveats) {
    if (caveat.name === "3P" && !bag.discharges.has(keyOf(caveat.body.Ticket)))
      return "no_matching_discharge";
    if (caveat.name === "BindToParentToken") return "bound_to_other_parent";
    if (isAttestation(caveat) && !token.nonce.proof) return "attestation_in_non_proof";
  }
  const proofs = new Map<Macaroon, Caveat[]>();
  let ids: Buffer[] | undefined;
  const bindings = () => {
    ids ??= walked.tails.map(bindingId);
    return ids;
  };
  for (const party of walked.parties) {
    const proof = findProof(party, bindings, bag);
    if (!proof) return "bad_discharge";
    // Once each, however many caveats it is for.
    proofs.set(...proof);
  }
  return [walked.left, ...proofs.values()].flat();
}

/** The first discharge that holds, and what is left of its caveats. */
function findProof(party: Party, bindings: () => Buffer[], bag: Bag): [Macaroon, Caveat[]] | undefined {
  for (const one of bag.discharges.get(keyOf(party.ticket)) ?? []) {
    const left = verifyDischarge(one, party, bindings, bag);
    if (left) return [one, left];
  }
  return undefined;
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
  /** Each step: a discharge may be bound to any of them. */
  tails: Uint8Array[];
}

/** Follows the chain to its end. `undefined` when it is not signed with this key. */
function walk({ nonce, caveats, tail: given }: Macaroon, key: Uint8Array): Walked | undefined {
  let tail = firstTail(key, nonce);
  const walked: Walked = { left: [], parties: [], tails: [tail] };
  for (const caveat of caveats) {
    if (caveat.name === "3P") {
      const opened = unseal(tail, caveat.body.VerifierKey);
      if (!opened) return undefined;
      walked.parties.push({ ticket: caveat.body.Ticket, key: opened });
    } else if (caveat.name !== "BindToParentToken") walked.left.push(caveat);
    tail = nextTail(tail, caveat);
    walked.tails.push(tail);
  }
  return same(nonce.proof ? finalTail(tail) : tail, given) ? walked : undefined;
}

/** @returns what is left of its caveats; `undefined` when it does not hold */
function verifyDischarge(
  discharge: Macaroon,
  { ticket, key }: Party,
  bindings: () => Buffer[],
  bag: Bag,
): Caveat[] | undefined {
  bag.patience -= discharge.caveats.length + ticket.length / 64 + 8;
  if (bag.patience < 0) return undefined;
  const walked = walk(discharge, key);
  // A discharge comes without discharges of its own, so nothing in it that asks for one can hold.
  if (!walked || walked.parties.length > 0) return undefined;
  const opened = (Object.hasOwn(bag.trusted, discharge.location) ? bag.trusted[discharge.location] : [])
    ?.map((one) => unseal(one, ticket))
    .filter((plain) => plain !== undefined);
  // What a trusted party sealed has to be a ticket, with this very key.
  if (opened?.some((plain) => !isTicketWith(key, plain))) return undefined;
  const isTrusted = opened !== undefined && opened.length > 0;
  for (const caveat of discharge.caveats) {
    if (caveat.name === "BindToParentToken" && !isBound(caveat.body, bindings(), bag)) return undefined;
    if (isAttestation(caveat) && !discharge.nonce.proof) return undefined;
  }
  return walked.left.filter((caveat) => isTrusted || !isAttestation(caveat));
}

function isTicketWith(key: Uint8Array, plain: Uint8Array): boolean {
  const ticket = readTicket(plain);
  return ticket !== undefined && same(ticket.key, key);
}

function isBound(prefix: Uint8Array, bindings: readonly Buffer[], bag: Bag): boolean {
  bag.patience -= bindings.length;
  return bag.patience >= 0 && bindings.some((id) => same(id.subarray(0, prefix.length), prefix));
}

function isAttestation({ name }: Caveat): boolean {
  return name === "FlyioUserID" || name === "GitHubUserID" || name === "GoogleUserID";
}

/** The same for the same bytes. Not for what is secret. */
function keyOf(bytes: Uint8Array): string {
  return bufferOf(bytes).toString("latin1");
}
