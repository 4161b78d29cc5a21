/** The signature: a chain of HMAC-SHA256 in which each tail is the key for the next caveat. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Caveat } from "./caveat.ts";
import type { Nonce } from "./macaroon.ts";

/** The tail of a macaroon without caveats. */
export function firstTail(key: Uint8Array, nonce: Nonce): Buffer {
  return createHmac("sha256", key).update(nonce.bytes).digest();
}

export function nextTail(tail: Uint8Array, caveat: Caveat): Buffer {
  return createHmac("sha256", tail).update(packed(caveat)).digest();
}

/** The tail of a proof to which nobody can add anything. */
export function finalTail(tail: Uint8Array): Buffer {
  return createHmac("sha256", "proof-signature-finalization").update(tail).digest();
}

/** What others bind to: see BindToParentToken. */
export function bindingId(tail: Uint8Array): Buffer {
  return createHash("sha256").update(tail).digest();
}

/** In constant time. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A caveat as it is signed: an array of its type and body. */
export function packed({ bytes }: Caveat): Buffer {
  const whole = Buffer.allocUnsafe(1 + bytes.length);
  whole[0] = 0x92;
  whole.set(bytes, 1);
  return whole;
}
