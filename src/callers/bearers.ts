/**
 * Bearers that the operator has handed out. Only their SHA-256 is compared, each with each, so that the time tells
 * nothing; 256 random bits need no slow hash.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Config } from "../config.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";
import type { Caller } from "./caller.ts";
import { allScopes, scopesIn } from "./scopes.ts";

/** The name of whoever has the bearer of `http_token`, or the one that is made on loopback. */
const operator = "operator";

interface Known extends Caller {
  sha256: Buffer;
}

/** Whoever shows a bearer that is known; `undefined` otherwise. */
export type Bearers = (bearer: string) => Caller | undefined;

/**
 * @param token of the operator, who may do everything
 * @throws Problem `not_configured` for a scope that does not exist, a name that cannot be told apart, and a bearer of two
 */
export function knownBearers(callers: Config["http_callers"], token: Secret | undefined): Bearers {
  const known: Known[] = Object.entries(callers).map(([id, { sha256, scopes }]) => ({
    id: checkedName(id),
    scopes: scopesIn(scopes, `The caller ${id} in FLY_TOKENS_HTTP_CALLERS`),
    sha256: Buffer.from(sha256, "hex"),
  }));
  if (token) known.unshift({ id: operator, scopes: allScopes, sha256: sha256(token.reveal()) });
  if (new Set(known.map((one) => one.sha256.toString("hex"))).size < known.length)
    throw new Problem(
      "not_configured",
      "Two callers have the same bearer.",
      "Make one for each of them with `fly-tokens caller NAME`.",
    );
  const shown = new Set<string>();
  return (bearer) => {
    const given = sha256(bearer);
    const [found] = known.filter((one) => timingSafeEqual(one.sha256, given));
    if (!found) return undefined;
    // From now on it is taken out of whatever leaves. Once for each: what has been seen is never forgotten.
    if (!shown.has(found.id)) new Secret(bearer);
    shown.add(found.id);
    return { id: found.id, scopes: found.scopes };
  };
}

/** @throws Problem `not_configured` */
export function checkedName(name: string): string {
  if (/^[\w.@-]{1,64}$/.test(name) && name !== operator && name !== "anonymous") return name;
  throw new Problem(
    "not_configured",
    `"${name.slice(0, 64)}" cannot be the name of a caller.`,
    `Use letters, digits and _.@- (64 at most), and neither ${operator} nor anonymous.`,
  );
}

/** What the configuration keeps of a bearer. */
export function sha256(bearer: string): Buffer {
  return createHash("sha256").update(bearer).digest();
}
