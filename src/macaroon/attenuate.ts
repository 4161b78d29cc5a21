/** Narrowing a token, without its key and without asking anyone. */

import { type Caveat, type CaveatJson, caveatOf } from "./caveat.ts";
import { nextTail } from "./chain.ts";
import { MacaroonFault } from "./fault.ts";
import { formatHeader, parseHeader } from "./header.ts";
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
  const macaroons = tokens.flatMap((token) => ("macaroon" in token ? [token.macaroon] : []));
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
export function narrowed(macaroon: Macaroon, added: readonly Caveat[]): Macaroon {
  if (macaroon.nonce.proof) throw new MacaroonFault("finalized_proof");
  const present = new Set(macaroon.caveats.map(keyOf));
  const parties = new Set(macaroon.caveats.map(partyOf));
  const fresh = added.filter((one) => {
    if (one.name === "FlyioUserID" || one.name === "GitHubUserID" || one.name === "GoogleUserID")
      throw new MacaroonFault("attestation_not_allowed");
    if (present.has(keyOf(one))) return false;
    if (one.name === "3P" && parties.has(partyOf(one))) throw new MacaroonFault("duplicate_3p");
    present.add(keyOf(one));
    parties.add(partyOf(one));
    return true;
  });
  if (fresh.length === 0) return macaroon;
  return makeMacaroon({
    ...macaroon,
    caveats: [...macaroon.caveats, ...fresh],
    tail: fresh.reduce<Uint8Array>(nextTail, macaroon.tail),
  });
}

/** The same for the same bytes. */
function keyOf({ bytes }: Caveat): string {
  return bytes.toString("latin1");
}

/** The third party that it asks for. */
function partyOf(caveat: Caveat): string | undefined {
  return caveat.name === "3P" ? caveat.body.Location : undefined;
}
