/** How the bodies of caveats are made up: each shape reads and writes MessagePack and JSON. */
import { MacaroonFault } from "./fault.ts";
import { longest } from "./limits.ts";
import { maskOf, maskText } from "./mask.ts";
import { exact, type Integer, type Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How caveats inside a body are read from JSON. */
export interface Within {
  /** How many caveats they stand in. */
  depth: number;
  /** Whether a type without a name may be given by the bytes of its body. */
  raw: boolean;
}

export interface Shape<Value> {
  /** @throws MacaroonFault `bad_structure`, `too_large` */
  read(reader: Reader, depth: number): Value;
  write(writer: Writer, value: Value): void;
  toJson(value: Value): Json;
  /** @throws MacaroonFault `bad_caveat`, `unknown_caveat`, `too_large` */
  fromJson(json: unknown, within: Within): Value;
}

function unfit(what: string): never {
  throw new MacaroonFault("bad_caveat", `A caveat's body does not fit its type: ${what}.`);
}

/** An integer of a range; in JSON decimal text where a number would not be exact. */
function integer(least: bigint, most: bigint): Shape<Integer> {
  const [from, to] = [Number(least), Number(most)];
  const fits = (value: Integer) =>
    typeof value === "number" ? value >= from && value <= to : value >= least && value <= most;
  return {
    read(reader) {
      const value = reader.integer();
      if (!fits(value)) throw new MacaroonFault("bad_structure");
      return value;
    },
    write: (writer, value) => void writer.integer(value),
    toJson: (value) => (typeof value === "bigint" ? String(value) : value),
    fromJson(json) {
      const value = integerOf(json);
      return fits(value) ? value : unfit(`an integer is not within ${least} and ${most}`);
    },
  };
}

function integerOf(json: unknown): Integer {
  // Never a negative zero, which is not the same zero everywhere.
  if (typeof json === "number" && Number.isSafeInteger(json)) return json === 0 ? 0 : json;
  // Longer text would only cost time.
  if (typeof json === "string" && /^(0|-?[1-9]\d{0,99})$/.test(json)) return exact(BigInt(json));
  return unfit("an integer is asked for, as decimal text beyond 2^53");
}

export const uint64 = integer(0n, 2n ** 64n - 1n);
export const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
export const uint32 = integer(0n, 2n ** 32n - 1n);
const uint16 = integer(0n, 2n ** 16n - 1n);

/** Actions: an integer of 16 bits, in JSON its letters. */
export const mask: Shape<number> = {
  read: (reader, depth) => Number(uint16.read(reader, depth)),
  write: uint16.write,
  toJson: maskText,
  fromJson: (json) => (typeof json === "string" ? maskOf(json) : unfit("actions are text")),
};

export const flag: Shape<boolean> = {
  read: (reader) => reader.boolean(),
  write: (writer, value) => void writer.boolean(value),
  toJson: (value) => value,
  fromJson: (json) => (typeof json === "boolean" ? json : unfit("true or false is asked for")),
};

function textOf(json: unknown, otherwise: string): string {
  if (typeof json !== "string") return unfit(otherwise);
  if (json.length > longest) throw new MacaroonFault("too_large");
  return json;
}

/** A nil reads as if nothing were there. It stays a nil, since what was read is kept as bytes. */
export const text: Shape<string> = {
  read: (reader) => (reader.nil() ? "" : reader.text()),
  write: (writer, value) => void writer.text(value),
  toJson: (value) => value,
  fromJson(json) {
    const given = textOf(json, "text is asked for");
    return /\p{Surrogate}/u.test(given) ? unfit("text is asked for") : given;
  },
};

export const binary: Shape<Uint8Array> = {
  read: (reader) => (reader.nil() ? Buffer.alloc(0) : reader.binary()),
  write: (writer, value) => void writer.binary(value),
  toJson: (value) => Buffer.from(value).toString("base64"),
  fromJson(json) {
    const given = textOf(json, "base64 is asked for");
    return given.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(given)
      ? Buffer.from(given, "base64")
      : unfit("base64 is asked for");
  },
};

/** A natural number of any size: big-endian bytes without a leading zero. */
export const natural: Shape<bigint> = {
  read: (reader) => (reader.nil() ? 0n : BigInt(`0x0${reader.binary().toString("hex")}`)),
  write(writer, value) {
    const hex = value === 0n ? "" : value.toString(16);
    writer.binary(Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex"));
  },
  toJson: (value) => uint64.toJson(exact(value)),
  fromJson(json) {
    const value = BigInt(integerOf(json));
    return value < 0n ? unfit("a natural number is asked for") : value;
  },
};

/** `null` is Go's nil slice, which is not the same on the wire as an empty one. */
export function list<Item>(item: Shape<Item>): Shape<readonly Item[] | null> {
  return {
    read(reader, depth) {
      if (reader.nil()) return null;
      const items: Item[] = [];
      for (let left = reader.array(); left > 0; left--) items.push(item.read(reader, depth));
      return items;
    },
    write(writer, items) {
      if (items === null) return void writer.nil();
      writer.array(items.length);
      for (const one of items) item.write(writer, one);
    },
    toJson: (items) => (items ?? []).map(item.toJson),
    fromJson(json, within) {
      if (json === null) return null;
      return Array.isArray(json)
        ? json.map((one) => item.fromJson(one, within))
        : unfit("a list is asked for");
    },
  };
}

/**
 * A Go struct: an array of its fields in order, in JSON an object.
 * @param optional fields that JSON may leave out, with the value that this means; with that value they are not printed
 */
export function struct<Value extends object>(
  fields: { [Key in keyof Value & string]: Shape<Value[Key]> },
  optional: Partial<NoInfer<Value>> = {},
): Shape<Value> {
  const entries = Object.entries(fields) as [keyof Value & string, Shape<Value[keyof Value]>][];
  const shown = (key: keyof Value, value: unknown) => !(key in optional) || optional[key] !== value;
  return {
    read(reader, depth) {
      if (reader.array() !== entries.length) throw new MacaroonFault("bad_structure");
      const value = {} as Value;
      for (const [key, shape] of entries) value[key] = shape.read(reader, depth) as Value[typeof key];
      return value;
    },
    write(writer, value) {
      writer.array(entries.length);
      for (const [key, shape] of entries) shape.write(writer, value[key]);
    },
    toJson: (value) =>
      Object.fromEntries(
        entries.flatMap(([key, shape]) =>
          shown(key, value[key]) ? [[key, shape.toJson(value[key] as Value[keyof Value])]] : [],
        ),
      ),
    fromJson(json, within) {
      if (typeof json !== "object" || json === null || Array.isArray(json)) unfit("an object is asked for");
      const given = json as Record<string, unknown>;
      for (const key of Object.keys(given))
        if (!Object.hasOwn(fields, key)) unfit(`there is no field "${key.slice(0, 40)}"`);
      const value = { ...optional } as Value;
      for (const [key, shape] of entries) {
        if (Object.hasOwn(given, key)) value[key] = shape.fromJson(given[key], within) as Value[typeof key];
        else if (!(key in optional)) unfit(`the field "${key}" is missing`);
      }
      return value;
    },
  };
}
