/** What somebody would do, by names, as the Machines API takes it: it looks the numbers up that caveats speak of. */
import type { Access } from "../../../src/macaroon/access.ts";
import type { App, Organization, World } from "./world.ts";

/** The body of `/v1/tokens/authorize`. */
export interface NamedAccess {
  /** Letters of `rwcdC`; the product's description says a number, its own client sends letters. */
  action?: string | number;
  org_slug?: string;
  app_name?: string;
  volume_id?: string;
  machine_id?: string;
  org_feature?: string;
  app_feature?: string;
  machine_feature?: string;
  mutation?: string;
  source_machine?: string;
  command?: string[];
  storage_object?: string;
}

/** An access whose organization is known; there is no other. */
export type OrganizationAccess = Access & { org: number };

/** @throws Error for a name that is not here */
export function resolveAccess(world: World, named: NamedAccess): OrganizationAccess {
  const app =
    named.app_name === undefined ? appOfMachine(world, named.machine_id) : appNamed(world, named.app_name);
  const organization = app?.organization ?? world.organizations.find(({ slug }) => slug === named.org_slug);
  if (!organization) throw new Error(`resource unspecified: org ${named.org_slug ?? ""}`.trim());
  if (named.org_slug !== undefined && organization.slug !== named.org_slug)
    throw new Error(`app ${app?.name} does not belong to organization ${named.org_slug}`);
  return {
    ...accessTo(organization, lettersOf(named.action), app),
    volume: named.volume_id,
    machine: named.machine_id,
    org_feature: named.org_feature,
    app_feature: named.app_feature,
    machine_feature: named.machine_feature,
    mutation: named.mutation,
    source_machine: named.source_machine,
    command: named.command,
    storage_object: named.storage_object,
  };
}

export function accessTo(organization: Organization, action: string, app?: App): OrganizationAccess {
  return { action, org: organization.number, ...(app && { app: app.number }) };
}

/** As the Go library prints an access. */
export function accessInGo(access: OrganizationAccess): Record<string, unknown> {
  const { org, app, org_feature, source_machine, source_app, source_organization, ...rest } = access;
  return {
    ...rest,
    orgid: org,
    appid: app,
    feature: org_feature,
    sourceMachine: source_machine,
    sourceApp: source_app,
    sourceOrganization: source_organization,
  };
}

function appNamed(world: World, name: string): App {
  const app = world.apps.find((one) => one.name === name);
  if (!app) throw new Error(`app ${name} not found`);
  return app;
}

function appOfMachine(world: World, id: string | undefined): App | undefined {
  return id === undefined
    ? undefined
    : world.apps.find(({ machines }) => machines.some((one) => one.id === id));
}

function lettersOf(action: string | number | undefined): string {
  if (typeof action !== "number") return action ?? "";
  return [..."rwcdC"].filter((_, bit) => action & (1 << bit)).join("");
}
