/**
 * An agent without a model: it repairs a refused call by a few general rules, from what the refusal carries (`argument`,
 * `did_you_mean`, `allowed`, `retry_after`, `code`, `fix`), from the schemas in tools/list, and from what its user has told it.
 * It knows no tool, no argument and no sentence of ours.
 */
import type { Client } from "@modelcontextprotocol/client";

type Json = Record<string, unknown>;

/** What the user has said, by the name that an argument may have: `environment`, `deliver_path`. */
export type Facts = Readonly<Json>;

interface Refusal {
  code: string;
  message: string;
  fix: string;
  argument?: string;
  allowed?: string[];
  did_you_mean?: string;
  retry_after?: number;
}

export interface Outcome {
  /** `person`: nothing more can be done without somebody. */
  end: "success" | "person" | "gave up";
  /** What it tells the person, or what the tool said last. */
  said: string;
  /** Each call of the tool, with the code of its refusal. */
  calls: { args: Json; code?: string | undefined }[];
  data: Json;
}

interface Shown {
  name: string;
  inputSchema: Json;
  annotations?: { readOnlyHint?: boolean };
}

const most = 4;
/** Where a wrong call is nothing that a repaired argument mends: somebody has to decide, or to do something. */
const ofPeople = ["unauthorized", "needs_confirmation", "unsafe_location", "internal", "conflict"];

/**
 * @param agrees whether the user says yes to a plan that is shown
 * @param wait what passes the seconds that a refusal asks for
 */
export async function repair(
  client: Client,
  tool: string,
  given: Json,
  facts: Facts,
  { agrees, wait }: { agrees: boolean; wait: (seconds: number) => void },
): Promise<Outcome> {
  const { tools } = (await client.listTools()) as { tools: Shown[] };
  const calls: Outcome["calls"] = [];
  const shown = tools.find(({ name }) => name === tool);
  if (!shown) return { end: "person", said: `There is no tool ${tool}.`, calls, data: {} };
  const tried = new Set<string>();
  let args = given;
  for (;;) {
    const { refusal, data, text } = await callOf(client, tool, args);
    calls.push({ args, code: refusal?.code });
    tried.add(JSON.stringify(args));
    const asked = data.confirmation_required as { confirmation: string } | undefined;
    if (!refusal && !asked) return { end: "success", said: text, calls, data };
    if (asked && !agrees) return { end: "person", said: text, calls, data };
    const next = asked
      ? { ...args, confirmation: asked.confirmation }
      : refusal && (await mended(refusal, { client, tools, shown, args, facts, wait }));
    if (!next) return { end: "person", said: text, calls, data };
    const isAgain = tried.has(JSON.stringify(next)) && refusal?.retry_after === undefined;
    if (isAgain || calls.length === most) return { end: "gave up", said: text, calls, data };
    args = next;
  }
}

async function callOf(client: Client, name: string, args: Json) {
  const result = await client.callTool({ name, arguments: args });
  const blocks = (result.content as { text?: string }[]).map(({ text = "" }) => text);
  const refusal =
    result.isError === true ? (JSON.parse(blocks.at(-1) ?? "") as { error: Refusal }).error : undefined;
  return { refusal, data: (result.structuredContent ?? {}) as Json, text: blocks[0] ?? "" };
}

interface Situation {
  client: Client;
  tools: readonly Shown[];
  shown: Shown;
  args: Json;
  facts: Facts;
  wait: (seconds: number) => void;
}

/** What one rule makes of the call; nothing where it does not apply. */
type Rule = (refusal: Refusal, situation: Situation) => Json | undefined;

/** The next call's arguments; `undefined` when a person is needed. */
async function mended(refusal: Refusal, situation: Situation): Promise<Json | undefined> {
  if (refusal.retry_after !== undefined) {
    situation.wait(refusal.retry_after);
    return situation.args;
  }
  if (ofPeople.includes(refusal.code)) return undefined;
  for (const rule of [renamed, corrected, added, asTheFixSays]) {
    const args = rule(refusal, situation);
    if (args) return args;
  }
  return lookedUp(refusal, situation);
}

const lastOf = (path: string) => path.split(".").at(-1) ?? "";

/** No such argument: by its right name, else without it. */
const renamed: Rule = ({ argument = "", allowed = [], did_you_mean: meant }, { args, shown }) => {
  const value = at(args, argument);
  const names = namesAt(shown.inputSchema, argument);
  const isUnknown = !names.includes(lastOf(argument)) && allowed.some((name) => names.includes(name));
  if (value === undefined || !isUnknown) return undefined;
  const without = put(args, argument, undefined);
  if (meant === undefined || at(args, sibling(argument, meant)) !== undefined) return without;
  return put(without, sibling(argument, meant), value);
};

