/** A Bearer credential (RFC 6750), for those who take no other. */

/** @param authorization the header @returns `undefined` when there is none, or it is of another scheme */
export function bearerIn(authorization: string | null): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
}
