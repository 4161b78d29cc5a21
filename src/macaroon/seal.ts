/** Third-party caveats are sealed with ChaCha20-Poly1305 (RFC 8439): a nonce of 12 bytes, the text, a tag of 16. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const algorithm = "chacha20-poly1305";
const nonceLength = 12;
const tagLength = 16;

/** @param key 32 bytes */
export function seal(key: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @returns `undefined` when the key does not open it */
export function unseal(key: Uint8Array, box: Uint8Array): Buffer | undefined {
  const end = box.length - tagLength;
  if (end < nonceLength || key.length !== 32) return undefined;
  const decipher = createDecipheriv(algorithm, key, box.subarray(0, nonceLength), {
    authTagLength: tagLength,
  });
  decipher.setAuthTag(box.subarray(end));
  try {
    return Buffer.concat([decipher.update(box.subarray(nonceLength, end)), decipher.final()]);
  } catch {
    return undefined;
  }
}
