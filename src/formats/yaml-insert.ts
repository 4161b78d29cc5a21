/**
 * Adding to a YAML text. The shape of what is added tells `yaml-remove.ts` what was there before: a mapping or sequence
 * that is made goes on lines of its own, or into braces with white space inside them; one that was there, empty, gets
 * its first entry right after the brace; an item that is made begins with the key by which it is found.
 */

import { ParseError } from "./format.ts";
import { insertAfter, type Line, lineBreak, splice, splitLines } from "./lines.ts";
import { type Collection, type Entry, type Step, type Tree, walk } from "./yaml-tree.ts";

/** Where the file has no habit of its own. */
const usualIndent = 2;

interface Style {
  indent: number;
  /** How much deeper than its key a sequence's dashes stand. */
  dash: number;
}

/** The text with a value that it has not had. The result has to be proven. @throws ParseError */
export function insert(text: string, root: Tree, steps: readonly Step[], source: string): string {
  const { trail, node, rest } = walk(text, root, steps);
  const parent = trail.at(-1);
  if (node.kind === "map" || node.kind === "seq") {
    const first = isOnlyKnownByKey(node, trail.at(-1)?.node, steps[steps.length - rest.length - 1]);
    return node.flow
      ? intoBraces(text, node, rest, source, first)
      : intoLines(text, root, node, rest, source, first);
  }
  if (node.kind !== "nothing" || node.marked || parent?.node.flow)
    throw new ParseError("A value stands where a mapping is needed.", 1);
  if (parent) return splice(text, parent.entry.after, parent.entry.after, ` ${inBraces(rest, source)}`);
  const lines = onLines(rest, source, 0, styleOf(text, root)).join(lineBreak(text));
  const last = splitLines(text).at(-1);
  return last ? insertAfter(text, last, lines) : lines + lineBreak(text);
}

/** A key or a string as it is safe for every reader: plain only where none takes it for something else. */
function nameText(name: string): string {
  const plain = /^:?[A-Za-z_][\w.+/@:~-]*$/.test(name) && !name.endsWith(":");
  return plain && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(name) ? name : encode(name);
}

/** JSON's notation, which is YAML's too, without the characters that YAML 1.1 takes for line breaks. @throws RangeError */
export function encode(value: string): string {
  if (/\p{Cs}/u.test(value)) throw new RangeError("Half a surrogate pair cannot be written in YAML.");
  return JSON.stringify(value).replace(
    /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Whether a source text is a block, which begins on the line after its key. */
export function isBlock(source: string): boolean {
  return /^[ \t]*(#[^\r\n]*)?\r?\n/.test(source);
}

/** An item that has nothing but the key by which it is found: what is added goes before that. */
function isOnlyKnownByKey(node: Collection, parent: Collection | undefined, step: Step | undefined): boolean {
  return parent?.kind === "seq" && step !== undefined && "key" in step && node.entries.length === 1;
}

function intoLines(
  text: string,
  root: Tree,
  node: Collection,
  steps: readonly Step[],
  source: string,
  first: boolean,
): string {
  const [top, last] = [node.entries[0], node.entries.at(-1)];
  if (!top || !last) return text;
  const column = columnOf(text, top);
  const lines = onLines(steps, source, column, styleOf(text, root));
  if (!first) return insertAfter(text, lineAt(text, last.end), lines.join(lineBreak(text)));
  const [own = "", ...nested] = lines;
  const added = [own.trimStart(), ...nested, " ".repeat(column)].join(lineBreak(text));
  return splice(text, top.start, top.start, added);
}

/** The entry with all that it needs around it, as lines that begin at a column. */
function onLines([step, ...rest]: readonly Step[], source: string, column: number, style: Style): string[] {
  const indent = " ".repeat(column);
  if (!step) return [];
  const [next] = rest;
  if ("name" in step) {
    if (!next) return [indent + member(step.name, source)];
    return [
      `${indent}${nameText(step.name)}:`,
      ...onLines(rest, source, column + ("name" in next ? style.indent : style.dash), style),
    ];
  }
  return next
    ? [`${indent}- ${member(step.key, encode(step.value))}`, ...onLines(rest, source, column + 2, style)]
    : [`${indent}- ${source}`];
}

function member(name: string, source: string): string {
  return `${nameText(name)}:${source === "" || isBlock(source) ? "" : " "}${source}`;
}

function intoBraces(
  text: string,
  node: Collection,
  steps: readonly Step[],
  source: string,
  first: boolean,
): string {
  const [top, last] = [node.entries[0], node.entries.at(-1)];
  const added = inBraces(steps, source).slice(2, -2);
  if (!top || !last) return splice(text, node.start + 1, node.start + 1, added);
  if (first) return splice(text, top.start, top.start, `${added}, `);
  const before = text.slice(0, last.start);
  const lead = /[{[,]([ \r\n]+)$/.exec(before)?.[1] ?? " ";
  return splice(
    text,
    last.end,
    last.end,
    `,${node.entries.length > 1 || /[\r\n]/.test(lead) ? lead : " "}${added}`,
  );
}

/** The entry with all that it needs around it, and the collection that it goes into, on one line. */
function inBraces([step, ...rest]: readonly Step[], source: string): string {
  if (!step) return source;
  if ("name" in step) return `{ ${member(step.name, inBraces(rest, source))} }`;
  if (rest.length === 0) return `[ ${source} ]`;
  return `[ { ${member(step.key, encode(step.value))}, ${inBraces(rest, source).slice(2)} ]`;
}

function styleOf(text: string, root: Tree): Style {
  const maps: number[] = [];
  const seqs: number[] = [];
  const visit = (node: Tree): void => {
    if (!("entries" in node) || node.flow) return;
    for (const entry of node.entries) {
      const inner = entry.value;
      const [top] = "entries" in inner && !inner.flow ? inner.entries : [];
      if (top && node.kind === "map")
        (inner.kind === "map" ? maps : seqs).push(columnOf(text, top) - columnOf(text, entry));
      visit(inner);
    }
  };
  visit(root);
  const indent = maps.find((width) => width > 0) ?? seqs.find((width) => width > 0) ?? usualIndent;
  return { indent, dash: seqs[0] ?? 0 };
}

/** How far from the left an entry begins. */
function columnOf(text: string, { start }: Entry): number {
  return start - lineAt(text, start).start;
}

/** The line that an offset is on. */
export function lineAt(text: string, offset: number): Line {
  const lines = splitLines(text);
  return (
    lines.find(({ start, end }) => offset >= start && offset <= end) ?? {
      start: 0,
      end: text.length,
      next: text.length,
    }
  );
}
