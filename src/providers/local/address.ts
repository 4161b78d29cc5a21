/** Where the registry may be, and where one may be started. */
import { Problem } from "../../problem.ts";

/** @throws Problem `unsafe_location` for an address that no key may be sent to */
export function checkAddress(text: string): URL {
  const url = new URL(text);
  if (url.protocol === "http:" && !isLoopback(url))
    throw new Problem(
      "unsafe_location",
      `The key for ${url.host} would travel unencrypted.`,
      `Use https://${url.host} in FLY_TOKENS_LOCAL_URL, or a registry on this machine.`,
    );
  return url;
}

/** Whether a registry can be started there by this process: it has no TLS, and serves the root of a known port. */
export function canServe(url: URL): boolean {
  return url.protocol === "http:" && isLoopback(url) && url.port !== "0" && url.pathname === "/";
}

function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
