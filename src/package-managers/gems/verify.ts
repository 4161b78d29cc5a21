/** One question to a registry of gems. */
import type { Verification } from "../package-manager.ts";
import { dismiss, get, probe, whyRefused } from "../probe.ts";

/** Asks for the page that the client asks for first. A registry that lacks it, but turns strangers away, knew the token. */
export function verifyGems(
  page: string,
  authorization: string,
  fetch: typeof globalThis.fetch,
): Promise<Verification> {
  return probe(page, async (url) => {
    const response = await get(fetch, url, { authorization });
    await dismiss(response);
    const { status } = response;
    if (response.ok) return { ok: true, status };
    const refused = { ok: false, status, cause: whyRefused(response) };
    if (status !== 404) return refused;
    const stranger = await get(fetch, url);
    await dismiss(stranger);
    return stranger.status === 401 || stranger.status === 403 ? { ok: true, status } : refused;
  });
}
