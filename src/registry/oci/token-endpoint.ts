/**
 * Where the Bearer challenge sends a client: user name and token in, access token out (the distribution project's
 * "Token Authentication": GET with Basic; "OAuth2": POST with a form). A docker registry behind the gateway sends its
 * clients here, too.
 */

import { readBody } from "../body.ts";
import { allow, type Caller, Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import type { TokenRow } from "../store/schema.ts";
import { issueAccessToken, lifetime } from "./access-token.ts";
import { formatScope, grant } from "./scope.ts";

const challenge = 'Basic realm="fly-tokens"';
const largestForm = 64 * 1024;

/**
 * Answers `{ token, access_token, expires_in, issued_at, scope }`; `scope` is what was granted, which may be less than
 * what was asked for. There is nothing to be had anonymously.
 * @throws Refusal 401, 403 for a person's key, 400 for another grant than `password`, 405, 429, 503 once the gateway's
 *   certificate has expired
 */
export async function answerTokenRequest(deps: RoomDeps, request: Request): Promise<Response> {
  const { caller, asked } = await logIn(deps, request);
  const token = allow(caller, "read");
  const now = deps.now();
  const { value, expiresIn, scope } = await issue(deps, token, asked, now);
  const answer = {
    token: value,
    access_token: value,
    expires_in: expiresIn,
    issued_at: now.toISOString(),
    scope,
  };
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

/** For the docker registry behind the gateway, what that one understands; for every other service, what this one does. */
async function issue(
  { db, docker }: RoomDeps,
  token: TokenRow,
  asked: URLSearchParams,
  now: Date,
): Promise<{ value: string; expiresIn: number; scope: string }> {
  const scopes = asked.getAll("scope");
  if (docker && asked.get("service")?.toLowerCase() === docker.service) return docker.login(token, scopes);
  const grants = grant(scopes, token.permission);
  const value = await issueAccessToken(db, token, grants, now);
  return { value, expiresIn: lifetime, scope: formatScope(grants) };
}

async function logIn(deps: RoomDeps, request: Request): Promise<{ caller: Caller; asked: URLSearchParams }> {
  if (request.method === "GET") {
    return {
      caller: await deps.door.authenticate(request, challenge),
      asked: new URL(request.url).searchParams,
    };
  }
  if (request.method !== "POST")
    throw new Refusal(405, "UNSUPPORTED", "A token is asked for with GET or POST.", { allow: "GET, POST" });
  const form = new URLSearchParams((await readBody(request, largestForm)).toString());
  if (form.get("grant_type") !== "password") {
    throw new Refusal(
      400,
      "UNSUPPORTED",
      "Only `grant_type=password` is known here; there are no refresh tokens. Log in with user name and token.",
    );
  }
  const caller = await deps.door.identify(form.get("password") ?? "", request);
  if (!caller || ![caller.username, "__token__"].includes(form.get("username") ?? "")) {
    throw new Refusal(401, "UNAUTHORIZED", "The user name or the token is not valid.", {
      "www-authenticate": challenge,
    });
  }
  return { caller, asked: form };
}
