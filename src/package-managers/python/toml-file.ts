/** TOML files as their clients take them: whole. */
import type { Texts } from "../../disk/change.ts";
import { parseToml } from "../../formats/toml-value.ts";
import { parsing } from "../edit.ts";

type Table = Readonly<Record<string, unknown>>;

/**
 * What stands in a file; nothing for one that does not exist.
 *
 * @throws Problem `file_unparsable`
 */
export function tomlFile(file: string, texts: Texts): Table {
  const text = texts.get(file);
  return text ? parsing(file, () => parseToml(text)) : {};
}

/** A table inside another one; an empty one where there is none. */
export function tableIn(value: unknown, ...path: readonly string[]): Table {
  const found = path.reduce<unknown>((table, name) => (isTable(table) ? table[name] : undefined), value);
  return isTable(found) ? found : {};
}

/** The tables of an array of them. */
export function tablesIn(table: Table, name: string): Table[] {
  const list = table[name];
  return Array.isArray(list) ? list.filter(isTable) : [];
}

export function stringIn(table: Table, name: string): string | undefined {
  const value = table[name];
  return typeof value === "string" ? value : undefined;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
