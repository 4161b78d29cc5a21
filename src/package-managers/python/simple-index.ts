/** The index of Python packages as every client of it knows it (PEP 503), and the URL for uploads beside it. */
import { probeWithBasic } from "../basic-probe.ts";
import type { Target, Verification } from "../package-manager.ts";

/** Some indexes have packages but no root page. */
export function verifyIndex(target: Target, fetch: typeof globalThis.fetch): Promise<Verification> {
  return probeWithBasic(target.url.replace(/\/*$/, "/"), target, fetch, "text/html");
}

/** Where uploads go: Artifactory and its like take them one level above the simple index. */
export function uploadUrl({ url, publish_url }: Pick<Target, "url" | "publish_url">): string {
  return publish_url ?? url.replace(/\/simple\/*$/, "");
}
