/**
 * Which scopes a call wants: one table, from a tool's effect. It is looked at twice: by the SDK, which answers 403 with the
 * scopes to ask for, and by the handler, so that a way around the first is none.
 */
import type { AuthInfo, ScopeChallenge, ServerContext } from "@modelcontextprotocol/server";
import type { Scope } from "../callers/scopes.ts";
import type { Said } from "../offer.ts";
import { Problem } from "../problem.ts";
import type { Effect } from "../tool.ts";

type Scopes = readonly [Scope, ...Scope[]];

const scopesFor: Record<Effect, Scopes> = {
  read: ["tokens:read"],
  create: ["tokens:write"],
  write: ["tokens:write"],
  destroy: ["tokens:revoke"],
};

/** For resources, which only show. */
export const resourceScopes: Scopes = scopesFor.read;

/** What destroys and hands over something new, as rotate_token does, wants both. */
export function scopesOf({ effect, makes }: Pick<Said, "effect" | "makes">): Scopes {
  return effect === "destroy" && makes ? [...scopesFor.create, ...scopesFor.destroy] : scopesFor[effect];
}

/** For `scopeChallenge` of tools and resources. Over stdio there is no caller to ask for more. */
export function challengeFor(scopes: Scopes): (call: { authInfo?: AuthInfo }) => ScopeChallenge | undefined {
  return ({ authInfo }) =>
    isEnough(authInfo, scopes)
      ? undefined
      : { scopes, errorDescription: `This needs the scopes ${scopes.join(" ")}` };
}

/** @throws Problem `forbidden` */
export function requireScopes(ctx: ServerContext, scopes: Scopes): void {
  if (isEnough(ctx.http?.authInfo, scopes)) return;
  throw new Problem(
    "forbidden",
    `This needs ${scopes.join(" and ")}.`,
    "Ask the operator for a bearer with more scopes.",
    {
      allowed: scopes,
    },
  );
}

/** The HTTP server lets nobody through without `AuthInfo` (src/mcp/http/door.ts). */
function isEnough(authInfo: AuthInfo | undefined, scopes: Scopes): boolean {
  return authInfo === undefined || scopes.every((scope) => authInfo.scopes.includes(scope));
}
