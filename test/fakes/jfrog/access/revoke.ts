/** DELETE of a token by its id, as `me`, or by its value. */
import { type Answer, accessError, empty, json } from "../answer.ts";
import { fieldsOf, type Known } from "../request.ts";
import { isAdmin } from "../rights.ts";
import { atLeast } from "../version.ts";
import { seconds, type Token, type World } from "../world.ts";
import { access } from "./door.ts";
import { idOf } from "./target.ts";
import { isKnown } from "./view.ts";

export const revokeToken = access((request: Known) => {
  const { world, token: caller } = request;
  const token = world.tokens.find(({ id }) => id === idOf(request));
  // What was never stored is unknown as well, although it goes on working until it expires.
  if (!token || !isKnown(world, token)) return empty(204);
  if (!isAdmin(world, caller) && token.username !== caller.username && token !== caller)
    return accessError(403, "Insufficient permissions to revoke this token");
  return refusalOf(world, token) ?? revoked(world, token, empty(200));
});

/** A platform before 7.68 takes `revoke` for an id, and has nothing to revoke. */
export const revokeByValue = access(({ world, token: caller, body }: Known) => {
  if (!atLeast(world.settings.version, "7.68")) return empty(204);
  if (!isAdmin(world, caller)) return accessError(403, "Admin permissions are required");
  const { token: value } = fieldsOf(body);
  if (typeof value !== "string" || value === "") return accessError(400, "token is missing");
  const token = world.tokens.find((one) => one.value === value || one.reference === value);
  if (!token || !isKnown(world, token)) return empty(204);
  return refusalOf(world, token) ?? revoked(world, token, json({ "revoked-token-id": token.id }));
});

function revoked(world: World, token: Token, answer: Answer): Answer {
  token.revokedAt = seconds(world);
  return answer;
}

/** The second one is word for word from public reports, with one error where elsewhere there is a list. */
function refusalOf(world: World, token: Token): Answer | undefined {
  if (token.issuer !== world.serviceId)
    return accessError(400, "Token was created by a different instance and cannot be revoked");
  if (token.revocable) return undefined;
  const { expiresAt = 0, issuedAt } = token;
  const message = "Token not revocable";
  const times = {
    expirationTimeMillis: expiresAt * 1000,
    issuedAtMillis: issuedAt * 1000,
    revocableExpiryThresholdMillis: world.settings.revocableThreshold * 1000,
  };
  const list = Object.entries(times).map(([name, value]) => `${name}: ${value}`);
  return json({ code: "BAD_REQUEST", message, detail: `${message}. Token ${list.join(", ")}` }, 400);
}
