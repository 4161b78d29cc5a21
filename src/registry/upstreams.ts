/** Where clients are sent for packages that are not here. */
import type { Kysely } from "kysely";
import { Refusal } from "./caller.ts";
import type { Database } from "./store/schema.ts";

export const upstreamEcosystems = ["npm", "pypi"] as const;
export type UpstreamEcosystem = (typeof upstreamEcosystems)[number];

export interface UpstreamSources {
  /** The operator's word: a URL, or `off`. It counts before anything else. */
  upstreams?: { [ecosystem in UpstreamEcosystem]?: string | undefined } | undefined;
  /** What the client itself would use without any configuration; asked for when nothing was set, once. */
  clientDefault?: ((ecosystem: UpstreamEcosystem) => Promise<string | undefined>) | undefined;
}

/**
 * @param from where the registry was asked: a client that is sent to another port of the same host name takes its
 *   credential there (npm does), so nobody is sent there
 * @returns the URL without a slash at its end; `undefined`: nowhere
 */
export async function upstreamOf(
  db: Kysely<Database>,
  ecosystem: UpstreamEcosystem,
  { upstreams, clientDefault }: UpstreamSources,
  from?: URL,
): Promise<string | undefined> {
  const fixed = upstreams?.[ecosystem];
  if (fixed === "off") return undefined;
  const url = fixed ?? (await chosen(db, ecosystem)) ?? (await clientDefault?.(ecosystem));
  if (url === undefined || !URL.canParse(url) || new URL(url).hostname === from?.hostname) return undefined;
  return url.replace(/\/+$/, "");
}

/** What was named in the user's configuration before this registry, or by an admin. */
async function chosen(db: Kysely<Database>, ecosystem: UpstreamEcosystem): Promise<string | undefined> {
  const row = await db
    .selectFrom("upstreams")
    .select("url")
    .where("ecosystem", "=", ecosystem)
    .executeTakeFirst();
  return row?.url;
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
