/** Narrowing a token, without its key and without asking anyone. */

import { type Caveat, type CaveatJson, caveatOf } from "./caveat.ts";
import { nextTail } from "./chain.ts";
import { MacaroonFault } from "./fault.ts";
import { formatHeader, parseHeader } from "./header.ts";
import { type Macaroon, makeMacaroon, permissionLocation } from "./macaroon.ts";

/**
 * Adds caveats to every macaroon of a location, in place. All others keep their bytes; an OAuth token is dropped, since
 * with it in the bag nothing would be narrowed.
 * @returns the new header, with the scheme `FlyV1`
 * @throws MacaroonFault for a header that has a token which cannot be read, for caveats that cannot be added
 */
export function attenuate(
  header: string,
  caveats: readonly CaveatJson[],
  location: string = permissionLocation,
): string {
  const tokens = parseHeader(header);
  for (const token of tokens) if (token.kind === "bad") throw token.fault;
  const macaroons = tokens.flatMap((token) => ("macaroon" in token ? [token.macaroon] : []));
  if (!macaroons.some((one) => one.location === location)) throw new MacaroonFault("no_permission_token");
  const added = caveats.map((one) => caveatOf(one));
  return formatHeader(macaroons.map((one) => (one.location === location ? narrowed(one, added) : one)));
}

/** @throws MacaroonFault `finalized_proof`, `attestation_not_allowed`, `duplicate_3p` */
export function narrowed(macaroon: Macaroon, added: readonly Caveat[]): Macaroon {
  if (macaroon.nonce.proof) throw new MacaroonFault("finalized_proof");
  const caveats = [...macaroon.caveats];
  for (const one of added) {
    if (one.name === "FlyioUserID" || one.name === "GitHubUserID" || one.name === "GoogleUserID")
      throw new MacaroonFault("attestation_not_allowed");
    if (caveats.some(({ bytes }) => one.bytes.equals(bytes))) continue;
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
