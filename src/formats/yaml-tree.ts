/** A YAML text as a tree of offsets: what stands where, and nothing of what it means to a program. */
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";
import { ParseError, type Path, parseStep } from "./format.ts";
import { lineNumber } from "./lines.ts";

export interface Collection {
  kind: "map" | "seq";
  /** In braces or brackets. */
  flow: boolean;
  entries: readonly Entry[];
  start: number;
  end: number;
  marked: boolean;
}

interface Leaf {
  /** `nothing`: no character stands for the value. */
  kind: "scalar" | "alias" | "nothing";
  /** What it is as a name. */
  text: string;
  /** Only a null is one. */
  nullish: boolean;
  start: number;
  end: number;
  marked: boolean;
}

/** `marked`: with an anchor or a tag, which stand before the start. */
export type Tree = Collection | Leaf;

/** A member of a map, or an item of a sequence. */
export interface Entry {
  /** Absent for items, and for keys that are no scalars. */
  name?: string;
  /** Where the key begins, or the dash. */
  start: number;
  /** Behind the colon or the dash; where the key ends when it has no colon. */
  after: number;
  value: Tree;
  end: number;
}

/** Into a map by name, or into a sequence to the item whose `key` is `value`; with `key` empty, that is the value. */
export type Step = { name: string } | { key: string; value: string };

/** How far into a tree a path leads. */
export interface Walk {
  /** The collections on the way, and which entry was taken. */
  trail: readonly { node: Collection; entry: Entry }[];
  /** Where the way ends. */
  node: Tree;
  /** The steps that lead on from there. */
  rest: readonly Step[];
}

const options = { keepSourceTokens: true, prettyErrors: false, merge: true, logLevel: "error" } as const;

/** The steps of a path. */
export function stepsOf(path: Path): Step[] {
  return path.flatMap((step): Step[] => {
    const { name, key, value } = parseStep(step);
    return key === undefined || value === undefined ? [{ name }] : [{ name }, { key, value }];
  });
}

/** @throws ParseError for what is no YAML, or more than one document */
export function parseTree(text: string): Tree {
  const stray = /[\0\uFEFF]|\r(?!\n)/.exec(text);
  if (stray)
    throw new ParseError(
      "The text has a character in it that YAML does not allow there.",
      lineNumber(text, stray.index),
    );
  const document = guarded(() => parseDocument(text, options));
  const [fault] = document.errors;
  if (fault) throw new ParseError(`The text is not YAML (${fault.code}).`, lineNumber(text, fault.pos[0]));
  guarded(() => document.toJS() as unknown);
  return treeOf(text, document.contents, text.length);
}

/** What the library throws beyond what it lists (nesting without end, too many aliases) is a text that does not parse. */
export function guarded<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) throw error;
    throw new ParseError("The text is YAML that cannot be read whole.", 1);
  }
}

/** Goes down the path as far as the tree has it. @throws ParseError where it leads through something that it cannot */
export function walk(text: string, root: Tree, steps: readonly Step[]): Walk {
  const trail: { node: Collection; entry: Entry }[] = [];
  let node = root;
  for (const [index, step] of steps.entries()) {
    if (node.kind === "nothing" || (node.kind === "scalar" && node.nullish))
      return { trail, node, rest: steps.slice(index) };
    const kind = "name" in step ? "map" : "seq";
    if (node.kind === "alias") throw misplaced(text, node, "An alias stands on the way to the value.");
    if (node.kind !== kind)
      throw misplaced(
        text,
        node,
        `A value stands where a ${kind === "map" ? "mapping" : "sequence"} is needed.`,
      );
    const entry = entryOf(text, node, step);
    if (!entry) return { trail, node, rest: steps.slice(index) };
    trail.push({ node, entry });
    node = entry.value;
  }
  return { trail, node, rest: [] };
}

function entryOf(text: string, node: Collection, step: Step): Entry | undefined {
  const found = node.entries.filter((entry) =>
    "name" in step ? entry.name === step.name : isItem(entry.value, step),
  );
  if (found.length > 1) throw misplaced(text, node, "Two entries stand where one is meant.");
  if (found.length === 0 && "name" in step && node.entries.some(({ name }) => name === "<<"))
    throw misplaced(text, node, "A merge key stands where the value would have to be.");
  return found[0];
}

function isItem(item: Tree, { key, value }: { key: string; value: string }): boolean {
  if (key === "") return item.kind === "scalar" && item.text === value;
  const member = item.kind === "map" ? item.entries.find(({ name }) => name === key)?.value : undefined;
  return member?.kind === "scalar" && member.text === value;
}

function misplaced(text: string, { start }: Tree, message: string): ParseError {
  return new ParseError(message, lineNumber(text, start));
}

function treeOf(text: string, node: Node | null, at: number): Tree {
  const [start, valueEnd] = node?.range ?? [at, at];
  const marked = node !== null && !isAlias(node) && (node.tag !== undefined || node.anchor !== undefined);
  if (isMap(node) || isSeq(node)) {
    const flow = node.srcToken?.type === "flow-collection";
    const entries = node.items.map((item, index) => entryFrom(text, item, dashOf(node, index, flow)));
    if (new Set(entries.map(({ name }, index) => name ?? index)).size < entries.length)
      throw new ParseError("Two keys have the same name.", lineNumber(text, start));
    const end = flow ? valueEnd : (entries.at(-1)?.end ?? valueEnd);
    return { kind: isMap(node) ? "map" : "seq", flow, entries, start, end, marked };
  }
  if (isAlias(node)) return { kind: "alias", text: "", nullish: false, start, end: valueEnd, marked };
  const value = isScalar(node) ? node.value : null;
  const nothing = value === null && start === valueEnd;
  const block = isScalar(node) && node.srcToken?.type === "block-scalar";
  const end = block ? start + text.slice(start, valueEnd).trimEnd().length : valueEnd;
  return {
    kind: nothing ? "nothing" : "scalar",
    text: typeof value === "symbol" ? "<<" : String(value),
    nullish: value === null,
    start,
    end,
    marked,
  };
}

function entryFrom(text: string, item: unknown, dash: number | undefined): Entry {
  if (isPair<Node, Node | null>(item)) return memberFrom(text, item);
  const node = item as Node;
  const start = dash ?? node.range?.[0] ?? 0;
  const value = treeOf(text, node, start);
  const after = dash === undefined ? start : dash + 1;
  return { start, after, value, end: Math.max(after, value.end) };
}

function memberFrom(text: string, pair: Pair<Node, Node | null>): Entry {
  const key = treeOf(text, pair.key, 0);
  const colon = pair.srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  const mark = pair.srcToken?.start.find(({ type }) => type === "explicit-key-ind");
  const after = colon ? colon.offset + 1 : key.end;
  const value = treeOf(text, pair.value, after);
  const end = value.kind === "nothing" && !value.marked ? after : value.end;
  const name = key.kind === "scalar" ? { name: key.text } : {};
  return { ...name, start: mark?.offset ?? key.start, after, value, end };
}

function dashOf(node: Node, index: number, flow: boolean): number | undefined {
  const token = node.srcToken;
  if (flow || token?.type !== "block-seq") return undefined;
  return token.items[index]?.start.find(({ type }) => type === "seq-item-ind")?.offset;
}
