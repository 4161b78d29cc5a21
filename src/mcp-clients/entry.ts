/** The entries that stand in a client's file, and whose they are. */
import type { Texts } from "../disk/change.ts";
import { parsing } from "../package-managers/edit.ts";
import { Problem } from "../problem.ts";
import type { McpClient, Place, Server } from "./mcp-client.ts";

/** Every server of a client's file, by name. @throws Problem `file_unparsable`, `unsupported` */
export function entriesOf(client: McpClient, place: Place, texts: Texts): Readonly<Record<string, unknown>> {
  const file = client.file(place);
  const text = texts.get(file) ?? "";
  const data = parsing(file, () => client.notation.data(text));
  return tableIn(data, client.table) ?? {};
}

/**
 * The entry of a name, which is ours.
 * @throws Problem `conflict` when it is somebody else's, and as `entriesOf`
 */
export function ownEntry(
  client: McpClient,
  { name, main }: Pick<Server, "name" | "main">,
  place: Place,
  texts: Texts,
): unknown {
  const entries = entriesOf(client, place, texts);
  if (!Object.hasOwn(entries, name)) return undefined;
  if (isOurs(entries[name], main)) return entries[name];
  const others = Array.from({ length: 99 }, (_, index) => `${name}-${index + 2}`);
  const free = others.find((one) => !Object.hasOwn(entries, one)) ?? "tokens";
  throw new Problem(
    "conflict",
    `${client.title} has another server of the name ${name} in ${client.file(place)}; it was left alone.`,
    `Choose another name: --name ${free}.`,
    { did_you_mean: free },
  );
}

/** A table inside another; `undefined` where something else, or nothing, has that name. */
export function tableIn(data: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, name)) return undefined;
  const inner = (data as Record<string, unknown>)[name];
  return typeof inner === "object" && inner !== null && !Array.isArray(inner)
    ? (inner as Record<string, unknown>)
    : undefined;
}

/** The words of an entry's command line; some clients once had them one level deeper. */
export function wordsOf(entry: unknown): string[] {
  if (typeof entry === "string") return [entry];
  if (Array.isArray(entry)) return entry.flatMap(wordsOf);
  if (typeof entry !== "object" || entry === null) return [];
  const { command, path, args } = entry as Record<string, unknown>;
  return [command, path, args].flatMap(wordsOf);
}

/**
 * Whether an entry starts this program: it names the package, the program or this very file.
 * @param main the path of this program
 */
export function isOurs(entry: unknown, main: string): boolean {
  return programAt(wordsOf(entry), main) >= 0;
}

/**
 * Where in a command line this program is named; -1 where it is not. Behind it stand its flags.
 * @param main the path of this program
 */
export function programAt(words: readonly string[], main: string): number {
  const exact = words.indexOf(main);
  return exact >= 0
    ? exact
    : words.findIndex(
        (word) =>
          /(^|[\\/])fly-tokens-mcp(@[^\\/]*)?([\\/]|$)/.test(word) ||
          /(^|[\\/])fly-tokens(\.cmd|\.exe)?$/.test(word),
      );
}
