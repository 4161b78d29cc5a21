/** What would be written into a client's file. Pure. */
import type { Change, Texts } from "../disk/change.ts";
import type { Path } from "../formats/format.ts";
import { changesOf, type Edit, parsing } from "../package-managers/edit.ts";
import { Problem } from "../problem.ts";
import { ownEntry, tableIn } from "./entry.ts";
import type { McpClient, Place, Server } from "./mcp-client.ts";
import { type Part, partsOf, promptsOf, put } from "./parts.ts";

/**
 * The changes that set a server up; none where it is. What else an entry of ours has, stays.
 *
 * @throws Problem `conflict` for a server of that name that is not ours, `file_unparsable`, `unsupported`
 */
export function plan(client: McpClient, server: Server, place: Place, texts: Texts): Change[] {
  const current = ownEntry(client, server, place, texts);
  const { notation } = client;
  const file = client.file(place);
  const text = texts.get(file) ?? null;
  const parts = partsOf(client, server, current);
  const prompts = promptsOf(client, server, notation.data(text ?? ""));
  const whole = current === undefined && notation.nests ? [wholeOf(client, server, parts)] : parts;
  const edit = ({ path, value }: Part) =>
    editOf(client, file, path, notation.source(value, path, text ?? ""));
  const changes =
    text === null && notation.nests
      ? newFile(client, file, [...whole, ...prompts])
      : notation.nests && current !== undefined
        ? changesOf([...altered(client, server, file, text ?? "", parts), ...prompts.map(edit)], texts)
        : changesOf([...whole, ...prompts].map(edit), texts);
  const plain = [...parts, ...prompts].flatMap(({ value }) => stringsIn(value));
  return changes.map((change) => ({ ...change, plain }));
}

/** The changes that take a server of ours out, whoever wrote it. @throws Problem `not_found`, and as `plan` */
export function removal(
  client: McpClient,
  server: Pick<Server, "name" | "main">,
  place: Place,
  texts: Texts,
): Change[] {
  const file = client.file(place);
  const entry = ownEntry(client, server, place, texts);
  if (entry === undefined)
    throw new Problem(
      "not_found",
      `${client.title} has no server ${server.name} in ${file}.`,
      "`fly-tokens init` lists where it is set up.",
    );
  const path = [client.table, server.name];
  const { secrets, notation } = client;
  // An entry between braces, not one under a header of its own.
  const isOneValue = notation.format.read(texts.get(file) ?? "", path) !== undefined;
  const asked = Object.values(tableIn(entry, "env") ?? {}).flatMap((value) => {
    const id = /^\$\{input:(.+)\}$/.exec(String(value))?.[1];
    return secrets.by === "prompt" && id?.startsWith(`${server.name}-`)
      ? [[`${secrets.list}[id=${id}]`]]
      : [];
  });
  return changesOf(
    [...(isOneValue ? [path] : leaves(entry, path)), ...asked].map((one) =>
      editOf(client, file, one, undefined),
    ),
    texts,
  );
}

/** A new entry is one value: whoever changes something in it has made all of it their own. */
function wholeOf({ table }: McpClient, { name }: Server, parts: readonly Part[]): Part {
  const entry: Record<string, unknown> = {};
  for (const { path, value } of parts) put(entry, path.slice(2), value);
  return { path: [table, name], value: entry };
}

/** An entry that is there keeps its comments and what else is in it; the edit is of the whole all the same. */
function altered(
  client: McpClient,
  { name }: Server,
  file: string,
  text: string,
  parts: readonly Part[],
): Edit[] {
  const { format, source } = client.notation;
  const path = [client.table, name];
  return parsing(file, () => {
    const after = parts.reduce(
      (now, part) => format.write(now, part.path, source(part.value, part.path, text)),
      text,
    );
    return [editOf(client, file, path, format.read(after, path))];
  });
}

/** As people write such a file: two spaces, and a last line break. */
function newFile({ notation: { format } }: McpClient, path: string, parts: readonly Part[]): Change[] {
  const data: Record<string, unknown> = {};
  for (const part of parts) put(data, part.path, part.value);
  const after = `${JSON.stringify(data, null, 2)}\n`;
  const entries = parts.map((part) => ({
    format: format.id,
    path: part.path,
    before: undefined,
    after: format.read(after, part.path),
    sensitive: false,
  }));
  return [{ path, before: null, after, entries }];
}

function editOf({ notation }: McpClient, file: string, path: Path, source: string | undefined): Edit {
  return { file, format: notation.format, path, source, sensitive: false };
}

function leaves(value: unknown, path: Path): Path[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]))
    : [path];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
