/**
 * Whether caveats side by side contradict each other, so that a token allows nothing at all. What is found is certain;
 * not all that contradicts itself is found.
 */
import type { Bodies, Caveat, CaveatName } from "../../macaroon/caveat.ts";
import { everything } from "../../macaroon/mask.ts";
import type { ResourceSet } from "../../macaroon/resource-set.ts";

type Id = number | bigint | string;
type Entries = readonly (readonly [id: string, mask: number])[];

/** A request names one of each line at most, and each refuses the requests that name nothing of its kind. */
const alternatives: readonly CaveatName[][] = [
  ["Apps", "FeatureSet", "StorageObjects"],
  ["Machines", "Volumes", "AppFeatureSet"],
  ["MachineFeatureSet", "Commands"],
];

/** What is said to whoever gives a discharge; beside a token's own conditions it refuses everything. */
const misplaced: readonly CaveatName[] = [
  "ConfineUser",
  "ConfineOrganization",
  "ConfineGoogleHD",
  "ConfineGitHubOrg",
  "MaxValidity",
  "BindToParentToken",
];

const sets = {
  Apps: ({ apps }: Bodies["Apps"]) => entries(apps),
  Volumes: ({ volumes }: Bodies["Volumes"]) => entries(volumes),
  Machines: ({ machines }: Bodies["Machines"]) => entries(machines),
  Clusters: ({ clusters }: Bodies["Clusters"]) => entries(clusters),
  FeatureSet: ({ features }: Bodies["FeatureSet"]) => entries(features),
  AppFeatureSet: ({ features }: Bodies["AppFeatureSet"]) => entries(features),
  MachineFeatureSet: ({ features }: Bodies["MachineFeatureSet"]) => entries(features),
  Organization: ({ id, mask }: Bodies["Organization"]) => entries([[id, mask]]),
  Mutations: ({ mutations }: Bodies["Mutations"]): Entries =>
    (mutations ?? []).map((one) => [one, everything]),
};

export function nothingLeft(caveats: readonly Caveat[]): boolean {
  const bodies = <Name extends CaveatName>(wanted: Name) =>
    caveats.flatMap((one) => (one.name === wanted ? [one.body as Bodies[Name]] : []));
  const has = (name: CaveatName) => caveats.some((one) => one.name === name);
  const actions = [...bodies("Action"), ...bodies("Organization").map(({ mask }) => mask)].reduce(
    (all, mask) => all & mask,
    everything,
  );
  const windows = bodies("ValidityWindow");
  const start = Math.max(...windows.map(({ not_before }) => Number(not_before)));
  const end = Math.min(...windows.map(({ not_after }) => Number(not_after)));
  return (
    actions === 0 ||
    start > end ||
    misplaced.some(has) ||
    alternatives.some((names) => names.filter(has).length > 1) ||
    (Object.keys(sets) as (keyof typeof sets)[]).some((name) => {
      const read = sets[name] as (body: Bodies[typeof name]) => Entries;
      const lists = bodies(name).map(read);
      return lists.length > 0 && !shared(lists, actions);
    })
  );
}

/** Whether one id stands in every list, with an action that all of them and the rest of the token allow. */
function shared(lists: readonly Entries[], actions: number): boolean {
  const ids = new Set(lists.flatMap((list) => list.map(([id]) => id)));
  const maskIn = (list: Entries, id: string) =>
    list.find(([one]) => one === id || one === "0" || one === "")?.[1] ?? 0;
  return [...ids].some((id) => lists.reduce((mask, list) => mask & maskIn(list, id), actions) !== 0);
}

function entries(set: ResourceSet<Id>): Entries {
  return (set ?? []).map(([id, mask]) => [String(id), mask]);
}
