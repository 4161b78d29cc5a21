/** Who is let in: the bearers that the operator has handed out, then the access tokens of the authorization server. */
import { checkAccessToken, type Expected, isJwt } from "./access-tokens.ts";
import type { Bearers } from "./bearers.ts";
import { type Admission, NotAdmitted } from "./caller.ts";

export function admission(bearers: Bearers, oauth: Expected | undefined): Admission {
  return async (bearer) => {
    const known = bearers(bearer);
    if (known) return known;
    if (!oauth) throw new NotAdmitted("unknown");
    if (!isJwt(bearer)) throw new NotAdmitted("malformed");
    return checkAccessToken(bearer, oauth);
  };
}
