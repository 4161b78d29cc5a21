/** The request that proves a token for every client of an npm registry. */
import { quote } from "../../problem.ts";
import type { PackageManager } from "../package-manager.ts";
import { get, probe, readJson, whyRefused } from "../probe.ts";

/** Asks `/-/whoami`. */
export const whoami: PackageManager["verify"] = (target, fetch) =>
  probe(`${target.url.replace(/\/*$/, "/")}-/whoami`, async (url) => {
    const response = await get(fetch, url, {
      authorization: `Bearer ${target.secret.reveal()}`,
      accept: "application/json",
    });
    const { status } = response;
    if (!response.ok) return { ok: false, status, cause: whyRefused(response) };
    const name = usernameIn(await readJson(response, url));
    if (name === undefined)
      return {
        ok: false,
        status,
        cause: `${status}: the answer names no user, so it is not that of an npm registry that knows this token.`,
      };
    return { ok: true, status, as: quote(name, 100) };
  });

function usernameIn(body: unknown): string | undefined {
  const name = typeof body === "object" && body !== null && "username" in body ? body.username : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}
