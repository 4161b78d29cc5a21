/** The values that an entry of ours is made of. */
import { isDeepStrictEqual } from "node:util";
import type { Path } from "../formats/format.ts";
import { programAt, tableIn, wordsOf } from "./entry.ts";
import type { McpClient, Server } from "./mcp-client.ts";

/** A value, and where it goes. */
export interface Part {
  path: Path;
  value: unknown;
}

/** What an entry lacks, or has otherwise. A variable that it sets already stays as it is. */
export function partsOf({ table, extra, secrets }: McpClient, server: Server, current: unknown): Part[] {
  const now = (current ?? {}) as Record<string, unknown>;
  const env = tableIn(now, "env") ?? {};
  const unset = server.secrets.filter((name) => !Object.hasOwn(env, name));
  const references = unset.flatMap((name): Part[] => {
    if (secrets.by === "reference") return [{ path: ["env", name], value: secrets.refer(name) }];
    return secrets.by === "prompt"
      ? [{ path: ["env", name], value: `\${input:${promptId(server, name)}}` }]
      : [];
  });
  const wanted: Part[] = [
    ...Object.entries(extra ?? {}).map(([name, value]) => ({ path: [name], value: now[name] ?? value })),
    { path: ["command"], value: server.command },
    { path: ["args"], value: argsOf(server, current) },
    ...(secrets.by === "names" ? handedOn(secrets.list, unset, now) : []),
    ...Object.entries(server.settings).map(([name, value]) => ({ path: ["env", name], value })),
    ...references,
  ];
  return wanted
    .filter(({ path: [name = "", variable], value }) => {
      return !isDeepStrictEqual(variable === undefined ? now[name] : env[variable], value);
    })
    .map(({ path, value }) => ({ path: [table, server.name, ...path], value }));
}

/**
 * The command line's words, with the flags that the entry has already: a newer version, or another place of the
 * program, must not make a server that was read-only one that writes. What is asked for now takes their place.
 */
function argsOf({ args, main }: Server, current: unknown): string[] {
  const words = wordsOf(current);
  const [start, wanted] = apart(args, main);
  const flags = current === undefined ? [] : apart(words, main)[1];
  const kept = flags.flatMap((flag) => {
    const index = wanted.findIndex((one) => nameOf(one) === nameOf(flag));
    return index < 0 ? [flag] : wanted.splice(index, 1);
  });
  return [...start, ...[...kept, ...wanted].flat()];
}

/** The words up to the program, and behind it each flag with its value. */
function apart(words: readonly string[], main: string): [start: readonly string[], flags: string[][]] {
  const end = programAt(words, main) + 1;
  const flags: string[][] = [];
  for (const word of words.slice(end)) {
    const last = flags.at(-1);
    if (last === undefined || word.startsWith("--")) flags.push([word]);
    else last.push(word);
  }
  return [words.slice(0, end), flags];
}

function nameOf([flag = ""]: readonly string[]): string | undefined {
  return flag.split("=")[0];
}

/** The list of variables that are handed on, with ours in it; a list in another form is the user's, and stays. */
function handedOn(list: string, names: readonly string[], now: Readonly<Record<string, unknown>>): Part[] {
  const listed: unknown = now[list] ?? [];
  if (!Array.isArray(listed) || listed.some((one) => typeof one !== "string")) return [];
  const missing = names.filter((name) => !listed.includes(name));
  return missing.length > 0 ? [{ path: [list], value: [...listed, ...missing] }] : [];
}

/** The questions that a client is to ask, without those that it asks already. */
export function promptsOf(
  { secrets }: McpClient,
  server: Server,
  data: Readonly<Record<string, unknown>>,
): Part[] {
  if (secrets.by !== "prompt") return [];
  const { list } = secrets;
  const asked = (Array.isArray(data[list]) ? data[list] : []).map((one: { id?: unknown } | null) => one?.id);
  return server.secrets
    .map((name) => ({ name, id: promptId(server, name) }))
    .filter(({ id }) => !asked.includes(id))
    .map(({ name, id }) => ({
      path: [`${list}[id=${id}]`],
      value: { type: "promptString", id, description: name, password: true },
    }));
}

function promptId({ name }: Server, variable: string): string {
  return `${name}-${variable.toLowerCase().replaceAll("_", "-")}`;
}

/** Puts a value into data, with the tables and lists on the way. */
export function put(data: Record<string, unknown>, [step = "", ...rest]: Path, value: unknown): void {
  const [, list] = /^(\w+)\[/.exec(step) ?? [];
  if (list !== undefined) data[list] = [...((data[list] as unknown[] | undefined) ?? []), value];
  else if (rest.length === 0) data[step] = value;
  else {
    data[step] ??= {};
    put(data[step] as Record<string, unknown>, rest, value);
  }
}
