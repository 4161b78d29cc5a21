/** Where the registry may be, and where one may be started. */
import { Problem } from "../../problem.ts";

/** @throws Problem `not_configured`, `unsafe_location` for an address that no key may be sent to */
export function checkAddress(text: string): URL {
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    throw new Problem(
      "not_configured",
      "FLY_TOKENS_LOCAL_URL has a user name, a password, a query or a fragment.",
      "Give the URL without them; a key belongs into FLY_TOKENS_LOCAL_KEY.",
    );
  if (url.protocol === "http:" && !isLoopback(url))
    throw new Problem(
      "unsafe_location",
      `The key for ${url.host} would travel unencrypted.`,
      `Use https://${url.host} in FLY_TOKENS_LOCAL_URL, or a registry on this machine.`,
    );
  return url;
}

/** Whether a registry can be started inside this process: it has no TLS, and serves at the root alone. */
export function canServe(url: URL): boolean {
  return url.protocol === "http:" && isLoopback(url) && url.pathname === "/";
}

function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
