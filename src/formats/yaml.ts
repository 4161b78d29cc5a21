/**
 * YAML 1.2 (yaml.org/spec/1.2.2) in block and in flow style, one document. Refused are duplicate keys, and values behind
 * an alias or a merge key, which others share; where a value is shared otherwise, the proof at the end finds it out.
 *
 * The source of a mapping or sequence on lines of its own begins behind the colon of its key, with the line break.
 */
import { isDeepStrictEqual } from "node:util";
import { parse as parseValue } from "yaml";
import { ParseError, type Path, type TextFormat } from "./format.ts";
import { byteOrderMark, splice } from "./lines.ts";
import { encode, insert, isBlock } from "./yaml-insert.ts";
import { remove } from "./yaml-remove.ts";
import { guarded, parseTree, type Step, stepsOf, type Walk, walk } from "./yaml-tree.ts";

/** Paths are the names from the root, `name[key=value]` an item of a sequence; sources are YAML text. */
export const yaml: TextFormat = {
  id: "yaml",
  encode,
  decode(source) {
    try {
      const value = meaningOf(source);
      return typeof value === "string" ? value : undefined;
    } catch (error) {
      if (error instanceof ParseError) return undefined;
      throw error;
    }
  },
  read: (text, path) => sourceAt(body(text), stepsOf(path)),
  write(text, path, source) {
    if (path.length === 0 || !isValue(source, stepsOf(path)))
      throw new RangeError("A value to be written must be YAML text, and have a name.");
    return edited(text, path, source, (plain, steps) => set(plain, steps, source));
  },
  erase: (text, path) =>
    edited(text, path, undefined, (plain, steps) => {
      const { trail, rest } = walk(plain, parseTree(plain), steps);
      return rest.length === 0 ? remove(plain, trail, steps) : plain;
    }),
};

/** The strings of a sequence, of its source text; `undefined` when that is none. */
export function decodeItems(source: string): string[] | undefined {
  try {
    const items = meaningOf(source);
    return Array.isArray(items) ? items.filter((item) => typeof item === "string") : undefined;
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function body(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

/** Makes an edit and proves it: the value reads as it was given, and everything else means what it meant. */
function edited(
  text: string,
  path: Path,
  source: string | undefined,
  edit: (plain: string, steps: readonly Step[]) => string,
): string {
  const steps = stepsOf(path);
  const before = body(text);
  const after = edit(before, steps);
  if (!proves(before, after, steps, source))
    throw new ParseError(
      "The text has a shape in which this value cannot be changed without changing others.",
      1,
    );
  return text.slice(0, text.length - before.length) + after;
}

function proves(before: string, after: string, steps: readonly Step[], source: string | undefined): boolean {
  const others = (text: string) => without(meaningOf(text), steps);
  try {
    return sourceAt(after, steps) === source && isDeepStrictEqual(others(after), others(before));
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

function meaningOf(text: string): unknown {
  return guarded(() => parseValue(text, { mapAsMap: true, merge: true, logLevel: "error" }) as unknown);
}

/** A value without what is at the path, and without what is empty then. */
function without(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (!step || value === null || value === undefined) return undefined;
  const kept = (inner: unknown) => (rest.length === 0 ? undefined : without(inner, rest));
  if ("name" in step) {
    if (!(value instanceof Map)) return value;
    const members = [...value].map(
      ([name, inner]) => [name, String(name) === step.name ? kept(inner) : (inner ?? null)] as const,
    );
    const left = members.filter(([, inner]) => inner !== undefined);
    return left.length === 0 ? undefined : new Map(left);
  }
  if (!Array.isArray(value)) return value;
  const isMeant = (item: unknown) =>
    (step.key === "" ? String(item) : item instanceof Map && String(item.get(step.key))) === step.value;
  const items = value.map((item: unknown) => {
    const inner = isMeant(item) ? kept(item) : (item ?? null);
    return isMeant(item) && inner instanceof Map && inner.size === 1 ? undefined : inner;
  });
  const left = items.filter((item) => item !== undefined);
  return left.length === 0 ? undefined : left;
}

function sourceAt(text: string, steps: readonly Step[]): string | undefined {
  const found = walk(text, parseTree(text), steps);
  if (found.rest.length > 0) return undefined;
  return text.slice(startOf(found), endOf(found));
}

function startOf(found: Walk): number {
  return isBehindColon(found) ? (found.trail.at(-1)?.entry.after ?? 0) : found.node.start;
}

function endOf(found: Walk): number {
  return found.node.kind === "nothing" ? startOf(found) : found.node.end;
}

/** Whether the value is nothing, or begins on a line of its own, so that its source begins right behind the colon. */
function isBehindColon({ node, trail }: Walk): boolean {
  const block = "entries" in node && !node.flow && trail.at(-1)?.node.kind === "map";
  return trail.length > 0 && (node.kind === "nothing" || block);
}

function set(text: string, steps: readonly Step[], source: string): string {
  const root = parseTree(text);
  const found = walk(text, root, steps);
  if (found.rest.length > 0) return insert(text, root, steps, source);
  if (found.node.marked || found.node.kind === "alias")
    throw new ParseError("The value has an anchor or a tag, or is an alias.", 1);
  const [start, end] = [startOf(found), endOf(found)];
  const after = found.trail.at(-1)?.entry.after ?? start;
  if (source === "" || isBlock(source)) return splice(text, after, end, source);
  return splice(text, start, end, isBehindColon(found) ? ` ${source}` : source);
}

/** Whether a source text is one value that may stand behind a key. Of an item only the proof can tell. */
function isValue(source: string, steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (source === "" || (last && "key" in last)) return true;
  try {
    if (isBlock(source)) {
      const tree = parseTree(`k:${source}`);
      return (
        "entries" in tree &&
        tree.entries.length === 1 &&
        tree.entries.every(({ value }) => "entries" in value)
      );
    }
    const tree = parseTree(source);
    const whole = tree.kind !== "nothing" && tree.start === 0 && tree.end === source.length;
    return whole && tree.kind !== "alias" && !("entries" in tree && !tree.flow);
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}
