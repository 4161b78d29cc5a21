/** What stays on this machine. */
import { Problem } from "../problem.ts";

/** @param host a name or an address; of IPv6 with or without brackets */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host);
}

/**
 * An address that nobody on the way can answer for: https, or on this machine.
 * @param what its name, for people
 * @throws Problem `not_configured`
 */
export function safeAddress(text: string, what: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return text;
  throw new Problem(
    "not_configured",
    `${what} is not an https address.`,
    "Use https, or an address on this machine.",
  );
}
