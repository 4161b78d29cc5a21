/** Narrowing a token, without its key and without asking anyone. */

import { type Caveat, type CaveatJson, caveatOf } from "./caveat.ts";
import { nextTail } from "./chain.ts";
import { MacaroonFault } from "./fault.ts";
import { formatHeader, macaroonsOf, parseHeader } from "./header.ts";
import { longest, mostAdded } from "./limits.ts";
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
  if (caveats.length > mostAdded)
    throw new MacaroonFault("too_large", `More than ${mostAdded} caveats are to be added.`);
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
  const caveats = [...macaroon.caveats];
  for (const one of added) {
    if (one.name === "FlyioUserID" || one.name === "GitHubUserID" || one.name === "GoogleUserID")
      throw new MacaroonFault("attestation_not_allowed");
    if (caveats.some(({ bytes }) => bytes.length === one.bytes.length && bytes.equals(one.bytes))) continue;
    if (one.name === "3P" && caveats.some((other) => isFor(other, one.body.Location)))
      throw new MacaroonFault("duplicate_3p");
    caveats.push(one);
  }
  const fresh = caveats.slice(macaroon.caveats.length);
  if (fresh.length === 0) return macaroon;
  return makeMacaroon({ ...macaroon, caveats, tail: fresh.reduce<Uint8Array>(nextTail, macaroon.tail) });
}

function isFor(caveat: Caveat, location: string): boolean {
  return caveat.name === "3P" && caveat.body.Location === location;
}
