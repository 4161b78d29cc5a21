/** Where the registry may be started. */
import { isLoopback } from "../../loopback.ts";

/** Whether a registry can be started there by this process: it has no TLS, and serves the root of a known port. */
export function canServe(url: URL): boolean {
  return url.protocol === "http:" && isLoopback(url.hostname) && url.port !== "0" && url.pathname === "/";
}
