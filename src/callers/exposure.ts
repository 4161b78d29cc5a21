/**
 * Who can reach the HTTP server, and what it must have before it starts. On loopback it starts with nothing configured;
 * beyond, whatever is missing would leave the door open, so it is refused.
 */
import type { Config } from "../config.ts";
import { isLoopback } from "../loopback.ts";
import { Problem } from "../problem.ts";
import { safeAddress } from "./safe-address.ts";

export interface Exposure {
  host: string;
  port: number;
  /** Callers are on other machines. */
  remote: boolean;
  /** Whoever comes is let in: loopback alone. */
  anonymous: boolean;
  /** Whether somebody is configured who may come in. */
  authenticated: boolean;
  /** Names under which it is called; those of this machine when `undefined`. Without ports. */
  hosts: readonly string[] | undefined;
  /** Pages that may call it, by origin; with those of this machine unless `remote`. */
  origins: readonly string[];
  /** Where callers reach it: also what access tokens are meant for. */
  resource: string | undefined;
}

/** @throws Problem `not_configured` naming what is missing or contradicts another */
export function exposureOf(
  config: Config,
  { port, anonymous = false }: { port?: number | undefined; anonymous?: boolean },
): Exposure {
  const { http_host: host, http_url: resource, oauth_issuer, http_token, http_callers } = config;
  const url = resource === undefined ? undefined : new URL(resource);
  const remote = !isLoopback(host) || (url !== undefined && !isLoopback(url.hostname));
  const authenticated =
    http_token !== undefined || oauth_issuer !== undefined || Object.keys(http_callers).length > 0;
  if (anonymous && remote)
    throw missing(
      "--anonymous lets in whoever comes, and other machines can reach this server.",
      "Start it without, or listen at 127.0.0.1 without FLY_TOKENS_HTTP_URL.",
    );
  if (anonymous && authenticated)
    throw missing(
      "--anonymous lets in whoever comes, but bearers are configured.",
      "Start it without --anonymous, or remove FLY_TOKENS_HTTP_TOKEN, FLY_TOKENS_HTTP_CALLERS and FLY_TOKENS_OAUTH_ISSUER.",
    );
  if (remote) checkRemote(config, authenticated);
  if (oauth_issuer !== undefined) checkOAuth(config);
  return {
    host,
    port: port ?? config.http_port,
    remote,
    anonymous,
    authenticated,
    hosts: remote && url ? [url.hostname] : undefined,
    origins: config.http_origins.map(originOf),
    resource,
  };
}

function checkRemote({ http_url, http_key }: Config, authenticated: boolean): void {
  if (!authenticated)
    throw missing(
      "Other machines can reach this server, and it knows nobody who may.",
      "Set FLY_TOKENS_HTTP_TOKEN, FLY_TOKENS_HTTP_CALLERS (`fly-tokens caller NAME` makes one) or FLY_TOKENS_OAUTH_ISSUER; or listen at 127.0.0.1.",
    );
  if (http_url === undefined)
    throw missing(
      "Other machines can reach this server, and it does not know under which name.",
      "Set FLY_TOKENS_HTTP_URL to where callers reach it, such as https://tokens.example.com/mcp.",
    );
  if (http_key === undefined)
    throw missing(
      "What callers bring back to this server must be sealed.",
      "Set FLY_TOKENS_HTTP_KEY to at least 32 random characters, the same for all replicas.",
    );
  safeAddress(http_url, "FLY_TOKENS_HTTP_URL: other machines reach it, and it");
}

function checkOAuth({ oauth_issuer = "", oauth_jwks_url, http_url }: Config): void {
  if (http_url === undefined)
    throw missing(
      "Access tokens are meant for a server, and this one does not know where it is.",
      "Set FLY_TOKENS_HTTP_URL to where callers reach it.",
    );
  safeAddress(oauth_issuer, "FLY_TOKENS_OAUTH_ISSUER");
  if (oauth_jwks_url !== undefined) safeAddress(oauth_jwks_url, "FLY_TOKENS_OAUTH_JWKS_URL");
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, "").toLowerCase())
    return url.origin;
  throw missing(
    `"${text.slice(0, 80)}" in FLY_TOKENS_HTTP_ORIGINS is not the origin of a page.`,
    "Write it as https://app.example.com, with the port if it is not the usual one, and without a path.",
  );
}

function missing(sentence: string, fix: string): Problem {
  return new Problem("not_configured", sentence, fix);
}
