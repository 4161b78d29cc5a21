/** How a token comes to be, and what its length of life decides. */
import { randomUUID } from "node:crypto";
import { type Claims, signed } from "./claims.ts";
import { referenceToken, refreshToken } from "./ids.ts";
import { seconds, type Token, type World } from "./world.ts";

export interface Wish {
  username: string;
  scope: string;
  /** Seconds; 0 is never. */
  life: number;
  description?: string | undefined;
  project?: string | undefined;
  audience?: string | undefined;
  refreshable?: boolean | undefined;
  reference?: boolean | undefined;
  forced?: boolean | undefined;
  /** Of another instance, when it is not this one's. */
  issuer?: string | undefined;
}

export function issue(world: World, wish: Wish): Token {
  const { scope, life, description, project, audience = "*@*", issuer = world.serviceId } = wish;
  // Seen in a public report: asked for `v-test-Aqtvz22K`, the subject ended in `v-test-aqtvz22k`.
  const username = wish.username.toLowerCase();
  const id = randomUUID();
  const subject = `${issuer}/users/${username}`;
  const issuedAt = seconds(world);
  const expiresAt = life === 0 ? undefined : issuedAt + life;
  const claims: Claims = {
    ...(wish.forced && { ext: JSON.stringify({ revocable: "true" }) }),
    sub: subject,
    scp: scope,
    aud: audience,
    iss: issuer,
    ...(expiresAt !== undefined && { exp: expiresAt }),
    iat: issuedAt,
    jti: id,
  };
  const token: Token = {
    id,
    username,
    issuer,
    subject,
    scope,
    description,
    project,
    issuedAt,
    expiresAt,
    refreshable: wish.refreshable ?? false,
    revocable: isRevocable(world, wish),
    stored: isStored(world, wish),
    value: signed(claims),
    reference: wish.reference ? referenceToken(expiresAt) : undefined,
    refreshToken: wish.refreshable ? refreshToken() : undefined,
    usedAt: undefined,
    revokedAt: undefined,
  };
  world.tokens.push(token);
  return token;
}

function isRevocable({ settings }: World, { life, forced }: Wish): boolean {
  const { revocableThreshold } = settings;
  return life === 0 || forced === true || (revocableThreshold >= 0 && life >= revocableThreshold);
}

/**
 * The documentation knows the length of life alone. But what must be looked up later has to be kept: to revoke what
 * was forced to be revocable, to resolve a reference, to refresh. That refreshable tokens of one hour are listed was
 * reported in public; the other two are taken to follow.
 */
function isStored({ settings }: World, { life, forced, reference, refreshable }: Wish): boolean {
  return life === 0 || life >= settings.persistencyThreshold || Boolean(forced || reference || refreshable);
}
