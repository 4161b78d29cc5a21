/** The mutations. */
import { accessTo } from "./access.ts";
import { may } from "./caller.ts";
import { issue, revoke } from "./issue.ts";
import { notFound, unauthorized, unprocessable } from "./refusal.ts";
import { mustBeKnown, mustBeUser, type Session } from "./session.ts";
import { tokenView } from "./views.ts";
import type { Organization } from "./world.ts";

interface Input<Fields> {
  input: Fields & { clientMutationId?: string | null };
}

interface Create {
  organizationId: string;
  name: string;
  profile: string;
  profileParams?: unknown;
  expiry?: string | null;
}

interface Delete {
  id?: string | null;
  token?: string | null;
  revokedBy?: string | null;
}

interface Certificate {
  organizationId: string;
  appNames?: string[] | null;
}

export function mutations(session: Session): object {
  const { world } = session;
  return {
    createLimitedAccessToken({ input }: Input<Create>) {
      const user = mustBeUser(session, "Not authorized to create tokens.");
      const { clientMutationId, organizationId, ...wanted } = input;
      const organization = organizationOf(session, organizationId);
      if (!organization.members.has(user)) throw notFound("Organization");
      const token = issue(world, { ...wanted, organization, user });
      return { clientMutationId, limitedAccessToken: tokenView(session, token) };
    },

    deleteLimitedAccessToken({ input }: Input<Delete>) {
      // Whether the product lets a scoped token end others is not known; here it does not.
      const user = mustBeUser(session, "Not authorized to revoke tokens.");
      if (!input.id && !input.token) throw unprocessable("id or token is missing");
      const token = world.tokens.find(
        ({ id, header }) => id === input.id || (input.token && header === `FlyV1 ${input.token}`),
      );
      if (!token?.organization.members.has(user)) throw notFound("LimitedAccessToken");
      revoke(world, token, input.revokedBy ?? user.email);
      return { clientMutationId: input.clientMutationId, revokedBy: token.revokedBy, token: null };
    },

    /** What `flyctl ssh console` needs. It writes, so that a token that may only read does not get one. */
    issueCertificate({ input }: Input<Certificate>) {
      mustBeKnown(session);
      const organization = organizationOf(session, input.organizationId);
      const apps = world.apps.filter(
        (app) => app.organization === organization && input.appNames?.includes(app.name),
      );
      const targets = input.appNames ? apps : [undefined];
      const allowed = targets.map((app) => {
        const access = { ...accessTo(organization, "w", app), mutation: "issueCertificate" };
        return may(world, session.caller, access).allowed;
      });
      if (targets.length < (input.appNames?.length ?? 1)) throw notFound("App");
      if (allowed.includes(false)) throw unauthorized("Not authorized to issue certificates.");
      return {
        clientMutationId: input.clientMutationId,
        certificate: "ssh-ed25519-cert-v01@openssh.com AAAA",
      };
    },
  };
}

function organizationOf({ world }: Session, id: string): Organization {
  const organization = world.organizations.find((one) => one.id === id);
  if (!organization) throw notFound("Organization");
  return organization;
}
