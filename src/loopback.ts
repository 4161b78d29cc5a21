/** What stays on this machine. */

/** @param host a name or an address, without a port; of IPv6 with or without brackets */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host);
}
