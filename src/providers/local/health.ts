/** Who answers at the registry's address: its own word for it, with a proof (openapi/fly.yaml, getHealth). */
import type { Secret } from "../../secret.ts";
import { refusal, refusedConnection, send } from "../http.ts";
import { keyId } from "./proof.ts";

export interface Health {
  /** Whether it says that it is a registry of ours. */
  isRegistry: boolean;
  /** Not checked yet. */
  proof: unknown;
}

/** Milliseconds. What does not say who it is by then is not a registry. */
const timeout = 5_000;

/**
 * @param key which one has to be proved; the first admin's when left out
 * @returns `undefined` when nobody listens there
 * @throws Problem `provider_down`
 */
export async function askHealth(
  base: string,
  challenge: string,
  key: Secret | undefined,
  fetch: typeof globalThis.fetch,
): Promise<Health | undefined> {
  const query = new URLSearchParams({ challenge, ...(key && { key_id: keyId(key) }) });
  try {
    const response = await send(new Request(`${base}/fly/api/v1/health?${query}`), fetch, { timeout });
    if (response.status >= 500)
      throw refusal(response, `What answers at ${base} has a fault of its own (${response.status}).`, {});
    return healthIn(await response.text());
  } catch (error) {
    if (refusedConnection(error)) return undefined;
    throw error;
  }
}

function healthIn(text: string): Health {
  try {
    const { service, proof } = Object(JSON.parse(text)) as Record<string, unknown>;
    return { isRegistry: service === "fly-tokens-registry", proof };
  } catch {
    return { isRegistry: false, proof: undefined };
  }
}
