/** How a token comes to be and how it ends: what each profile allows, and the record that is kept of it. */
import type { CaveatJson } from "../../../src/macaroon/caveat.ts";
import { parseGoDuration } from "./go-duration.ts";
import { nodeId } from "./ids.ts";
import { notFound, unprocessable } from "./refusal.ts";
import { mintFor, unixSeconds } from "./tokens.ts";
import type { App, LimitedToken, Organization, User, World } from "./world.ts";

export interface Issue {
  name: string;
  organization: Organization;
  user: User;
  profile: string;
  profileParams?: unknown;
  expiry?: string | null | undefined;
}

/** What flyctl asks for unless told otherwise. What the product makes of no expiry at all is not known; this, here. */
const twentyYears = "175200h0m0s";

/** Every action. */
const everything = "rwcdC";

/** @throws GraphQLError for a profile, app or expiry that does not exist */
export function issue(world: World, request: Issue): LimitedToken {
  const { name, organization, user, profile, expiry } = request;
  const profileParams = request.profileParams ?? {};
  const length = parseGoDuration(expiry || twentyYears);
  if (length === undefined || length <= 0) throw unprocessable(`time: invalid duration "${expiry}"`);
  const createdAt = world.now();
  const expiresAt = new Date(createdAt.getTime() + length);
  const app = profile === "deploy" ? appOf(world, organization, profileParams) : undefined;
  const window = { not_before: unixSeconds(createdAt), not_after: unixSeconds(expiresAt) };
  const { header, uuid } = mintFor(organization, [
    { type: "Organization", body: { id: organization.number, mask: everything } },
    ...scopeOf(profile, profileParams, app),
    { type: "ValidityWindow", body: window },
  ]);
  const record: LimitedToken = {
    id: nodeId(),
    uuid,
    name,
    profile,
    profileParams,
    organization,
    app,
    user,
    createdAt,
    expiresAt,
    revokedAt: undefined,
    revokedBy: undefined,
    header,
  };
  world.tokens.push(record);
  return record;
}

/** Doing it again is fine and changes nothing. */
export function revoke(world: World, token: LimitedToken, by: string): void {
  token.revokedAt ??= world.now();
  token.revokedBy ??= by;
}

function scopeOf(profile: string, params: unknown, app: App | undefined): CaveatJson[] {
  switch (profile) {
    case "deploy":
      return app ? [{ type: "Apps", body: { apps: { [app.number]: everything } } }] : [];
    case "deploy_organization":
      return [];
    case "litefs_cloud":
      return [
        { type: "FeatureSet", body: { features: { "litefs-cloud": everything } } },
        { type: "Clusters", body: { clusters: { [parameter(params, "cluster")]: everything } } },
      ];
    default:
      throw unprocessable(`Unknown token profile "${profile}"`);
  }
}

function appOf(world: World, organization: Organization, params: unknown): App {
  const name = parameter(params, "app_id");
  const app = world.apps.find((one) => one.name === name && one.organization === organization);
  if (!app) throw notFound("App");
  return app;
}

function parameter(params: unknown, name: string): string {
  const value = (params as Record<string, unknown> | null)?.[name];
  if (typeof value !== "string" || value === "") throw unprocessable(`${name} is missing from profileParams`);
  return value;
}
