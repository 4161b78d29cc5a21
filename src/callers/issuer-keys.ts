/**
 * The public keys of an authorization server: fetched when the first token comes, kept for ten minutes, fetched again for
 * a key that is not among them (keys rotate without a restart), but not more often than the cooldown.
 */
import type { createRemoteJWKSet, JWTVerifyGetKey } from "jose";
import { parseJson } from "../json.ts";
import type { Seams } from "../seams.ts";
import { IssuerDown } from "./caller.ts";
import { safeAddress } from "./safe-address.ts";

/** Milliseconds. */
const timeout = 5_000;
/** How long nobody asks again after the issuer did not answer, so that a crowd of callers does not keep it down. */
const pause = 5_000;

export interface KeysOptions extends Pick<Seams, "fetch" | "now"> {
  issuer: string;
  /** Otherwise as the issuer's metadata says. */
  address?: string | undefined;
  /** Milliseconds between two fetches for keys that are not known. */
  cooldown?: number;
  /** Told when the issuer does not answer. */
  report: (error: unknown) => void;
}

/** @throws IssuerDown, and jose's errors where it is the token's fault */
export function issuerKeys(options: KeysOptions): JWTVerifyGetKey {
  const { fetch, now, report, cooldown = 10_000 } = options;
  let set: ReturnType<typeof createRemoteJWKSet> | undefined;
  let opening: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  let quietUntil = 0;

  const down = (cause: unknown) => {
    quietUntil = now().getTime() + pause;
    report(new Error("The keys of the authorization server cannot be read.", { cause }));
    return new IssuerDown(pause / 1000, { cause });
  };
  const open = async () => {
    const { createRemoteJWKSet, customFetch } = await import("jose");
    set ??= createRemoteJWKSet(new URL(options.address ?? (await discovered(options))), {
      [customFetch]: fetch,
      timeoutDuration: timeout,
      cooldownDuration: cooldown,
    });
    await set.reload();
    return set;
  };
  const ready = async () => {
    if (set?.fresh) return set;
    const wait = quietUntil - now().getTime();
    if (wait > 0) throw new IssuerDown(Math.ceil(wait / 1000));
    opening ??= open()
      .catch((cause: unknown) => Promise.reject(down(cause)))
      .finally(() => {
        opening = undefined;
      });
    return opening;
  };

  return async (header, token) => {
    const keys = await ready();
    const { createLocalJWKSet, errors } = await import("jose");
    const wait = quietUntil - now().getTime();
    try {
      return await (wait > 0 ? createLocalJWKSet(keys.jwks() ?? { keys: [] }) : keys)(header, token);
    } catch (error) {
      // Anybody can name a key that there is not, as often as they like: the issuer is not asked each time.
      if (wait > 0 && error instanceof errors.JWKSNoMatchingKey) throw new IssuerDown(Math.ceil(wait / 1000));
      const isOfToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];
      throw isOfToken.some((kind) => error instanceof kind) ? error : down(error);
    }
  };
}

/** The addresses of an issuer's metadata: RFC 8414, then OpenID Connect, in the order of the MCP specification. */
export function metadataAddresses(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  return [
    ...new Set([
      `${origin}/.well-known/oauth-authorization-server${path}`,
      `${origin}/.well-known/openid-configuration${path}`,
      `${origin}${path}/.well-known/openid-configuration`,
    ]),
  ];
}

/** @throws Error when none of them says where the keys are; Problem `not_configured` as `safeAddress` */
async function discovered({ issuer, fetch }: KeysOptions): Promise<string> {
  for (const address of metadataAddresses(issuer)) {
    const response = await fetch(address, {
      redirect: "manual",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(timeout),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      continue;
    }
    const said = parseJson(await response.text()) as { issuer?: unknown; jwks_uri?: unknown } | undefined;
    // Another issuer's metadata would make its keys ours (RFC 8414, section 3.3).
    if (said?.issuer !== issuer) throw new Error(`The metadata at ${address} is of another issuer.`);
    if (typeof said.jwks_uri === "string") return safeAddress(said.jwks_uri, "The jwks_uri of the issuer");
  }
  throw new Error(`The issuer ${issuer} has no metadata that says where its keys are.`);
}
