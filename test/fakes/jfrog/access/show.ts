/** GET /access/api/v1/tokens/{token_id}, and `me`. */
import { accessError, json } from "../answer.ts";
import type { Known } from "../request.ts";
import { isAdmin } from "../rights.ts";
import { access } from "./door.ts";
import { idOf } from "./target.ts";
import { isKnown, view } from "./view.ts";

/**
 * That somebody else's is refused, and not unknown, is not documented; both answers are. Nor is what `me` is for a token
 * that is not kept: unknown too, here.
 */
export const getToken = access((request: Known) => {
  const { world, token: caller } = request;
  const token = world.tokens.find(({ id }) => id === idOf(request));
  if (!token || !isKnown(world, token)) return accessError(404, "Token not found");
  if (!isAdmin(world, caller) && token.username !== caller.username)
    return accessError(403, "Insufficient permissions to view this token");
  return json(view(world, token));
});
