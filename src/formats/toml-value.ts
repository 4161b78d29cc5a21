/** What a TOML text says, by a parser of its own: the proof of every edit. */
import { isDeepStrictEqual } from "node:util";
import { parse, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { ParseError, type Path, parseStep } from "./format.ts";

/**
 * The whole of a text as data; integers too large for a number are bigints, dates are Dates.
 *
 * @throws ParseError
 */
export function parseToml(text: string): TomlTable {
  try {
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new ParseError(`The text is not TOML: ${first}`, error.line);
  }
}

/** A string as TOML writes it, on one line. @throws RangeError for half a surrogate pair */
export function basicString(value: string): string {
  if (/\p{Cs}/u.test(value)) throw new RangeError("Half a surrogate pair cannot be written in TOML.");
  return JSON.stringify(value).replaceAll("\x7F", "\\u007F");
}

/** Whether `after` says what `before` says, with the value at the path now being what `source` says. */
export function provesWrite(before: string, after: string, path: Path, source: string): boolean {
  const intended = parseToml(before);
  const parent = path
    .slice(0, -1)
    .reduce<TomlValue | undefined>((table, step) => enter(table, step, true), intended);
  const name = path.at(-1);
  if (!isTable(parent) || name === undefined) return false;
  parent[name] = parseToml(`value = ${source}`).value ?? "";
  return isDeepStrictEqual(parseToml(after), intended);
}

/** Whether `after` says what `before` says without the value at the path; tables that hold nothing say nothing. */
export function provesErase(before: string, after: string, path: Path): boolean {
  return isDeepStrictEqual(without(parseToml(after), path), without(parseToml(before), path));
}

/** The table inside another that a step names; made where it is missing, if that is wanted. */
function enter(table: TomlValue | undefined, step: string, make: boolean): TomlValue | undefined {
  if (!isTable(table)) return undefined;
  const { name, key, value } = parseStep(step);
  if (key === undefined || value === undefined) {
    if (make) table[name] ??= Object.create(null) as TomlTable;
    return table[name];
  }
  if (make) table[name] ??= [];
  const list = table[name];
  if (!Array.isArray(list)) return undefined;
  const found = list.find((item) => isTable(item) && item[key] === value);
  if (found !== undefined || !make) return found;
  const item: TomlTable = Object.create(null) as TomlTable;
  item[key] = value;
  list.push(item);
  return item;
}

function without(table: TomlTable, [step = "", ...rest]: Path): TomlTable {
  const { name, key } = parseStep(step);
  if (rest.length === 0) {
    delete table[name];
    return table;
  }
  const inner = enter(table, step, false);
  const list = table[name];
  if (isTable(inner)) {
    const left = Object.keys(without(inner, rest)).filter((other) => other !== key);
    if (left.length === 0 && Array.isArray(list)) list.splice(list.indexOf(inner), 1);
    if (left.length === 0 && !Array.isArray(list)) delete table[name];
  }
  if (Array.isArray(list) && list.length === 0) delete table[name];
  return table;
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}
