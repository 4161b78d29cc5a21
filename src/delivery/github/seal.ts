/** libsodium's sealed boxes (crypto_box_seal), the form in which GitHub takes a secret. */

/** The length of a public key in bytes. */
export const keyLength = 32;

/**
 * Seals a text so that only the holder of the private key can read it. The library, half a megabyte of WebAssembly, is
 * loaded when this is first called.
 * @returns base64, standard
 */
export async function seal(text: string, publicKey: Uint8Array): Promise<string> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  return sodium.to_base64(sodium.crypto_box_seal(text, publicKey), sodium.base64_variants.ORIGINAL);
}
