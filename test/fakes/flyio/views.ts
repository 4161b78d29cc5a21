/** What exists, as the GraphQL API shows it to somebody. Fields that cost something are functions: graphql calls them. */
import { mayRead } from "./caller.ts";
import { connection, type PageArguments } from "./connection.ts";
import { unauthorized } from "./refusal.ts";
import { type Session, userOf } from "./session.ts";
import { type App, type LimitedToken, type Organization, slugFor, type User } from "./world.ts";

export function organizationView(session: Session, organization: Organization): unknown {
  const { world, caller, pages } = session;
  const user = userOf(session);
  return {
    __typename: "Organization",
    id: organization.id,
    internalNumericId: String(organization.number),
    name: organization.name,
    slug: slugFor(organization, user),
    rawSlug: organization.slug,
    viewerRole: (user && organization.members.get(user)) ?? "member",
    limitedAccessTokens(page: PageArguments) {
      // An app's token sees the name of its organization, and no more of it.
      if (!mayRead(world, caller, organization)) throw unauthorized();
      return tokensView(session, (token) => token.organization === organization, page, pages);
    },
  };
}

export function appView(session: Session, app: App): unknown {
  return {
    __typename: "App",
    id: app.name,
    internalNumericId: app.number,
    name: app.name,
    organization: () => organizationView(session, app.organization),
    limitedAccessTokens: (page: PageArguments) => tokensView(session, (token) => token.app === app, page),
  };
}

/** An organization's list holds those of its apps too, and those that were revoked. */
function tokensView(
  session: Session,
  belongs: (token: LimitedToken) => boolean,
  page: PageArguments,
  rules = session.pages,
): unknown {
  const tokens = session.world.tokens.filter(belongs);
  return connection(
    tokens.map((token) => tokenView(session, token)),
    page,
    rules,
  );
}

export function tokenView(session: Session, token: LimitedToken): unknown {
  return {
    __typename: "LimitedAccessToken",
    id: token.id,
    name: token.name,
    profile: token.profile,
    profileParams: token.profileParams,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    revokedAt: token.revokedAt?.toISOString() ?? null,
    revokedBy: token.revokedBy ?? null,
    token: token.header.replace("FlyV1 ", ""),
    tokenHeader: token.header,
    organization: () => organizationView(session, token.organization),
    user: () => userView(session, token.user),
  };
}

export function userView(session: Session, user: User): unknown {
  const { world, pages } = session;
  return {
    __typename: "User",
    id: user.id,
    email: user.email,
    organizations(page: PageArguments) {
      if (userOf(session) !== user) throw unauthorized();
      const own = world.organizations.filter(({ members }) => members.has(user));
      return connection(
        own.map((one) => organizationView(session, one)),
        page,
        pages,
      );
    },
  };
}

/** A caller with a macaroon is somebody of a kind: an address, and no organizations of its own. */
export function viewerView(session: Session): unknown {
  const { caller } = session;
  if (caller.kind === "user") return userView(session, caller.user);
  if (caller.kind === "nobody") throw unauthorized();
  return {
    __typename: "Macaroon",
    email: `${caller.permits[0]?.record.uuid}@tokens.fly.io`,
    organizations() {
      throw unauthorized();
    },
  };
}
