/** The operating system's own store of secrets (Keychain, Credential Manager, Secret Service), by @napi-rs/keyring. */
import type { Keychain } from "./delivery/delivery.ts";
import { Problem } from "./problem.ts";

const missing = async (): Promise<never> => {
  throw new Problem("unsupported", "There is no keychain here yet.", "Use deliver_to file.");
};

export const keychain: Keychain = { get: missing, set: missing, delete: missing };
