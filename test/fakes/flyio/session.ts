/** What the answer to one GraphQL request depends on. */
import type { Caller } from "./caller.ts";
import type { PageRules } from "./connection.ts";
import { unauthorized } from "./refusal.ts";
import type { User, World } from "./world.ts";

export interface Session {
  world: World;
  caller: Caller;
  pages: PageRules;
}

export function userOf({ caller }: Session): User | undefined {
  return caller.kind === "user" ? caller.user : undefined;
}

/** @throws GraphQLError `UNAUTHORIZED` for a token that is none, or no longer */
export function mustBeKnown({ caller }: Session): void {
  if (caller.kind === "nobody") throw unauthorized();
}

/** @throws GraphQLError `UNAUTHORIZED`: a scoped token mints nothing, whatever it may do otherwise */
export function mustBeUser(session: Session, message: string): User {
  const user = userOf(session);
  if (user) return user;
  mustBeKnown(session);
  throw unauthorized(message);
}
