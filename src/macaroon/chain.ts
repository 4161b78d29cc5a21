/** The signature: a chain of HMAC-SHA256 in which each tail is the key for the next caveat. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Caveat } from "./caveat.ts";
import type { Nonce } from "./macaroon.ts";

/** What comes before type and body: the header of an array of two. */
const pair = Uint8Array.of(0x92);

/** The tail of a macaroon without caveats. */
export function firstTail(key: Uint8Array, nonce: Nonce): Buffer {
  return createHmac("sha256", key).update(nonce.bytes).digest();
}

export function nextTail(tail: Uint8Array, { bytes }: Caveat): Buffer {
  return createHmac("sha256", tail).update(pair).update(bytes).digest();
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

/** As it is signed, for those who compare it with other implementations. */
export function packed({ bytes }: Caveat): Buffer {
  return Buffer.concat([pair, bytes]);
}
