/** The answer that holds a token's value. */
import type { Token } from "../world.ts";

/** @param type the platform's documentation has both `access_token` and `Bearer` */
export function minted(token: Token, type: "access_token" | "Bearer"): unknown {
  const { id, value, refreshToken, reference, scope, issuedAt, expiresAt } = token;
  return {
    token_id: id,
    access_token: value,
    ...(refreshToken && { refresh_token: refreshToken }),
    ...(expiresAt !== undefined && { expires_in: expiresAt - issuedAt }),
    scope,
    token_type: type,
    ...(reference && { reference_token: reference }),
  };
}
