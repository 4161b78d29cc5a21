/**
 * What a docker registry is shown instead of a token of ours: a JWT that says what may be done, signed by a key whose
 * certificate the registry trusts (the distribution project's "Token Authentication Specification"). The registry asks
 * nobody about it, so it lives for a minute and no longer.
 */
import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { Refusal } from "../../caller.ts";
import { grant } from "../../oci/scope.ts";
import type { TokenRow } from "../../store/schema.ts";
import type { SigningKey } from "./certificate.ts";

/** What the docker registry has to be told as its `issuer`. */
const issuer = "fly-tokens";
/** Seconds. Clients keep what they are given for a minute, however short it is said to live. */
const lifetime = 60;

interface Access {
  type: "repository" | "registry";
  name: string;
  actions: readonly string[];
}

/**
 * What was asked for, cut down to what the token may do. The list of all repositories is for tokens that may write: one
 * that only pulls is told what to pull, and a deployment's token that got lost should not tell what else there is.
 */
export function accessOf(asked: readonly string[], permission: TokenRow["permission"]): Access[] {
  const access: Access[] = grant(asked, permission).map(({ repository, actions }) => ({
    type: "repository",
    name: repository,
    actions,
  }));
  const wantsCatalog = asked.flatMap((text) => text.split(" ")).includes("registry:catalog:*");
  if (wantsCatalog && permission === "read_write")
    access.push({ type: "registry", name: "catalog", actions: ["*"] });
  return access;
}

/** The same as one scope text. */
export function formatAccess(access: readonly Access[]): string {
  return access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(",")}`).join(" ");
}

/**
 * @param service the docker registry, as it calls itself
 * @returns the JWT, and its life in seconds: never beyond the token's own end
 * @throws Refusal 503 once the certificate has expired: the registry would refuse every one
 */
export async function signFor(
  token: Pick<TokenRow, "id" | "expires_at">,
  access: readonly Access[],
  service: string,
  { key, alg, chain, expires }: SigningKey,
  now: Date,
): Promise<{ value: string; expiresIn: number }> {
  if (expires <= now)
    throw new Refusal(
      503,
      "UNAVAILABLE",
      "The gateway's certificate has expired; its operator has to replace it.",
    );
  const issuedAt = Math.floor(now.getTime() / 1000);
  const end = token.expires_at === null ? Number.POSITIVE_INFINITY : Math.floor(token.expires_at / 1000);
  const expiresAt = Math.min(issuedAt + lifetime, end);
  const value = await new SignJWT({ access })
    .setProtectedHeader({ typ: "JWT", alg, x5c: [...chain] })
    .setIssuer(issuer)
    .setAudience(service)
    .setSubject(token.id) // the registry's events name it
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(randomUUID())
    .sign(key);
  return { value, expiresIn: Math.max(expiresAt - issuedAt, 0) };
}
