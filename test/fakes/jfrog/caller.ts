/** Who sends a request. Every credential is an access token: as Bearer, or as the password of Basic where that is taken. */
import { read } from "./claims.ts";
import { seconds, type Token, type World } from "./world.ts";

/** The word that the platform's messages end with, and two cases without one. */
export type Reason = "missing" | "mismatch" | "parse" | "signature" | "expired" | "revoked";

export type Caller =
  | { kind: "token"; token: Token }
  /** `token` is what was presented, when it is genuine and only its time is over. */
  | { kind: "nobody"; reason: Reason; token?: Token };

export interface Credential {
  scheme: string;
  username: string | undefined;
  value: string;
}

export function credentialIn(authorization: string | undefined): Credential | undefined {
  const [, scheme = "", value = ""] = /^(\S+)\s+(.+)$/.exec(authorization?.trim() ?? "") ?? [];
  if (/^bearer$/i.test(scheme)) return { scheme: "Bearer", username: undefined, value };
  if (!/^basic$/i.test(scheme)) return undefined;
  const [username = "", ...password] = Buffer.from(value, "base64").toString().split(":");
  return { scheme: "Basic", username, value: password.join(":") };
}

/** Artifactory takes both schemes. That the user name must be the token's own is the platform's rule. */
export function identify(world: World, credential: Credential | undefined): Caller {
  if (!credential?.value) return { kind: "nobody", reason: "missing" };
  const caller = holderOf(world, credential.value);
  const { username } = credential;
  if (caller.kind === "token" && username !== undefined && username.toLowerCase() !== caller.token.username)
    return { kind: "nobody", reason: "mismatch" };
  if (caller.kind === "token") caller.token.usedAt = seconds(world);
  return caller;
}

function isExpired(world: World, { expiresAt }: Token): boolean {
  return expiresAt !== undefined && expiresAt <= seconds(world);
}

function holderOf(world: World, value: string): Caller {
  const token = world.tokens.find(({ reference }) => reference === value) ?? byJwt(world, value);
  if (typeof token === "string") return { kind: "nobody", reason: token };
  if (isExpired(world, token)) return { kind: "nobody", reason: "expired", token };
  if (token.revokedAt !== undefined) return { kind: "nobody", reason: "revoked" };
  return { kind: "token", token };
}

function byJwt(world: World, value: string): Token | Reason {
  const claims = read(value);
  if (typeof claims === "string") return claims;
  // Another instance's: there is no circle of trust here.
  if (claims.iss !== world.serviceId) return "signature";
  return world.tokens.find(({ id }) => id === claims.jti) ?? "signature";
}
