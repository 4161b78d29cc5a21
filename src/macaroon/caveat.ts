/**
 * Every type of caveat that Fly.io has registered: its number, its name, its body. What is not here is kept byte for
 * byte, and closes a token to everyone who has to decide about it.
 */
import { MacaroonFault } from "./fault.ts";
import { deepestCaveat, longest } from "./limits.ts";
import type { Integer } from "./reader.ts";
import { Reader } from "./reader.ts";
import { numericSet, type ResourceSet, textSet } from "./resource-set.ts";
import {
  binary,
  flag,
  int64,
  type Json,
  list,
  mask,
  natural,
  type Shape,
  struct,
  text,
  uint32,
  uint64,
  type Within,
} from "./shape.ts";
import { Writer } from "./writer.ts";

type Texts = ResourceSet<string>;

export interface Command {
  args: readonly string[] | null;
  exact: boolean;
}

/** The body of each type. */
export interface Bodies {
  Organization: { id: Integer; mask: number };
  Volumes: { volumes: Texts };
  Apps: { apps: ResourceSet<Integer> };
  /** Unix seconds. */
  ValidityWindow: { not_before: Integer; not_after: Integer };
  FeatureSet: { features: Texts };
  Mutations: { mutations: readonly string[] | null };
  Machines: { machines: Texts };
  ConfineUser: { id: Integer };
  ConfineOrganization: { id: Integer };
  IsUser: { uint64: Integer };
  "3P": { Location: string; VerifierKey: Uint8Array; Ticket: Uint8Array };
  BindToParentToken: Uint8Array;
  IfPresent: { ifs: readonly Caveat[] | null; else: number };
  MachineFeatureSet: { features: Texts };
  FromMachineSource: { id: string };
  Clusters: { clusters: Texts };
  ConfineGoogleHD: string;
  ConfineGitHubOrg: Integer;
  MaxValidity: Integer;
  IsMember: object;
  FlyioUserID: Integer;
  GitHubUserID: Integer;
  GoogleUserID: bigint;
  Action: number;
  Commands: readonly Command[] | null;
  AppFeatureSet: { features: Texts };
  StorageObjects: { storage_objects: Texts };
  AllowedRoles: Integer;
  FlySrc: { organization: string; app: string; instance: string };
}

export type CaveatName = keyof Bodies;

/** A caveat as JSON: `body` by its type, or `raw`, the hexadecimal bytes of the body, where the type has no name. */
export interface CaveatJson {
  type: string;
  body?: unknown;
  raw?: string;
}

interface Bytes {
  /** The number of its type. */
  type: Integer;
  /** Type and body as they are signed, behind the byte 0x92. */
  bytes: Buffer;
}

export type KnownCaveat = { [Name in CaveatName]: Bytes & { name: Name; body: Bodies[Name] } }[CaveatName];
export type Caveat = KnownCaveat | (Bytes & { name?: undefined; raw: Buffer });

/** The flat list `[type, body, type, body, …]`. */
export const caveatList: Shape<readonly Caveat[] | null> = {
  read(reader, depth) {
    if (reader.nil()) return null;
    if (depth >= deepestCaveat) throw new MacaroonFault("too_large");
    const length = reader.array();
    if (length % 2 !== 0) throw new MacaroonFault("bad_structure");
    const caveats: Caveat[] = [];
    for (let left = length / 2; left > 0; left--) caveats.push(readCaveat(reader, depth + 1));
    return caveats;
  },
  write(writer, caveats) {
    if (caveats === null) return void writer.nil();
    writer.array(caveats.length * 2);
    for (const { bytes } of caveats) writer.raw(bytes);
  },
  toJson: (caveats) => (caveats ?? []).map((caveat) => toJson(caveat) as unknown as Json),
  fromJson(json, within) {
    if (json === null) return null;
    if (!Array.isArray(json)) throw new MacaroonFault("bad_caveat", "Caveats are a list.");
    if (within.depth >= deepestCaveat) throw new MacaroonFault("too_large");
    return json.map((one) => caveatOf(one, within));
  },
};

interface CaveatType<Name extends CaveatName> {
  number: number;
  body: Shape<Bodies[Name]>;
  aliases?: readonly string[];
}

