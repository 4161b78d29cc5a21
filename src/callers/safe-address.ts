/** Addresses to which other machines are sent. */
import { isLoopback } from "../loopback.ts";
import { Problem } from "../problem.ts";

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
