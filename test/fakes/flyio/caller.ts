/** Who sends a request, and what that lets them do. */
import { withoutSchemes } from "../../../src/macaroon/header.ts";
import { accessTo, type OrganizationAccess } from "./access.ts";
import { allows, check, isAlive, type Permit, type Verdict } from "./tokens.ts";
import type { App, Organization, User, World } from "./world.ts";

export type Caller =
  | { kind: "nobody"; because: string }
  | { kind: "user"; user: User }
  | { kind: "macaroon"; permits: Permit[] };

/**
 * @param authorization the header; schemes are not looked at, as the product is lenient about them
 * @param prefers what counts when both kinds of token are in it: GraphQL wants the user, everything else the macaroons
 */
export function identify(world: World, authorization: string, prefers: "user" | "macaroon"): Caller {
  const text = withoutSchemes(authorization);
  const user = world.users.find(({ token }) => text.split(",").some((part) => part.trim() === token));
  const { permits, problems } = check(world, text);
  const alive = permits.filter((permit) => isAlive(permit, world.now()));
  if (user && (prefers === "user" || alive.length === 0)) return { kind: "user", user };
  if (alive.length > 0) return { kind: "macaroon", permits: alive };
  return { kind: "nobody", because: permits.length > 0 ? "verify: token has expired" : problems.join("; ") };
}

export function may(world: World, caller: Caller, access: OrganizationAccess): Verdict {
  if (caller.kind === "nobody") return { allowed: false, because: [caller.because] };
  if (caller.kind === "macaroon") return allows(caller.permits, access, world.now());
  const organization = world.organizations.find(({ number }) => number === access.org);
  const allowed = organization?.members.has(caller.user) ?? false;
  return { allowed, because: allowed ? [] : [`${caller.user.email} is no member of that organization`] };
}

export function mayRead(world: World, caller: Caller, organization: Organization, app?: App): boolean {
  return may(world, caller, accessTo(organization, "r", app)).allowed;
}
