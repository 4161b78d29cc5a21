/** Resource sets: which ids may be touched, each with its actions. On the wire a map with sorted keys. */
import { MacaroonFault } from "./fault.ts";
import type { Integer } from "./reader.ts";
import { mask, type Shape, struct, text, uint64 } from "./shape.ts";

/** `null` is Go's nil map. The wildcard, 0 or "", stands for every id and has to be alone. */
export type ResourceSet<Id extends Integer | string> = readonly (readonly [Id, number])[] | null;

const order = (a: Integer, b: Integer) => (a < b ? -1 : a > b ? 1 : 0);

const numbers = resourceSet<Integer>(uint64, order);
/** By UTF-8 bytes, which is not the order of JavaScript's own strings. */
const texts = resourceSet<string>(text, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** A caveat with one set of numeric ids, under its name in JSON. */
export const numericSet = <Key extends string>(key: Key) => setUnder(key, numbers);
/** A caveat with one set of text ids. */
export const textSet = <Key extends string>(key: Key) => setUnder(key, texts);

function setUnder<Key extends string, Set>(key: Key, set: Shape<Set>): Shape<Record<Key, Set>> {
  return struct<Record<string, Set>>({ [key]: set }) as unknown as Shape<Record<Key, Set>>;
}

export function isWildcard(id: Integer | string): boolean {
  return id === 0 || id === "";
}

function resourceSet<Id extends Integer | string>(
  id: Shape<Id>,
  compare: (a: Id, b: Id) => number,
): Shape<ResourceSet<Id>> {
  return {
    read(reader, depth) {
      if (reader.nil()) return null;
      const entries: [Id, number][] = [];
      for (let left = reader.map(); left > 0; left--)
        entries.push([id.read(reader, depth), mask.read(reader, depth)]);
      // Of an id that is there twice Fly.io's library takes the last, others the first: nobody is to choose.
      if (entries.length > 1 && new Set(entries.map(([one]) => one)).size < entries.length)
        throw new MacaroonFault("bad_structure");
      return entries;
    },
    write(writer, entries) {
      if (entries === null) return void writer.nil();
      writer.map(entries.length);
      for (const [key, actions] of [...entries].sort(([a], [b]) => compare(a, b))) {
        id.write(writer, key);
        mask.write(writer, actions);
      }
    },
    toJson: (entries) =>
      Object.fromEntries((entries ?? []).map(([key, actions]) => [String(key), mask.toJson(actions)])),
    fromJson(json, within) {
      if (json === null) return null;
      if (typeof json !== "object" || Array.isArray(json))
        throw new MacaroonFault("bad_caveat", "A set of resources is an object of ids and actions.");
      const entries = Object.entries(json as object).map(
        ([key, actions]) => [id.fromJson(key, within), mask.fromJson(actions, within)] as const,
      );
      if (entries.length > 1 && entries.some(([key]) => isWildcard(key)))
        throw new MacaroonFault("bad_caveat", "The wildcard stands beside other ids.");
      return entries;
    },
  };
}
