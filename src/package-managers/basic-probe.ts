/** Whether a registry knows user and password, for every client that sends Basic authentication. */
import type { Target, Verification } from "./package-manager.ts";
import { basic, probe, proveCredential } from "./probe.ts";

/**
 * One GET, or two (see `proveCredential`).
 *
 * @param url without credentials
 */
export function probeWithBasic(
  url: string,
  { username, secret }: Target,
  fetch: typeof globalThis.fetch,
  accept = "*/*",
): Promise<Verification> {
  return probe(url, (page) => proveCredential(fetch, page, basic(username, secret.reveal()), accept));
}
