/**
 * Before a key is sent, the registry has to prove that it knows that key: any program may listen at its address. What
 * the registry keeps is the key's SHA-256, so that is what both sides compute with.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../secret.ts";

/** A question that only a registry that knows the key can answer; new for each time it is asked. */
export function newChallenge(): string {
  return randomBytes(16).toString("hex");
}

/** Which key is meant; says nothing about it to those who do not have it. */
export function keyId(key: Secret): string {
  return sha256(sha256(key.reveal())).toString("hex");
}

/** @param proof what the registry answered: HMAC-SHA256 (hex) of the challenge, or anything else */
export function proves(proof: unknown, key: Secret, challenge: string): boolean {
  const expected = createHmac("sha256", sha256(key.reveal())).update(challenge).digest();
  const given = Buffer.from(typeof proof === "string" ? proof : "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
