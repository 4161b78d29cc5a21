/** Where a credential may be sent. */
import { isLoopback } from "../loopback.ts";
import { Problem } from "../problem.ts";

/**
 * @param setting the name of the one that holds the address
 * @throws Problem `unsafe_location` for an address that no credential may be sent to
 */
export function checkAddress(text: string, setting: string): URL {
  const url = new URL(text);
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw new Problem(
      "unsafe_location",
      `The key for ${url.host} would travel unencrypted.`,
      `Use https://${url.host} in ${setting}, or an address on this machine.`,
    );
  return url;
}
