/** Whether a token allows an access: by its own words, and by Fly.io's. */
import type { Access as LocalAccess } from "../../macaroon/access.ts";
import { evaluateHeader } from "../../macaroon/evaluate.ts";
import { Problem } from "../../problem.ts";
import type { Access, AccessVerdict } from "../provider.ts";
import { actionsOf } from "./actions.ts";
import { authorizationOf, type Bag } from "./authorization.ts";
import { isNumber, type Lookup, organizationsIn } from "./lookup.ts";
import type { Machines } from "./machines.ts";

/** An organization or app, as far as it is known: caveats want its number, Fly.io's API its name. */
interface Known {
  number?: string | undefined;
  name?: string | undefined;
}

interface Place {
  org: Known;
  app?: Known | undefined;
}

interface Parts {
  lookup: Lookup;
  machines: Machines;
  now: Date;
}

/** @throws Problem `invalid_input` for an access whose parts do not go together */
export async function checkAccess(
  bag: Bag,
  access: Access,
  { lookup, machines, now }: Parts,
): Promise<AccessVerdict> {
  const action = actionsOf(access.action);
  const { machine, volume, command, mutation, feature } = access;
  const { org, app } = await placeOf(access, bag, lookup);
  const locally =
    org.number === undefined || (app && app.number === undefined)
      ? undefined
      : evaluated(
          bag,
          {
            action,
            org: BigInt(org.number),
            app: app?.number === undefined ? undefined : BigInt(app.number),
            machine,
            volume,
            command,
            mutation,
            org_feature: feature,
          },
          now,
        );
  const org_slug = org.name ?? (app ? undefined : await ownSlug(machines, bag, access.org));
  const isNamed = app ? app.name !== undefined : org_slug !== undefined;
  const named = { action, org_slug, app_name: app?.name, machine_id: machine, volume_id: volume };
  const by_issuer = isNamed
    ? await machines.authorize(bag, { ...named, org_feature: feature, mutation, command })
    : undefined;
  return { locally, by_issuer };
}

/** Where nothing is named, the organization of the token itself is meant. */
async function placeOf({ org, app }: Access, bag: Bag, lookup: Lookup): Promise<Place> {
  const own = organizationsIn(bag);
  const found = app === undefined || isNumber(app) ? undefined : await orUndefined(() => lookup.app(app));
  const organization =
    org === undefined || isNumber(org)
      ? found?.organization
      : await orUndefined(() => lookup.organization(org));
  const number = organization
    ? String(organization.internalNumericId)
    : org === undefined && own.length === 1
      ? own[0]
      : undefined;
  return {
    org:
      org !== undefined && isNumber(org) ? { number: org } : { number, name: organization?.rawSlug ?? org },
    app:
      app === undefined ? undefined : isNumber(app) ? { number: app } : { number: found?.number, name: app },
  };
}

function evaluated(bag: Bag, access: LocalAccess, now: Date): NonNullable<AccessVerdict["locally"]> {
  const { allowed, tokens } = evaluateHeader(authorizationOf(bag, "machines"), access, now);
  const refusals = allowed ? [] : tokens.flatMap((token) => token.refusals);
  const because = refusals.map(({ caveat, because: reason }) => (caveat ? `${caveat}: ${reason}` : reason));
  return { allowed, because: [...new Set(because)] };
}

/** The slug of the only organization that Fly.io knows a token for; a call that names another one does not want it. */
async function ownSlug(machines: Machines, bag: Bag, named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return undefined;
  const current = await orUndefined(() => machines.current(bag));
  const slugs = new Set((current ?? []).flatMap(({ org_slug }) => org_slug ?? []));
  return slugs.size === 1 ? [...slugs][0] : undefined;
}

async function orUndefined<Value>(act: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
