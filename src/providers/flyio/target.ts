/** For which organization and which apps a token is to be. */
import type { Config } from "../../config.ts";
import { Problem, quote } from "../../problem.ts";
import type { FlyioRequest } from "../provider.ts";
import type { Ask } from "./graphql.ts";
import {
  type App,
  appNamed,
  isCalled,
  type Organization,
  organizationNamed,
  ownOrganizations,
} from "./names.ts";
import { ofEach } from "./pages.ts";
import { elsewhere } from "./records.ts";

export interface Target {
  organization: Organization;
  app?: App;
  apps?: App[];
}

/**
 * The organization is the one that is named, else FLY_ORG, else the app's own, else the only one that the caller has.
 * @throws Problem `not_found`, `invalid_input`
 */
export async function targetOf(ask: Ask, { app, apps, org }: FlyioRequest, config: Config): Promise<Target> {
  const slug = org ?? config.fly_org;
  const where = org === undefined && slug !== undefined ? "FLY_ORG" : "flyio.org";
  if (app !== undefined) {
    const found = await appNamed(ask, app);
    return { organization: organizationOf([found], slug, where), app: found };
  }
  if (!apps)
    return { organization: slug === undefined ? await onlyOne(ask) : await organizationNamed(ask, slug) };
  const found = await ofEach([...new Set(apps)], (name) => appNamed(ask, name));
  return { organization: organizationOf(found, slug, where), apps: found };
}

/** @throws Problem `invalid_input` for apps of several, or of another than the named one */
function organizationOf(apps: readonly App[], slug: string | undefined, where: string): Organization {
  const [first, ...others] = apps;
  if (!first) throw new Problem("invalid_input", "The list of apps is empty.", "Name at least one app.");
  const { organization } = first;
  for (const { name, organization: own } of slug === undefined ? others : apps)
    if (slug === undefined ? own.id !== organization.id : !isCalled(own, slug))
      throw elsewhere(name, own.slug, slug ?? organization.slug, where);
  return organization;
}

async function onlyOne(ask: Ask): Promise<Organization> {
  const own = await ownOrganizations(ask);
  const [first] = own;
  if (first && own.length === 1) return first;
  throw new Problem(
    "invalid_input",
    first ? "There are several organizations, and none is named." : "This credential sees no organization.",
    "Name the organization (flyio.org), or set FLY_ORG.",
    { allowed: own.map(({ slug }) => quote(slug, 100)) },
  );
}