/** A value that will not do: the one that is meant, the only one, one that fits, what the user said, or none. */
const corrected: Rule = (
  { argument = "", allowed = [], did_you_mean: meant, fix },
  { args, shown, facts },
) => {
  const value = at(args, argument);
  if (value === undefined) return undefined;
  const said = facts[lastOf(argument)];
  const better =
    meant ??
    (allowed.length === 1 ? allowed[0] : undefined) ??
    fitted(schemaAt(shown.inputSchema, argument), value) ??
    (said === value ? undefined : said);
  if (better !== undefined) return put(args, argument, better);
  return /\b(without|leave)\b/i.test(fix) ? put(args, argument, undefined) : undefined;
};

/** What is missing: what the user said, or what is meant; one of several only if the user said which. */
const added: Rule = ({ argument = "", allowed = [], did_you_mean: meant }, { args, facts }) => {
  if (argument === "" || at(args, argument) !== undefined) return undefined;
  const value = facts[lastOf(argument)] ?? meant ?? (allowed.length === 1 ? allowed[0] : undefined);
  return value === undefined ? undefined : put(args, argument, value);
};

/** A fix may name arguments: those that the user can fill, and those that should not be there. */
const asTheFixSays: Rule = ({ fix }, { args, shown, facts }) => {
  for (const word of fix.match(/[a-z]+(?:_[a-z]+)*/g) ?? []) {
    if (!propertiesOf(shown.inputSchema)[word]) continue;
    if (args[word] === undefined && facts[word] !== undefined) return put(args, word, facts[word]);
    if (args[word] !== undefined && new RegExp(`without \`?${word}`).test(fix))
      return put(args, word, undefined);
  }
  return undefined;
};

/** Asks a tool that the fix names and that changes nothing for what bears the name that the user said. */
async function lookedUp({ fix, argument }: Refusal, { client, tools, shown, args, facts }: Situation) {
  const [named] = tools
    .filter(({ name, annotations }) => annotations?.readOnlyHint && fix.includes(name))
    .sort((one, other) => fix.indexOf(one.name) - fix.indexOf(other.name));
  if (!named || named.name === shown.name || facts.name === undefined) return undefined;
  const { data } = await callOf(client, named.name, {});
  const found = objectsIn(data).find(({ name }) => name === facts.name);
  const properties = propertiesOf(shown.inputSchema);
  const wanted = argument ?? Object.keys(properties).find((name) => found?.[name] !== undefined);
  if (!found || wanted === undefined) return undefined;
  const value = found[wanted] ?? found.id;
  const { type } = properties[wanted] as { type?: string };
  return value === undefined ? undefined : { ...args, [wanted]: type === "array" ? [value] : value };
}

/** A value as its schema wants it, where that can be seen: one as a list, a list of one as itself, a number within bounds. */
function fitted(schema: Json, value: unknown): unknown {
  if (schema.type === "array" && !Array.isArray(value)) return [value];
  if (schema.type !== "array" && Array.isArray(value) && value.length === 1) return value[0];
  if (typeof value === "string" && schema.type === "integer" && /^\d+$/.test(value)) return Number(value);
  if (typeof value === "string" && schema.type === "boolean" && /^(true|false)$/.test(value))
    return value === "true";
  if (typeof value !== "number") return undefined;
  const { minimum = value, maximum = value } = schema as { minimum?: number; maximum?: number };
  const within = Math.min(Math.max(value, minimum), maximum);
  return within === value ? undefined : within;
}

const propertiesOf = (schema: Json) => (schema.properties ?? {}) as Record<string, Json>;

function schemaAt(schema: Json, path: string): Json {
  return path.split(".").reduce<Json>((part, name) => propertiesOf(part)[name] ?? {}, schema);
}

/** The names that are known where a path ends. */
function namesAt(schema: Json, path: string): string[] {
  return Object.keys(propertiesOf(schemaAt(schema, path.split(".").slice(0, -1).join(".")) ?? {})).concat(
    path.includes(".") ? [] : Object.keys(propertiesOf(schema)),
  );
}

const sibling = (path: string, name: string) => [...path.split(".").slice(0, -1), name].join(".");

function at(args: Json, path: string): unknown {
  return path.split(".").reduce<unknown>((part, name) => (part as Json | undefined)?.[name], args);
}

/** A copy with another value at a path, or with none. */
function put(args: Json, path: string, value: unknown): Json {
  const [name = "", ...rest] = path.split(".");
  if (rest.length > 0) return { ...args, [name]: put((args[name] ?? {}) as Json, rest.join("."), value) };
  const { [name]: _, ...others } = args;
  return value === undefined ? others : { ...args, [name]: value };
}

function objectsIn(value: unknown): Json[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Json, ...inner];
}