const types: { [Name in CaveatName]: CaveatType<Name> } = {
  Organization: {
    number: 0,
    body: struct({ id: uint64, mask }),
    aliases: ["DeprecatedOrganization"],
  },
  Volumes: { number: 2, body: textSet("volumes") },
  Apps: { number: 3, body: numericSet("apps"), aliases: ["DeprecatedApps"] },
  ValidityWindow: { number: 4, body: struct({ not_before: int64, not_after: int64 }) },
  FeatureSet: { number: 5, body: textSet("features") },
  Mutations: { number: 6, body: struct({ mutations: list(text) }) },
  Machines: { number: 7, body: textSet("machines") },
  ConfineUser: { number: 8, body: struct({ id: uint64 }) },
  ConfineOrganization: { number: 9, body: struct({ id: uint64 }) },
  IsUser: { number: 10, body: struct({ uint64 }) },
  "3P": { number: 11, body: struct({ Location: text, VerifierKey: binary, Ticket: binary }) },
  BindToParentToken: { number: 12, body: binary },
  IfPresent: { number: 13, body: struct({ ifs: caveatList, else: mask }) },
  MachineFeatureSet: { number: 14, body: textSet("features") },
  FromMachineSource: { number: 15, body: struct({ id: text }) },
  Clusters: { number: 16, body: textSet("clusters") },
  ConfineGoogleHD: { number: 19, body: text },
  ConfineGitHubOrg: { number: 20, body: uint64 },
  MaxValidity: { number: 21, body: uint64 },
  IsMember: { number: 22, body: struct({}), aliases: ["NoAdminFeatures"] },
  FlyioUserID: { number: 23, body: uint64 },
  GitHubUserID: { number: 24, body: uint64 },
  GoogleUserID: { number: 25, body: natural },
  Action: { number: 26, body: mask },
  Commands: { number: 27, body: list(struct({ args: list(text), exact: flag }, { exact: false })) },
  AppFeatureSet: { number: 28, body: textSet("features") },
  StorageObjects: { number: 29, body: textSet("storage_objects") },
  AllowedRoles: { number: 30, body: uint32 },
  FlySrc: { number: 31, body: struct({ organization: text, app: text, instance: text }) },
};

/** As if all types had one body: which belongs to which the table has settled. */
type AnyType = { name: CaveatName; number: number; body: Shape<unknown> };
const all = Object.entries(types).map(([name, type]) => ({ name, ...type })) as unknown as AnyType[];
const byNumber = new Map<Integer, AnyType>(all.map((type) => [type.number, type]));
const byName = new Map<string, AnyType>(
  all.flatMap((type) =>
    [type.name, String(type.number), ...(types[type.name].aliases ?? [])].map(
      (name) => [name, type] as const,
    ),
  ),
);

/** @throws MacaroonFault `bad_structure` for a known type with a body of another shape */
function readCaveat(reader: Reader, depth: number): Caveat {
  const start = reader.at;
  const type = reader.integer();
  if (type < 0) throw new MacaroonFault("bad_structure");
  const known = byNumber.get(type);
  if (known) {
    const body = known.body.read(reader, depth);
    return { type, name: known.name, body, bytes: reader.since(start) } as Caveat;
  }
  const from = reader.at;
  reader.skip();
  return { type, raw: reader.since(from), bytes: reader.since(start) };
}

/** A caveat of a type, with its body. */
export function makeCaveat<Name extends CaveatName>(name: Name, body: Bodies[Name]): Caveat {
  const { number, body: shape } = types[name];
  const writer = new Writer().integer(number);
  shape.write(writer, body);
  return { type: number, name, body, bytes: writer.finish() } as Caveat;
}

/**
 * A caveat from JSON.
 * @param raw whether a type without a name may be given by the bytes of its body @param depth how many others it stands in
 * @throws MacaroonFault `unknown_caveat`, `bad_caveat`, `too_large`
 */
export function caveatOf(json: unknown, { raw = false, depth = 0 }: Partial<Within> = {}): Caveat {
  if (typeof json !== "object" || json === null || !("type" in json) || typeof json.type !== "string")
    throw new MacaroonFault("bad_caveat", "A caveat is an object with type and body.");
  for (const key of Object.keys(json))
    if (key !== "type" && key !== "body" && key !== "raw")
      throw new MacaroonFault("bad_caveat", `A caveat has no field "${key.slice(0, 40)}".`);
  const given = json as CaveatJson;
  const type = byName.get(given.type);
  if (type) {
    if (!("body" in given) || "raw" in given)
      throw new MacaroonFault("bad_caveat", "A caveat is an object with type and body.");
    return makeCaveat(type.name, type.body.fromJson(given.body, { raw, depth: depth + 1 }) as never);
  }
  if (!raw || given.raw === undefined) throw new MacaroonFault("unknown_caveat");
  return unnamed(given);
}

function unnamed(given: CaveatJson): Caveat {
  if (!/^(0|[1-9]\d{0,19})$/.test(given.type) || "body" in given || typeof given.raw !== "string")
    throw new MacaroonFault("bad_caveat", "A caveat without a name has its number as type, and raw bytes.");
  if (given.raw.length > longest) throw new MacaroonFault("too_large");
  if (given.raw.length % 2 !== 0 || !/^[0-9a-f]+$/.test(given.raw)) throw new MacaroonFault("bad_caveat");
  const type = uint64.fromJson(given.type, { raw: true, depth: 0 });
  const body = new Reader(Buffer.from(given.raw, "hex")).bytes;
  return { type, raw: body, bytes: new Writer().integer(type).raw(body).finish() };
}

export function toJson(caveat: Caveat): CaveatJson {
  return caveat.name === undefined
    ? { type: String(caveat.type), raw: caveat.raw.toString("hex") }
    : { type: caveat.name, body: (types[caveat.name].body as Shape<unknown>).toJson(caveat.body) };
}
