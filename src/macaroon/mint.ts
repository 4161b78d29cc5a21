/** New macaroons, for whoever has a key: the local fake of Fly.io, third parties, tests. */
import { randomBytes } from "node:crypto";
import { type Caveat, type CaveatJson, caveatList, caveatOf, makeCaveat } from "./caveat.ts";
import { bindingId, finalTail, firstTail, nextTail } from "./chain.ts";
import { type Macaroon, makeMacaroon, makeNonce, permissionLocation, tailLength } from "./macaroon.ts";
import { Reader } from "./reader.ts";
import { seal, unseal } from "./seal.ts";
import { Writer } from "./writer.ts";

export interface ThirdParty {
  location: string;
  /** The 32 bytes that issuer and third party share. */
  key: Uint8Array;
}

export interface MintRequest {
  key: Uint8Array;
  /** `rnd`: 16 random bytes unless given. */
  nonce: { kid: Uint8Array; rnd?: Uint8Array; proof?: boolean; version?: 0 | 1 };
  location?: string;
  /** Types without a name may be given by their `raw` bytes. */
  caveats: readonly CaveatJson[];
  /** Who has to agree, each with a caveat of its own at the end. */
  thirdParties?: readonly ThirdParty[];
}

/** @throws MacaroonFault `unknown_caveat`, `bad_caveat` */
export function mint({
  key,
  nonce: { kid, rnd = randomBytes(16), proof = false, version = 1 },
  location = permissionLocation,
  caveats: given,
  thirdParties = [],
}: MintRequest): Macaroon {
  const nonce = makeNonce({ version, kid, rnd, proof });
  const caveats = given.map((one) => caveatOf(one, { raw: true }));
  let tail = caveats.reduce(nextTail, firstTail(key, nonce));
  for (const party of thirdParties) {
    const caveat = thirdPartyCaveat(party, tail);
    caveats.push(caveat);
    tail = nextTail(tail, caveat);
  }
  return makeMacaroon({ nonce, location, caveats, tail: proof ? finalTail(tail) : tail });
}

/** @param tail of the macaroon, just before this caveat */
function thirdPartyCaveat({ location, key }: ThirdParty, tail: Uint8Array): Caveat {
  const discharge = randomBytes(tailLength);
  const writer = new Writer().array(2).binary(discharge);
  caveatList.write(writer, []);
  return makeCaveat("3P", {
    Location: location,
    VerifierKey: seal(tail, discharge),
    Ticket: seal(key, writer.finish()),
  });
}

/** What a ticket holds: the key for the discharge, and what is to be checked before it is given. */
export interface OpenTicket {
  key: Uint8Array;
  caveats: readonly Caveat[];
}

/** @returns `undefined` when the key does not open it, or what is inside is no ticket */
export function openTicket(key: Uint8Array, ticket: Uint8Array): OpenTicket | undefined {
  const plain = unseal(key, ticket);
  return plain && readTicket(plain);
}

/** @returns `undefined` when it is no ticket */
export function readTicket(plain: Uint8Array): OpenTicket | undefined {
  try {
    const reader = new Reader(plain);
    if (reader.array() !== 2) return undefined;
    return { key: reader.binary(), caveats: caveatList.read(reader, 0) ?? [] };
  } catch {
    return undefined;
  }
}

/**
 * A third party's proof that it agrees. Its caveats are the third party's own; those in the ticket it has to have checked.
 * @param bindTo the macaroon with which alone it is good
 * @returns `undefined` for a ticket that is not for this key
 */
export function discharge(
  { location, key }: ThirdParty,
  ticket: Uint8Array,
  caveats: readonly CaveatJson[] = [],
  bindTo?: Macaroon,
): Macaroon | undefined {
  const open = openTicket(key, ticket);
  if (!open) return undefined;
  const bound = bindTo
    ? [{ type: "BindToParentToken", body: bindingId(bindTo.tail).subarray(0, 16).toString("base64") }]
    : [];
  return mint({
    key: open.key,
    nonce: { kid: ticket, proof: true },
    location,
    caveats: [...caveats, ...bound],
  });
}
