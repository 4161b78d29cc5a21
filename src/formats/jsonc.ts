/**
 * JSON with comments and trailing commas, as VS Code, Zed and others read their settings. A byte order mark is kept.
 *
 * As in json.ts, what `write` adds can be told from what was there before: what it makes has white space inside its
 * brackets, and what was there, empty, gets its first member right after the bracket. A comment behind the last member
 * on its line stays with that member, and a trailing comma stays the last.
 */
import type { Node } from "jsonc-parser";
import { type Format, ParseError, type Path, parseStep } from "./format.ts";
import { leadOf, type Style, styleOf } from "./json-layout.ts";
import {
  afterComments,
  commaAfter,
  enter,
  inTheWay,
  jsoncValue,
  parseJsonc,
  proves,
} from "./jsonc-document.ts";
import { byteOrderMark, lineBreak, splice } from "./lines.ts";

/**
 * Paths are member names from the root; a last step `name[key=value]` is the item of the list `name` whose `key` is the
 * string `value`. Sources are JSON text, which may hold comments.
 */
export const jsonc: Format = {
  id: "jsonc",
  read(text, path) {
    const node = find(text, path);
    return node && text.slice(node.offset, node.offset + node.length);
  },
  write(text, path, source) {
    if (path.length === 0 || !isValue(source, path.at(-1) ?? ""))
      throw new RangeError("A value to be written must be JSON text, and have a name.");
    const old = find(text, path);
    const written = old
      ? splice(text, old.offset, old.offset + old.length, source)
      : insert(text, path, source);
    return proven(text, written, path, source);
  },
  erase(text, path) {
    let erased = text;
    for (let node = find(text, path); node; node = find(erased, path)) erased = remove(erased, node);
    return erased;
  },
};

function find(text: string, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((node, step) => node && enter(text, node, step), parseJsonc(text));
}

/** One value with nothing before or after it; for an item of a list, the one that its step names. */
function isValue(source: string, step: string): boolean {
  if (source.trim() !== source || source === "") return false;
  const { key, value } = parseStep(step);
  try {
    const root = parseJsonc(`{"value": ${source}}`)?.children ?? [];
    const [, node] = root[0]?.children ?? [];
    if (root.length !== 1 || node?.length !== source.length) return false;
    const item = jsoncValue(`{"value": ${source}}`).value as Record<string, unknown> | null;
    return key === undefined || item?.[key] === value;
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

function proven(before: string, after: string, path: Path, source: string): string {
  if (proves(before, after, path, source)) return after;
  throw new ParseError(
    "The text has a shape in which this value cannot be changed without changing others.",
    1,
  );
}

function insert(text: string, path: Path, source: string): string {
  const root = parseJsonc(text);
  if (!root) {
    const at = text.startsWith(byteOrderMark) ? 1 : 0;
    const style = { lead: lineBreak(text), unit: "\t", colon: ": " };
    return splice(text, at, at, braces(members(path, source, inside(style)), style));
  }
  let parent = root;
  let depth = 0;
  for (let next = memberOf(text, root, path[0]); next; next = memberOf(text, parent, path[depth])) {
    if (parseStep(path[depth] ?? "").key !== undefined) {
      if (next.type !== "array") throw inTheWay(text, next, "a list");
      const style = styleOf(text, next.children?.at(-1), root);
      return add(text, next, source, style.lead);
    }
    if (next.type !== "object") throw inTheWay(text, next, "an object");
    parent = next;
    depth += 1;
  }
  const style = styleOf(text, parent.children?.at(-1), root);
  const inner = { ...style, lead: style.lead || " " };
  return add(text, parent, members(path.slice(depth), source, inner), style.lead);
}

/** The value of the name of a step, be it a list of which the step means one item. */
function memberOf(text: string, node: Node, step: string | undefined): Node | undefined {
  return step === undefined ? undefined : enter(text, node, parseStep(step).name);
}

function inside(style: Style): Style {
  return { ...style, lead: style.lead + style.unit };
}

function braces(
  content: string,
  style: Style,
  [open, close]: readonly [string, string] = ["{", "}"],
): string {
  return `${open}${inside(style).lead}${content}${style.lead}${close}`;
}

/** A member, its value inside as many new objects, and lists, as there are steps. @param style of the member */
function members([step = "", ...rest]: Path, source: string, style: Style): string {
  const { name, key } = parseStep(step);
  const value =
    key !== undefined
      ? braces(source, style, ["[", "]"])
      : rest.length === 0
        ? source
        : braces(members(rest, source, inside(style)), style);
  return `${JSON.stringify(name)}${style.colon}${value}`;
}

/** Adds a member or an item as the last one. */
function add(text: string, container: Node, content: string, lead: string): string {
  const last = container.children?.at(-1);
  if (!last) return splice(text, container.offset + 1, container.offset + 1, content);
  const end = last.offset + last.length;
  const trailing = commaAfter(text, end);
  const from = trailing === undefined ? end : trailing + 1;
  // Without a line break the new one would be in the comment.
  const at = /[\r\n]/.test(lead) ? afterComments(text, from) : from;
  return trailing === undefined
    ? `${text.slice(0, end)},${text.slice(end, at)}${lead}${content}${text.slice(at)}`
    : splice(text, at, at, `${lead}${content},`);
}

function remove(text: string, value: Node): string {
  const node = value.parent?.type === "property" ? value.parent : value;
  const container = node.parent;
  const siblings = container?.children;
  if (!container || !siblings) return splice(text, node.offset, node.offset + node.length, "");
  const before = siblings[siblings.indexOf(node) - 1];
  const own = commaAfter(text, node.offset + node.length);
  const end = own === undefined ? node.offset + node.length : own + 1;
  if (before) {
    const rest = splice(text, node.offset - leadOf(text, node).length, end, "");
    const comma = commaAfter(text, before.offset + before.length);
    return own === undefined && comma !== undefined ? splice(rest, comma, comma + 1, "") : rest;
  }
  if (siblings.length > 1) return splice(text, node.offset, end + whiteSpace(text.slice(end)), "");
  const content = text.slice(container.offset + 1, container.offset + container.length - 1);
  const isAlone = content.trim() === text.slice(node.offset, end) && /^\s/.test(content);
  return isAlone ? remove(text, container) : splice(text, node.offset, end, "");
}

function whiteSpace(text: string): number {
  return /^[ \t\r\n]*/.exec(text)?.[0].length ?? 0;
}
