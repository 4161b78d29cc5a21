/** Whether a registry knows a credential. */
import type { Target, Verification } from "./package-manager.ts";
import { basic, dismiss, get, probe, whyRefused } from "./probe.ts";

/**
 * One GET; where there is no page, another one without the credential: that a stranger is turned away proves that the
 * credential was known.
 *
 * @param url without credentials
 * @param authorization the header's value
 */
export function probeKnown(
  url: string,
  authorization: string,
  fetch: typeof globalThis.fetch,
  accept = "*/*",
): Promise<Verification> {
  return probe(url, async (page) => {
    const response = await get(fetch, page, { authorization, accept });
    await dismiss(response);
    const { status } = response;
    if (response.ok) return { ok: true, status };
    const refused = { ok: false, status, cause: whyRefused(response) };
    if (status !== 404) return refused;
    const stranger = await get(fetch, page, { accept });
    await dismiss(stranger);
    return stranger.status === 401 || stranger.status === 403 ? { ok: true, status } : refused;
  });
}

/** The same with user and password. */
export function probeWithBasic(
  url: string,
  { username, secret }: Target,
  fetch: typeof globalThis.fetch,
  accept?: string,
): Promise<Verification> {
  return probeKnown(url, basic(username, secret.reveal()), fetch, accept);
}
