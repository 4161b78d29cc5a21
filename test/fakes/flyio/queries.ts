/** The queries. Who may not read a thing is told that there is none. */
import { mayRead } from "./caller.ts";
import { connection, type PageArguments } from "./connection.ts";
import { notFound } from "./refusal.ts";
import { mustBeKnown, type Session, userOf } from "./session.ts";
import { appView, organizationView, tokenView, userView, viewerView } from "./views.ts";
import { slugFor } from "./world.ts";

interface AppsArguments extends PageArguments {
  organizationId?: string | null;
}

export function queries(session: Session): object {
  const { world, caller, pages } = session;
  const readable = {
    organizations: () => world.organizations.filter((one) => mayRead(world, caller, one)),
    apps: () => world.apps.filter((one) => mayRead(world, caller, one.organization, one)),
  };
  return {
    viewer: () => viewerView(session),

    app({ name }: { name?: string | null }) {
      mustBeKnown(session);
      const app = readable.apps().find((one) => one.name === name);
      if (!app) throw notFound("App");
      return appView(session, app);
    },

    apps({ organizationId, ...page }: AppsArguments) {
      mustBeKnown(session);
      const apps = readable.apps().filter((app) => !organizationId || app.organization.id === organizationId);
      return connection(
        apps.map((app) => appView(session, app)),
        page,
        pages,
      );
    },

    organization({ slug }: { slug?: string | null }) {
      mustBeKnown(session);
      const organization = readable
        .organizations()
        .find((one) => one.slug === slug || slugFor(one, userOf(session)) === slug);
      if (!organization) throw notFound("Organization");
      return organizationView(session, organization);
    },

    organizations(page: PageArguments) {
      mustBeKnown(session);
      return connection(
        readable.organizations().map((one) => organizationView(session, one)),
        page,
        pages,
      );
    },

    node({ id }: { id: string }) {
      mustBeKnown(session);
      const app = readable.apps().find((one) => one.name === id);
      if (app) return appView(session, app);
      const organization = readable.organizations().find((one) => one.id === id);
      if (organization) return organizationView(session, organization);
      const token = world.tokens.find((one) => one.id === id);
      if (token && mayRead(world, caller, token.organization, token.app)) return tokenView(session, token);
      const user = userOf(session);
      return user?.id === id ? userView(session, user) : null;
    },
  };
}
