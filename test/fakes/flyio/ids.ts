/** Identifiers that look like the product's. */
import { randomBytes, randomInt } from "node:crypto";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function text(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}

/** Of an organization, a user or a token: opaque, of changing length, and nothing can be read off it. */
export function nodeId(): string {
  return text(randomInt(16, 24));
}

/** A user's session: an OAuth token, not a macaroon. */
export function oauthToken(): string {
  return `fo1_${randomBytes(32).toString("base64url")}`;
}

export function machineId(): string {
  return randomBytes(7).toString("hex");
}

/** Above what 32 bits hold, since caveats and BigInt must carry it; an app's is a GraphQL Int and must not be. */
export function organizationNumber(): number {
  return 2 ** 32 + randomInt(2 ** 31);
}

export function appNumber(): number {
  return randomInt(1_000_000, 2 ** 31 - 1);
}

export function userNumber(): number {
  return randomInt(100_000, 10_000_000);
}
