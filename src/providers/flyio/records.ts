/** The tokens on record: of an app, of an organization, of all; or one. None of this selects a value. */
import type { Config } from "../../config.ts";
import { Problem, quote } from "../../problem.ts";
import type { TokenQuery } from "../provider.ts";
import {
  tokenByIdQuery,
  tokensOfAppQuery,
  tokensOfAppsQuery,
  tokensOfOrganizationQuery,
} from "./api.generated.ts";
import type { Ask } from "./graphql.ts";
import type { TokenRecord } from "./model.ts";
import { found, isCalled, type OwnOrganization, organizationNamed, ownOrganizations } from "./names.ts";
import { allOf, ofEach } from "./pages.ts";

type Where = NonNullable<TokenQuery["flyio"]>;

/** Each token once. @throws Problem `not_found`, `invalid_input` for an app that belongs to another organization */
export async function recordsIn(
  ask: Ask,
  { scope, app, org }: Where,
  config: Config,
): Promise<TokenRecord[]> {
  if (scope === "org" && app !== undefined)
    throw new Problem("invalid_input", "The scope is org, and an app is named.", "Leave out one of them.");
  if (app !== undefined)
    return merged([
      await recordsOfApp(ask, app, org),
      org === undefined || scope === "app" ? [] : await recordsOfOrganization(ask, org),
    ]);
  if (org !== undefined && scope !== "app") return recordsOfOrganization(ask, org);
  return merged(
    await ofEach(await organizations(ask, org ?? config.fly_org), async ({ id, slug }) =>
      merged([
        scope === "app" ? [] : await recordsOfOrganization(ask, slug),
        scope === "org" ? [] : await recordsOfApps(ask, id),
      ]),
    ),
  );
}

/** @param org to which it has to belong */
export async function recordsOfApp(ask: Ask, name: string, org?: string): Promise<TokenRecord[]> {
  const load = (after: string | null) =>
    found("app", name, async () => (await ask(tokensOfAppQuery, { name, after })).app);
  const app = await load(null);
  if (org !== undefined && !isCalled(app.organization, org))
    throw elsewhere(name, app.organization.slug, org);
  return allOf(async (after) => (await load(after)).limitedAccessTokens, app.limitedAccessTokens);
}

export async function recordsOfOrganization(ask: Ask, slug: string): Promise<TokenRecord[]> {
  return allOf(async (after) => {
    const look = async () => (await ask(tokensOfOrganizationQuery, { slug, after })).organization;
    return (await found("organization", slug, look)).limitedAccessTokens;
  });
}

/** All apps of an organization in few requests; what an app has beyond the first page is fetched by itself. */
async function recordsOfApps(ask: Ask, organizationId: string): Promise<TokenRecord[]> {
  const apps = await allOf(async (after) => (await ask(tokensOfAppsQuery, { organizationId, after })).apps);
  const lists = await ofEach(apps, ({ name, limitedAccessTokens }) =>
    allOf(async (after) => {
      const look = async () => (await ask(tokensOfAppQuery, { name, after })).app;
      return (await found("app", name, look)).limitedAccessTokens;
    }, limitedAccessTokens),
  );
  return lists.flat();
}

async function organizations(
  ask: Ask,
  slug: string | undefined,
): Promise<Pick<OwnOrganization, "id" | "slug">[]> {
  if (slug !== undefined) return [await organizationNamed(ask, slug)];
  const own = await ownOrganizations(ask);
  if (own.length > 0) return own;
  throw new Problem(
    "forbidden",
    "This credential sees no organization.",
    "If it is a token for one app, name that app; otherwise log in as a user with `fly auth login`.",
  );
}

/** @throws Problem `not_found`, also for an object of another type */
export async function recordById(ask: Ask, id: string): Promise<TokenRecord> {
  return found("token", id, async () => {
    if (!/^[!-~]{1,300}$/.test(id)) return undefined;
    const { node } = await ask(tokenByIdQuery, { id });
    return node?.__typename === "LimitedAccessToken" ? node : undefined;
  });
}

/** @param where the argument or setting that names the organization */
export function elsewhere(app: string, own: string, org: string, where = "flyio.org"): Problem {
  return new Problem(
    "invalid_input",
    `The app ${quote(app, 100)} belongs to the organization ${quote(own, 100)}, not to ${quote(org, 100)}${where === "FLY_ORG" ? ", which FLY_ORG names" : ""}.`,
    where === "FLY_ORG"
      ? "Correct the app, or name its organization (flyio.org)."
      : "Correct the app or the organization.",
    { allowed: [quote(own, 100)] },
  );
}

function merged(lists: readonly (readonly TokenRecord[])[]): TokenRecord[] {
  return [...new Map(lists.flat().map((record) => [record.id, record])).values()];
}
