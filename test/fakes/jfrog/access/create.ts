/** POST /access/api/v1/tokens: a new token, or a new pair for a refresh token. */
import { type Answer, accessError, json } from "../answer.ts";
import { issue } from "../issue.ts";
import { fieldsOf, type Incoming, type Known } from "../request.ts";
import { isAdmin, mayGrant } from "../rights.ts";
import { parseScope } from "../scope.ts";
import { atLeast } from "../version.ts";
import type { Token, World } from "../world.ts";
import { problemWith, type TokenRequest } from "./body.ts";
import { access } from "./door.ts";
import { minted } from "./minted.ts";
import { refresh } from "./refresh.ts";

/** Before 7.42.1, whoever asked for a token without an end got one of this length. */
const year = 31_536_000;

export function createToken(request: Incoming): Answer {
  const body = fieldsOf(request.body);
  return body.grant_type === "refresh_token" ? refresh(request, body) : mint(request);
}

const mint = access((request: Known): Answer => {
  const { world, token: caller } = request;
  if (typeof request.body !== "object") return accessError(400, "Unable to process JSON");
  const fields = fieldsOf(request.body);
  const problem = problemWith(fields);
  if (problem) return accessError(400, problem);
  const body: TokenRequest = fields;
  const { username = caller.username, scope = "applied-permissions/user" } = body;
  const { version, defaultExpiry } = world.settings;
  const life = body.expires_in ?? defaultExpiry;
  const refused = isAdmin(world, caller) ? undefined : limitOn(world, caller, username, scope, life);
  if (refused) return accessError(403, refused);

  const token = issue(world, {
    username,
    scope,
    life: life === 0 && !atLeast(version, "7.42.1") ? year : life,
    description: body.description,
    project: body.project_key,
    audience: body.audience,
    refreshable: body.refreshable,
    reference: body.include_reference_token && atLeast(version, "7.38.10"),
    forced: body.force_revocable && atLeast(version, "7.50.3"),
  });
  return json(minted(token, "access_token"));
});

/**
 * Why somebody who is no admin may not have it. The sentence about the time is the platform's, from a public report
 * about the API before this one; the others have its form.
 */
function limitOn(
  world: World,
  caller: Token,
  username: string,
  scope: string,
  life: number,
): string | undefined {
  const { maxExpiry } = world.settings;
  const who = `The user: '${caller.username}' can only create user token`;
  if (username.toLowerCase() !== caller.username)
    return `${who}(s) for themselves (requested: '${username}')`;
  if (maxExpiry > 0 && (life === 0 || life > maxExpiry))
    return `${who} with expires in larger than 0 and smaller than ${maxExpiry} seconds (requested: ${life})`;
  if (!(parseScope(scope) ?? []).every((grant) => mayGrant(world, caller, grant)))
    return `${who} with user scope or a subset of their own groups (requested: '${scope}')`;
  return undefined;
}
