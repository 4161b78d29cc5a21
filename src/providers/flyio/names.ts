/** Organizations and apps by their names. */
import { Problem, quote } from "../../problem.ts";
import {
  appNamedQuery,
  type OrganizationNameFragment,
  type OrganizationsQuery,
  organizationNamedQuery,
  organizationsQuery,
} from "./api.generated.ts";
import type { Ask } from "./graphql.ts";
import { allOf } from "./pages.ts";

export type Organization = OrganizationNameFragment;
export type OwnOrganization = NonNullable<NonNullable<OrganizationsQuery["organizations"]["nodes"]>[number]>;

export interface App {
  id: string;
  /** What caveats call it. */
  number: string;
  name: string;
  organization: Organization;
}

/** @throws Problem `not_found` */
export async function organizationNamed(ask: Ask, slug: string): Promise<Organization> {
  return found("organization", slug, async () => (await ask(organizationNamedQuery, { slug })).organization);
}

/** @throws Problem `not_found` */
export async function appNamed(ask: Ask, name: string): Promise<App> {
  const { internalNumericId, ...app } = await found(
    "app",
    name,
    async () => (await ask(appNamedQuery, { name })).app,
  );
  // A caveat's app 0 stands for every app.
  if (!/^[1-9]\d*$/.test(String(internalNumericId)))
    throw new Problem(
      "provider_down",
      `Fly.io gives no number for the app ${quote(name, 100)}.`,
      "Try again.",
    );
  return { ...app, number: String(internalNumericId) };
}

/** Those that the caller belongs to. */
export function ownOrganizations(ask: Ask): Promise<OwnOrganization[]> {
  return allOf(async (after) => (await ask(organizationsQuery, { after })).organizations);
}

/** A personal organization has two names: `personal`, for its owner, and its own. */
export function isCalled({ slug, rawSlug }: Pick<Organization, "slug" | "rawSlug">, name: string): boolean {
  return name === slug || name === rawSlug;
}

/**
 * What the API says of absent things differs: an error, or a null.
 * @throws Problem `not_found`
 */
export async function found<Item>(
  what: string,
  name: string,
  look: () => Promise<Item | null | undefined>,
): Promise<Item> {
  const item = await look().catch((error) => {
    if (error instanceof Problem && error.code === "not_found") return undefined;
    throw error;
  });
  if (item) return item;
  throw new Problem(
    "not_found",
    `There is no ${what} "${quote(name, 100)}", or none that this credential may see.`,
    `Correct its name, or use the credential of a user who sees it; list_tokens shows what there is.`,
  );
}
