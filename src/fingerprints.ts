/** By which a value is known again without it. Apart from `Secret`, since every start would pay for what hashes it. */
import { createHash } from "node:crypto";
import { partsOf, type Secret } from "./secret.ts";

/** SHA-256 (hex) by which a value is known again without it: of all of it, then of each token in it. */
export function fingerprintsOf(secret: Secret): string[] {
  return partsOf(secret.reveal()).map((part) => createHash("sha256").update(part).digest("hex"));
}

/** Whether a value, or a token in it, is one of those whose fingerprints are given. */
export function isAmong(secret: Secret, fingerprints: readonly string[]): boolean {
  return fingerprintsOf(secret).some((one) => fingerprints.includes(one));
}
