/** What the platform still knows of a token, and how it shows it: no status, no scope, no user name of its own. */
import { parseScope } from "../scope.ts";
import { atLeast } from "../version.ts";
import { seconds, type Token, type World } from "../world.ts";
import { grace } from "./refresh.ts";

const hour = 3600;

/** Revoked ones are forgotten at once; expired ones by a job at every full hour, refreshable ones when nothing can refresh them. */
export function isKnown(world: World, token: Token): boolean {
  const { stored, revokedAt, expiresAt, refreshToken } = token;
  if (!stored || revokedAt !== undefined) return false;
  if (expiresAt === undefined) return true;
  const end = refreshToken === undefined ? expiresAt : expiresAt + grace;
  return seconds(world) < Math.ceil(end / hour) * hour;
}

export function view(world: World, token: Token): unknown {
  const { id, subject, expiresAt, issuedAt, issuer, description, refreshable, project } = token;
  const lastUsed = lastUsedOf(world, token);
  return {
    token_id: id,
    subject,
    ...(expiresAt !== undefined && { expiry: expiresAt }),
    issued_at: issuedAt,
    issuer,
    ...(description !== undefined && { description }),
    refreshable,
    ...(lastUsed !== undefined && { last_used: lastUsed }),
    ...(project !== undefined && { project }),
  };
}

/** Up to two hours early, and never for tokens of less than six hours or of another scope than a user's. */
function lastUsedOf({ settings, now }: World, token: Token): number | undefined {
  const { usedAt, issuedAt, scope } = token;
  if (!settings.lastUsed || !atLeast(settings.version, "7.108.3") || usedAt === undefined) return undefined;
  if (seconds({ now }) - issuedAt < 6 * hour) return undefined;
  if (!parseScope(scope)?.some(({ kind }) => kind === "user")) return undefined;
  return Math.max(issuedAt, usedAt - (usedAt % (2 * hour)));
}
