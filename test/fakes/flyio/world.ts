/** What exists at the fake: plain records in lists, oldest first. Nothing is ever removed, so that a test can look. */
import { randomBytes } from "node:crypto";
import { appNumber, machineId, nodeId, oauthToken, organizationNumber, userNumber } from "./ids.ts";

export interface User {
  id: string;
  number: number;
  email: string;
  /** `fo1_…`, what `flyctl auth token` would print. */
  token: string;
}

export type Role = "admin" | "member";

export interface Organization {
  id: string;
  number: number;
  name: string;
  /** Unique; a personal organization has another one for its owner, see `slugFor`. */
  slug: string;
  owner: User | undefined;
  members: Map<User, Role>;
  /** Whether its tokens are born with a third-party caveat that somebody has to discharge. */
  demandsDischarge: boolean;
  /** Every organization signs with key material of its own. */
  key: Uint8Array;
  kid: Uint8Array;
}

export interface App {
  name: string;
  number: number;
  organization: Organization;
  machines: Machine[];
}

export interface Machine {
  id: string;
  name: string;
  state: string;
  region: string;
  created_at: string;
}

/** A token on record. What was narrowed offline has no record and is found by the nonce that it shares with its parent. */
export interface LimitedToken {
  id: string;
  /** Of its nonce; also its address, `<uuid>@tokens.fly.io`. */
  uuid: string;
  name: string;
  profile: string;
  profileParams: unknown;
  organization: Organization;
  app: App | undefined;
  user: User;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | undefined;
  revokedBy: string | undefined;
  /** The token itself, with its scheme. */
  header: string;
}

export interface World {
  now(): Date;
  users: User[];
  organizations: Organization[];
  apps: App[];
  tokens: LimitedToken[];
}

export interface OrganizationSeed {
  slug: string;
  name?: string;
  /** By address. */
  members?: Record<string, Role>;
  /** Names; each gets a machine. */
  apps?: readonly string[];
  demandsDischarge?: boolean;
}

/** With a personal organization, as everybody has one. */
export function addUser(world: World, email: string): User {
  const user = { id: nodeId(), number: userNumber(), email, token: oauthToken() };
  world.users.push(user);
  const personal = addOrganization(world, { slug: `${email.split("@")[0]}-personal`, name: email });
  personal.owner = user;
  personal.members.set(user, "admin");
  return user;
}

export function addOrganization(world: World, seed: OrganizationSeed): Organization {
  const organization: Organization = {
    id: nodeId(),
    number: organizationNumber(),
    name: seed.name ?? seed.slug,
    slug: seed.slug,
    owner: undefined,
    members: new Map(),
    demandsDischarge: seed.demandsDischarge ?? false,
    key: randomBytes(32),
    kid: randomBytes(16),
  };
  for (const [email, role] of Object.entries(seed.members ?? {}))
    organization.members.set(
      found(world.users, (user) => user.email === email, email),
      role,
    );
  world.organizations.push(organization);
  for (const name of seed.apps ?? []) addApp(world, seed.slug, name);
  return organization;
}

export function addApp(world: World, slug: string, name: string): App {
  const organization = found(world.organizations, (one) => one.slug === slug, slug);
  const app: App = { name, number: appNumber(), organization, machines: [] };
  world.apps.push(app);
  addMachine(world, app);
  return app;
}

export function addMachine(world: World, app: App): Machine {
  const machine = {
    id: machineId(),
    name: `${app.name}-${app.machines.length + 1}`,
    state: "started",
    region: "ams",
    created_at: world.now().toISOString(),
  };
  app.machines.push(machine);
  return machine;
}

/** An owner's personal organization is called "personal" for the owner alone. */
export function slugFor(organization: Organization, user: User | undefined): string {
  return organization.owner !== undefined && organization.owner === user ? "personal" : organization.slug;
}

/** For a test that names what must exist. */
export function found<Item>(items: readonly Item[], is: (item: Item) => boolean, name: string): Item {
  const item = items.find(is);
  if (item === undefined) throw new Error(`The fake Fly.io has no ${name}.`);
  return item;
}
