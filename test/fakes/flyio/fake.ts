/**
 * A Fly.io that behaves: tokens that are real macaroons, lists in pages, refusals in the product's form, and every fault
 * on demand. What it must be, is stated in shared/reference/flyio.md; where that is unsure, a comment here says so.
 */
import type { Received } from "../../providers/server.ts";
import { type NamedAccess, resolveAccess } from "./access.ts";
import { identify, may } from "./caller.ts";
import { createFaults, type Faults } from "./faults.ts";
import type { GraphqlRequest } from "./graphql.ts";
import { issue } from "./issue.ts";
import { serve } from "./serve.ts";
import { dischargeAll, type Verdict } from "./tokens.ts";
import {
  type App,
  addApp,
  addOrganization,
  addUser,
  found,
  type LimitedToken,
  type Organization,
  type OrganizationSeed,
  type User,
  type World,
} from "./world.ts";

export interface FakeOptions {
  /** Tests set the clock. */
  now?: () => Date;
  /** 0, the default: any that is free. */
  port?: number;
  /** Addresses; default alice and bob. */
  users?: readonly string[];
  /** Beside everybody's personal one; default acme, of alice (admin) and bob (member), with the apps web and api. */
  orgs?: readonly OrganizationSeed[];
  /** Of lists without `first`, and of all; the product's are not known. */
  pageSize?: { default: number; cap: number };
}

/** A token made without a request, for a test that needs many. */
export interface TokenSeed {
  /** An address; default the first user. */
  user?: string;
  /** A slug; default acme. */
  org?: string;
  /** For profile `deploy`, which is then the default. */
  app?: string;
  name?: string;
  profile?: string;
  profileParams?: unknown;
  expiry?: string;
}

export interface FakeFlyio extends AsyncDisposable {
  /** Of the GraphQL API and the Machines API. */
  url: string;
  port: number;
  /** `127.0.0.1:<port>`, of the docker registry. */
  registryHost: string;
  users: readonly User[];
  orgs: readonly Organization[];
  apps: readonly App[];
  /** Everything that was ever minted, oldest first. */
  tokens: readonly LimitedToken[];
  org(slug: string): Organization;
  app(name: string): App;
  addUser(email: string): User;
  addOrg(seed: OrganizationSeed): Organization;
  addApp(slug: string, name: string): App;
  addToken(seed?: TokenSeed): LimitedToken;
  faults: Faults;
  /** Every GraphQL request that could be read, in order. */
  requests: GraphqlRequest[];
  /** Every HTTP request of any kind, as it came. */
  received: readonly Received[];
  /** What a header of any kind may do, by names. */
  verify(header: string, access: NamedAccess): Verdict;
  /** The header with a third party's word for a user; it lasts 10 minutes unless told otherwise. */
  discharge(header: string, email?: string, minutes?: number): string;
}

const acme: OrganizationSeed = {
  slug: "acme",
  name: "Acme",
  members: { "alice@example.com": "admin", "bob@example.com": "member" },
  apps: ["web", "api"],
};

export async function startFakeFlyio(options: FakeOptions = {}): Promise<FakeFlyio> {
  const { now = () => new Date(), port = 0, users = ["alice@example.com", "bob@example.com"] } = options;
  const world: World = { now, users: [], organizations: [], apps: [], tokens: [] };
  for (const email of users) addUser(world, email);
  for (const seed of options.orgs ?? (options.users ? [] : [acme])) addOrganization(world, seed);

  const faults = createFaults();
  const requests: GraphqlRequest[] = [];
  const pageSize = options.pageSize ?? { default: 25, cap: 100 };
  const server = await serve({ world, faults, requests, pageSize }, port);
  const user = (email = users[0] ?? "") => found(world.users, (one) => one.email === email, email);
  const org = (slug: string) => found(world.organizations, (one) => one.slug === slug, slug);

  return {
    url: server.url,
    port: server.port,
    registryHost: `127.0.0.1:${server.port}`,
    users: world.users,
    orgs: world.organizations,
    apps: world.apps,
    tokens: world.tokens,
    org,
    app: (name) => found(world.apps, (one) => one.name === name, name),
    addUser: (email) => addUser(world, email),
    addOrg: (seed) => addOrganization(world, seed),
    addApp: (slug, name) => addApp(world, slug, name),
    addToken: ({ user: email, org: slug = "acme", app, name = "a token", ...rest } = {}) =>
      issue(world, {
        name,
        user: user(email),
        organization: org(slug),
        profile: app ? "deploy" : "deploy_organization",
        profileParams: app ? { app_id: app } : {},
        ...rest,
      }),
    faults,
    requests,
    received: server.received,
    verify(header, access) {
      const caller = identify(world, header, "macaroon");
      return may(world, caller, resolveAccess(world, access));
    },
    discharge: (header, email, minutes = 10) =>
      dischargeAll(header, user(email), now(), new Date(now().getTime() + minutes * 60_000)),
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
