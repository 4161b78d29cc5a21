/** Whether a source knows a credential: its service index (learn.microsoft.com/nuget/api/service-index), or an older one's root. */
import { probeWithBasic } from "../basic-probe.ts";
import type { Target, Verification } from "../package-manager.ts";
import { basic, get, probe, readJson, whyRefused } from "../probe.ts";
import { isServiceIndex } from "./entries.ts";

/** The contract is that of a package manager's `verify`. */
export function nugetVerify(target: Target, fetch: typeof globalThis.fetch): Promise<Verification> {
  if (!URL.canParse(target.url) || !isServiceIndex(new URL(target.url)))
    return probeWithBasic(`${target.url.replace(/\/*$/, "")}/`, target, fetch);
  return probe(target.url, async (url) => {
    const authorization = basic(target.username, target.secret.reveal());
    const response = await get(fetch, url, { authorization, accept: "application/json" });
    const { status } = response;
    if (!response.ok) return { ok: false, status, cause: whyRefused(response) };
    const body = await readJson(response, url);
    if (typeof body === "object" && body !== null && "resources" in body && Array.isArray(body.resources))
      return { ok: true, status };
    return { ok: false, status, cause: `${status}: the answer is not the index of a NuGet source.` };
  });
}
