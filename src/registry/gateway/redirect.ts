/** Where an upstream sends a client. */
import type { Upstream } from "./upstream.ts";

/**
 * What a Location becomes: an address of ours when it is below the upstream's base; as it is when it leads a reader to
 * another host, a file store's, where it brings no credential.
 * @param asked path below the base that was asked for
 * @param ours where clients reach the upstream: URL without a slash at its end
 * @returns `undefined` when nobody can be sent there: a place of the upstream's beside its base, our own host name on
 *   another port (clients take their credential there), an address with the gateway's credential in it, or anywhere else with something to write
 */
export function locationFor(
  location: string,
  upstream: Upstream,
  asked: string,
  ours: string,
  reads: boolean,
): string | undefined {
  const from = `${upstream.secure ? "https" : "http"}://${upstream.host}${upstream.base}${asked}`;
  if (!URL.canParse(location, from)) return undefined;
  const to = new URL(location, from);
  if (!/^https?:$/.test(to.protocol) || to.username || to.password) return undefined;
  if (upstream.credential.some((secret) => decoded(to.href).includes(secret))) return undefined;
  if (isOwn(to, upstream)) {
    const rest = to.pathname.slice(upstream.base.length);
    const isBelow = to.pathname.startsWith(upstream.base) && /^(\/|$)/.test(rest);
    return isBelow ? new URL(ours).pathname + rest + to.search : undefined;
  }
  return reads && to.hostname !== new URL(ours).hostname ? to.href : undefined;
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** With either scheme: what is behind a proxy with TLS often names the other. */
function isOwn(to: URL, { host, hostname, port }: Upstream): boolean {
  if (to.host === host) return true;
  const same = to.hostname.replace(/^\[|\]$/g, "") === hostname;
  return same && (to.port || (to.protocol === "https:" ? "443" : "80")) === `${port}`;
}
