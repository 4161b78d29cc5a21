/** Narrowing a token, without its key and without asking anyone. */

import { type Caveat, type CaveatJson, caveatOf } from "./caveat.ts";
import { nextTail } from "./chain.ts";
import { MacaroonFault } from "./fault.ts";
import { formatHeader, macaroonsOf, parseHeader } from "./header.ts";
import { longest } from "./limits.ts";
import { type Macaroon, makeMacaroon, permissionLocation } from "./macaroon.ts";

/**
 * Adds caveats to every macaroon of a location, in place. All others keep their bytes; an OAuth token is dropped, since
 * with it in the bag nothing would be narrowed.
 * @returns the new header, with the scheme `FlyV1`
 * @throws MacaroonFault for a header that has a token which cannot be read, for caveats that cannot be added, or so many
 * that nobody could read the result
 */
export function attenuate(
  header: string,
  caveats: readonly CaveatJson[],
  location: string = permissionLocation,
): string {
  const tokens = parseHeader(header);
  for (const token of tokens) if (token.kind === "bad") throw token.fault;
  const macaroons = macaroonsOf(tokens);
  if (!macaroons.some((one) => one.location === location)) throw new MacaroonFault("no_permission_token");
  const added = caveats.map((one) => caveatOf(one));
  let size = 0;
  const all = macaroons.map((one) => {
    const next = one.location === location ? narrowed(one, added) : one;
    size += next.bytes.length;
    if (size > longest) throw new MacaroonFault("too_large");
    return next;
  });
  const narrower = formatHeader(all);
  if (narrower.length > longest) throw new MacaroonFault("too_large");
  return narrower;
}

/** @throws MacaroonFault `finalized_proof`, `attestation_not_allowed`, `duplicate_3p` */
function narrowed(macaroon: Macaroon, added: readonly Caveat[]): Macaroon {
  if (macaroon.nonce.proof) throw new MacaroonFault("finalized_proof");
  const present = new Set<string>();
  for (const one of macaroon.caveats) present.add(keyOf(one));
  const parties = new Set(added.some(isForParty) ? macaroon.caveats.map(partyOf) : []);
  const fresh: Caveat[] = [];
  for (const one of added) {
    if (one.name === "FlyioUserID" || one.name === "GitHubUserID" || one.name === "GoogleUserID")
      throw new MacaroonFault("attestation_not_allowed");
    const key = keyOf(one);
    if (present.has(key)) continue;
    if (isForParty(one) && parties.has(partyOf(one))) throw new MacaroonFault("duplicate_3p");
    present.add(key);
    parties.add(partyOf(one));
    fresh.push(one);
  }
  if (fresh.length === 0) return macaroon;
  const tail = fresh.reduce<Uint8Array>(nextTail, macaroon.tail);
  return makeMacaroon({ ...macaroon, caveats: [...macaroon.caveats, ...fresh], tail });
}

/** The same for the same bytes. */
function keyOf({ bytes }: Caveat): string {
  return bytes.toString("latin1");
}

function isForParty({ name }: Caveat): boolean {
  return name === "3P";
}

/** The third party that it asks for. */
function partyOf(caveat: Caveat): string | undefined {
  return caveat.name === "3P" ? caveat.body.Location : undefined;
}
