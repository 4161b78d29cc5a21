/** What each type of caveat says to an access (superfly/macaroon, `Prohibits`). */
import type { Access } from "./access.ts";
import type { Bodies, Caveat, CaveatName, KnownCaveat } from "./caveat.ts";
import { within } from "./mask.ts";
import type { Integer } from "./reader.ts";
import { isWildcard, type ResourceSet } from "./resource-set.ts";

export interface Request {
  access: Access;
  actions: number;
  /** Unix seconds. */
  now: number;
}

export const allowed = Symbol("allowed");
/** The access does not name what the caveat is about. */
export const irrelevant = Symbol("irrelevant");
/** It says something about the user and nothing about the access. In another caveat it has no place. */
export const skipped = Symbol("skipped");

/** A text is a refusal. */
export type Answer = typeof allowed | typeof irrelevant | typeof skipped | string;

export function ask(caveat: Caveat, request: Request): Answer {
  if (caveat.name === undefined) return "Nobody here knows what it asks for.";
  const rule = rules[caveat.name] as (body: KnownCaveat["body"], request: Request) => Answer;
  return rule(caveat.body, request);
}

const actionsWithin = (actions: number, mask: number): Answer =>
  within(actions, mask) ? allowed : "The action is not among those that it allows.";

function set<Id extends Integer | string>(
  entries: ResourceSet<Id>,
  id: Id | undefined,
  actions: number,
  fits = same<Id>,
): Answer {
  const list = entries ?? [];
  // Before all else: such a set refuses what does not name its kind of thing, too.
  if (list.length > 1 && list.some(([one]) => isWildcard(one)))
    return "Its wildcard stands beside other ids.";
  if (id === undefined) return irrelevant;
  const found = list.filter(([one]) => isWildcard(one) || fits(one, id));
  if (found.length === 0) return "It names others, not this one.";
  return actionsWithin(
    actions,
    found.reduce((mask, [, one]) => mask & one, 0xffff),
  );
}

function same<Id extends Integer | string>(a: Id, b: Id): boolean {
  return typeof a === "string" ? a === b : BigInt(a) === BigInt(b);
}

const notAnAccess = () => "It is for whoever gives a discharge, and refuses every access.";
const statement = (): Answer => skipped;

/** The roles of an organization's people; an admin has all bits. */
const member = 1n;
const admin = 0xffffffffn;

/** What ordinary members may do with an organization's features; those that are not here are for admins alone. */
const openToMembers: Readonly<Record<string, number>> = {
  wg: 0x1f,
  domain: 0x1f,
  site: 0x1f,
  builder: 0x1f,
  addon: 0x1f,
  checks: 0x1f,
  "litefs-cloud": 0x1f,
  membership: 1,
  billing: 1,
  authentication: 1,
  deletion: 0,
  document_signing: 0,
};

function roles(mask: Integer, { access: { org_feature }, actions }: Request): Answer {
  const open =
    org_feature === undefined ||
    (Object.hasOwn(openToMembers, org_feature) && within(actions, openToMembers[org_feature] ?? 0));
  const needed = open ? member : admin;
  return (BigInt(mask) & needed) === needed ? allowed : "Its roles may not do that.";
}

const rules: { [Name in CaveatName]: (body: Bodies[Name], request: Request) => Answer } = {
  Organization({ id, mask }, { access: { org }, actions }) {
    if (org === undefined) return irrelevant;
    if (!isWildcard(id) && !same<Integer>(id, org)) return "It is for another organization.";
    return actionsWithin(actions, mask);
  },
  Apps: ({ apps }, { access, actions }) => set<Integer>(apps, access.app, actions),
  Volumes: ({ volumes }, { access, actions }) => set(volumes, access.volume, actions),
  Machines: ({ machines }, { access, actions }) => set(machines, access.machine, actions),
  Clusters: ({ clusters }, { access, actions }) => set(clusters, access.cluster, actions),
  FeatureSet: ({ features }, { access, actions }) => set(features, access.org_feature, actions),
  AppFeatureSet: ({ features }, { access, actions }) => set(features, access.app_feature, actions),
  MachineFeatureSet: ({ features }, { access, actions }) => set(features, access.machine_feature, actions),
  StorageObjects: ({ storage_objects }, { access, actions }) =>
    set(storage_objects, access.storage_object, actions, (prefix, url) => url.startsWith(prefix)),
  Action: (mask, { actions }) => actionsWithin(actions, mask),
  Mutations({ mutations }, { access: { mutation } }) {
    if (mutation === undefined) return irrelevant;
    return mutations?.includes(mutation) ? allowed : "The mutation is not among those that it allows.";
  },
  Commands(commands, { access: { command } }) {
    if (command === undefined) return irrelevant;
    const fits = commands?.some(({ args, exact }) => {
      const words = args ?? [];
      return (!exact || words.length === command.length) && words.every((word, at) => word === command[at]);
    });
    return fits ? allowed : "The command is not among those that it allows.";
  },
  ValidityWindow({ not_before, not_after }, { now }) {
    if (now < not_before) return "It is not valid yet.";
    // Asked this way round, a moment that is none is within nothing.
    return now <= not_after ? allowed : "It has expired.";
  },
  IfPresent({ ifs, else: otherwise }, request) {
    const answers = (ifs ?? []).map((one) => ask(one, request)).filter((one) => one !== irrelevant);
    if (answers.length === 0) return actionsWithin(request.actions, otherwise);
    const other = answers.find((one) => one !== allowed) ?? allowed;
    return other === skipped ? "A statement about a user stands where only conditions may." : other;
  },
  FromMachineSource: ({ id }, { access }) =>
    access.source_machine === id
      ? allowed
      : "It is good on one machine alone, and the access does not come from there.",
  FlySrc({ organization, app, instance }, { access }) {
    const fits =
      (organization === "" || organization === access.source_organization) &&
      (app === "" || app === access.source_app) &&
      (instance === "" || instance === access.source_machine);
    return fits ? allowed : "It is good in one place alone, and the access does not come from there.";
  },
  IsMember: (_, request) => roles(1, request),
  AllowedRoles: roles,
  IsUser: () => allowed,
  ConfineUser: notAnAccess,
  ConfineOrganization: notAnAccess,
  ConfineGoogleHD: notAnAccess,
  ConfineGitHubOrg: notAnAccess,
  MaxValidity: notAnAccess,
  FlyioUserID: statement,
  GitHubUserID: statement,
  GoogleUserID: statement,
  "3P": () => "Only the one who verifies it can decide about it.",
  BindToParentToken: () => "Only the one who verifies it can decide about it.",
};
