/** Caveats in plain sentences. What comes out of a token is quoted as data: others may have written it. */
import { quote } from "../problem.ts";
import type { Bodies, Caveat, CaveatName, Command, KnownCaveat } from "./caveat.ts";
import type { Integer } from "./reader.ts";
import { isWildcard, type ResourceSet } from "./resource-set.ts";

/** Names for Fly.io's numbers, as far as they are known. */
export interface Names {
  orgs?: Readonly<Record<string, string>> | undefined;
  apps?: Readonly<Record<string, string>> | undefined;
}

const actionWords = ["read", "write", "create", "delete", "control (start, stop, signal)"];

/** `read and write`; `do everything`. */
function actionsIn(mask: number): string {
  const words = actionWords.filter((_, bit) => mask & (1 << bit));
  if (words.length === actionWords.length) return "do everything";
  return words.length === 0 ? "do nothing" : and(words);
}

/** A moment in unix seconds as ISO 8601 in UTC; for one beyond every calendar, "the end of time". */
export function moment(seconds: Integer): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime())
    ? seconds > 0
      ? "the end of time"
      : "the beginning of time"
    : date.toISOString().replace(".000Z", "Z");
}

/** What a caveat leaves to the holder, as a sentence without its full stop. */
export function wordsFor(caveat: Caveat, names: Names): string {
  if (caveat.name === undefined)
    return `A condition of the unknown type ${caveat.type} stands in it, which closes it to everyone who has to decide about it`;
  const say = sayings[caveat.name] as (body: KnownCaveat["body"], names: Names) => string;
  return say(caveat.body, names);
}

const sayings: { [Name in CaveatName]: (body: Bodies[Name], names: Names) => string } = {
  Organization: ({ id, mask }, { orgs }) =>
    `It may ${actionsIn(mask)} in ${isWildcard(id) ? "any organization" : `organization ${called(id, orgs)}`}`,
  Apps: ({ apps }, names) => only("apps", apps, (id) => called(id, names.apps)),
  Volumes: ({ volumes }) => only("volumes", volumes),
  Machines: ({ machines }) => only("machines", machines),
  Clusters: ({ clusters }) => only("LiteFS clusters", clusters),
  FeatureSet: ({ features }) => only("features of the organization", features),
  AppFeatureSet: ({ features }) => only("features of apps", features),
  MachineFeatureSet: ({ features }) => only("features of machines", features),
  StorageObjects: ({ storage_objects }) => only("storage below", storage_objects),
  Action: (mask) => `It may ${actionsIn(mask)}, nothing else`,
  Mutations: ({ mutations }) =>
    mutations?.length
      ? `Of the API's mutations it may only call ${and(mutations.map((one) => quote(one, 60)))}, and nothing that is no mutation`
      : "It may call no mutation of the API, and nothing that is none",
  Commands: (commands) =>
    `On machines it may only run ${commandsIn(commands)}, and nothing that is no command`,
  ValidityWindow: ({ not_before, not_after }) =>
    `It is valid from ${moment(not_before)} until ${moment(not_after)}`,
  IfPresent({ ifs, else: otherwise }, names) {
    const inner = (ifs ?? []).map((one) => lower(wordsFor(one, names)));
    return inner.length === 0
      ? `It may ${actionsIn(otherwise)}, nothing else`
      : `Where a request is about it: ${inner.join("; ")}. For any other request: it may ${actionsIn(otherwise)}`;
  },
  FromMachineSource: ({ id }) => `It is good on machine ${quote(id, 60)} alone`,
  FlySrc({ organization, app, instance }) {
    const places = Object.entries({ organization, app, machine: instance }).filter(
      ([, value]) => value !== "",
    );
    return places.length === 0
      ? "It is good everywhere"
      : `It is good only in ${and(places.map(([kind, value]) => `${kind} ${quote(value, 60)}`))}`;
  },
  IsMember: () => "It may do what ordinary members may",
  AllowedRoles: (roles) =>
    roles === 0xffffffff
      ? "It may do what admins may"
      : Number(roles) & 1
        ? "It may do what ordinary members may"
        : `It may do what the roles ${roles} may`,
  IsUser: ({ uint64 }) => `It was made for user ${uint64}`,
  "3P": ({ Location }) => `${place(Location)} has to agree`,
  BindToParentToken: () => "It is good together with one token alone",
  ConfineUser: ({ id }) => `Whoever gives the discharge lets in only user ${id}`,
  ConfineOrganization: ({ id }) => `Whoever gives the discharge lets in only members of organization ${id}`,
  ConfineGoogleHD: (domain) =>
    `Whoever gives the discharge lets in only Google accounts of ${quote(domain, 100)}`,
  ConfineGitHubOrg: (id) => `Whoever gives the discharge lets in only members of GitHub organization ${id}`,
  MaxValidity: (seconds) => `A discharge may live for ${seconds} seconds at most`,
  FlyioUserID: (id) => `It says that the user is Fly.io's ${id}`,
  GitHubUserID: (id) => `It says that the user is GitHub's ${id}`,
  GoogleUserID: (id) => `It says that the user is Google's ${quote(String(id), 60)}`,
};

/** A location, which somebody else chose. */
export function place(location: string): string {
  return quote(location, 100) || "a place without a name";
}

export function and(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function called(id: Integer, names: Readonly<Record<string, string>> = {}): string {
  const name = Object.hasOwn(names, String(id)) ? names[String(id)] : undefined;
  return name === undefined ? String(id) : `${quote(name, 60)} (${id})`;
}

function only<Id extends Integer | string>(
  kind: string,
  set: ResourceSet<Id>,
  name: (id: Id) => string = (id) => quote(String(id), 60),
): string {
  if (!set || set.length === 0) return `It may touch none of the ${kind}, and nothing else`;
  if (set.length > 1 && set.some(([id]) => isWildcard(id)))
    return `Its list of ${kind} contradicts itself, which closes it`;
  const parts = set.map(([id, mask]) =>
    isWildcard(id) ? `any of the ${kind} (${actionsIn(mask)})` : `${name(id)} (${actionsIn(mask)})`,
  );
  return `Of ${kind === "storage below" ? "what is stored" : `the ${kind}`} it may touch only ${and(parts)}`;
}

function commandsIn(commands: readonly Command[] | null): string {
  if (!commands || commands.length === 0) return "no command";
  return and(
    commands.map(({ args, exact }) => {
      const words = JSON.stringify((args ?? []).map((word) => quote(word, 100)));
      if ((args ?? []).length === 0) return exact ? "an empty command" : "any command";
      return exact ? `exactly ${words}` : `what begins with ${words}`;
    }),
  );
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
