/** Where clients are sent for packages that are not here. */
import type { Kysely } from "kysely";
import { Refusal } from "./caller.ts";
import type { Database } from "./store/schema.ts";

export const upstreamEcosystems = ["npm", "pypi"] as const;
export type UpstreamEcosystem = (typeof upstreamEcosystems)[number];
export type Upstreams = { [ecosystem in UpstreamEcosystem]?: string | undefined };

/**
 * @param defaults what counts while nothing has been set
 * @returns the URL without a slash at its end; `undefined`: nowhere
 */
export async function upstreamOf(
  db: Kysely<Database>,
  ecosystem: UpstreamEcosystem,
  defaults: Upstreams = {},
): Promise<string | undefined> {
  const set = await db
    .selectFrom("upstreams")
    .select("url")
    .where("ecosystem", "=", ecosystem)
    .executeTakeFirst();
  return (set?.url ?? defaults[ecosystem])?.replace(/\/+$/, "");
}

/**
 * The form in which an upstream is kept: without a slash at its end.
 * @param own the URL at which this registry was asked, which clients must not be sent back to
 * @throws Refusal 400
 */
export function checkUpstream(text: string, own: URL): string {
  if (!URL.canParse(text)) throw invalid("is not a URL");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid("is neither http nor https");
  if (url.username || url.password) throw invalid("contains a credential; clients would all be shown it");
  if (url.search || url.hash) throw invalid("has a query or a fragment");
  if (isSame(url, own)) throw invalid("is this registry itself");
  return url.href.replace(/\/+$/, "");
}

function isSame(a: URL, b: URL): boolean {
  if (port(a) !== port(b)) return false;
  return a.hostname === b.hostname || (isLoopback(a.hostname) && isLoopback(b.hostname));
}

function port(url: URL): string {
  return url.port || (url.protocol === "https:" ? "443" : "80");
}

/** `0.0.0.0` and `::` reach the machine itself as well. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])\.?$/.test(
    hostname,
  );
}

function invalid(what: string): Refusal {
  return new Refusal(400, "invalid", `\`url\` ${what}.`);
}
