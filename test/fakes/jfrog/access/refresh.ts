/** A refresh token for a new pair. It works once, until 24 hours after its token's end, and ends that token. */
import { type Answer, accessError, json } from "../answer.ts";
import { issue } from "../issue.ts";
import type { Incoming } from "../request.ts";
import { seconds, type World } from "../world.ts";
import { refusal } from "./door.ts";
import { minted } from "./minted.ts";

/** `token.refresh-expiry` */
export const grace = 24 * 3600;

/**
 * The caller may come with the token that has just expired. That refreshing revokes the old token, and that the refresh
 * token is used up, is not documented.
 */
export function refresh({ world, caller }: Incoming, body: Record<string, unknown>): Answer {
  const own = caller.token;
  if (!own) return refusal(caller.kind === "nobody" ? caller : { kind: "nobody", reason: "missing" });
  const old = world.tokens.find(({ refreshToken: one }) => one !== undefined && one === body.refresh_token);
  if (!old || old.revokedAt !== undefined || isOver(world, old.expiresAt))
    return accessError(400, "Invalid refresh token");
  if (old.username !== own.username)
    return accessError(403, "The refresh token belongs to another user than the caller");
  const fresh = issue(world, {
    username: old.username,
    scope: old.scope,
    life: old.expiresAt === undefined ? 0 : old.expiresAt - old.issuedAt,
    description: old.description,
    project: old.project,
    refreshable: true,
    reference: old.reference !== undefined,
  });
  old.refreshToken = undefined;
  old.revokedAt = seconds(world);
  return json(minted(fresh, "access_token"));
}

function isOver(world: World, expiresAt: number | undefined): boolean {
  return expiresAt !== undefined && expiresAt + grace <= seconds(world);
}
