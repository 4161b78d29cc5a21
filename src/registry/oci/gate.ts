/**
 * Who may do what here. A caller without a valid credential is told where to log in (401), one whose access token says
 * too little is told what to ask for (401), one whose token can never do it is told so (403): a client that obeys
 * cannot go round in circles.
 */
import { bearerIn } from "../bearer.ts";
import { allow, Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import type { TokenRow } from "../store/schema.ts";
import { findAccessToken, isAccessToken } from "./access-token.ts";
import type { Action, Grant } from "./scope.ts";

/** Named in the challenge: what an access token is for. */
const service = "fly-tokens";

interface Need {
  repository: string;
  action: Action;
}

export interface Access {
  token: TokenRow;
  /** Whether the same credential opens another repository too. */
  permits(need: Need): boolean;
}

/**
 * Lets a request in, by Basic, by the token itself as Bearer, or by an access token.
 * @param need `undefined`: a valid credential is enough
 * @throws Refusal 401 with a Bearer challenge, 403, 429
 */
export async function enter(deps: RoomDeps, request: Request, need?: Need): Promise<Access> {
  const presented = bearerIn(request.headers.get("authorization"));
  if (presented && isAccessToken(presented)) return enterWithAccessToken(deps, presented, request, need);
  const caller = await deps.door.authenticate(request, challenge(deps, request, need));
  return { token: allow(caller, reach(need)), permits: () => true };
}

async function enterWithAccessToken(
  deps: RoomDeps,
  value: string,
  request: Request,
  need?: Need,
): Promise<Access> {
  const found = await findAccessToken(deps.db, value, deps.now());
  if (!found) {
    throw new Refusal(
      401,
      "UNAUTHORIZED",
      "The access token is unknown or expired, or the token behind it no longer stands.",
      {
        "www-authenticate": challenge(deps, request, need, "invalid_token"),
      },
    );
  }
  const { token, grants } = found;
  allow({ kind: "token", username: token.username, token }, reach(need));
  const permits = (wanted: Need) => isGranted(grants, wanted);
  if (need && !permits(need)) {
    throw new Refusal(
      401,
      "UNAUTHORIZED",
      `The access token was not asked for ${need.action} on this repository.`,
      {
        "www-authenticate": challenge(deps, request, need, "insufficient_scope"),
      },
    );
  }
  return { token, permits };
}

function reach(need?: Need): "read" | "write" {
  return need === undefined || need.action === "pull" ? "read" : "write";
}

function isGranted(grants: readonly Grant[], { repository, action }: Need): boolean {
  return grants.some((entry) => entry.repository === repository && entry.actions.includes(action));
}

/** The distribution project's challenge: where to log in, and what to ask for. Who pushes also reads what is there already. */
function challenge(deps: RoomDeps, request: Request, need?: Need, error?: string): string {
  const parts = [`realm="${deps.origin(request)}/v2/token"`, `service="${service}"`];
  if (need)
    parts.push(`scope="repository:${need.repository}:${need.action === "push" ? "pull,push" : need.action}"`);
  if (error) parts.push(`error="${error}"`);
  return `Bearer ${parts.join(",")}`;
}
