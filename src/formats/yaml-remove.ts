/** Taking a value out of a YAML text, and with it what `yaml-insert.ts` had to make for it. */
import { ParseError } from "./format.ts";
import { lineNumber, removeLines, splice, splitLines } from "./lines.ts";
import { lineAt } from "./yaml-insert.ts";
import type { Collection, Entry, Step, Walk } from "./yaml-tree.ts";

type Trail = Walk["trail"];

/** The text without the last entry of a trail. The result has to be proven. @throws ParseError */
export function remove(text: string, trail: Trail, steps: readonly Step[]): string {
  const last = trail.at(-1);
  if (!last) return text;
  const { node, entry } = last;
  const outer = trail.slice(0, -1);
  if (isMadeItem(node, entry, steps[trail.length - 2])) return remove(text, outer, steps.slice(0, -1));
  if (node.flow) return fromBraces(text, node, entry, outer, steps);
  if (node.entries.length === 1 && outer.length > 0 && isTight(text, entry, outer))
    return remove(text, outer, steps.slice(0, -1));
  return fromLines(text, node, entry);
}

/** An item that is left with nothing but the key by which it is found, which stands first. */
function isMadeItem({ entries }: Collection, entry: Entry, step: Step | undefined): boolean {
  return (
    step !== undefined &&
    "key" in step &&
    entries.length === 2 &&
    entries[0]?.name === step.key &&
    entries[1] === entry
  );
}

/** Whether nothing of the user's stands between an only entry and what it is in. */
function isTight(text: string, { start }: Entry, outer: Trail): boolean {
  const parent = outer.at(-1)?.entry;
  return parent !== undefined && /^[ ]*(\r?\n)?[ ]*$/.test(text.slice(parent.after, start));
}

function fromLines(text: string, { entries }: Collection, entry: Entry): string {
  const from = lineAt(text, entry.start);
  if (text.slice(from.start, entry.start).trim() === "") {
    const lines = splitLines(text);
    const index = (offset: number) => lines.findIndex(({ start }) => start === lineAt(text, offset).start);
    return removeLines(text, lines, index(entry.start), index(entry.end));
  }
  // It shares its line with the dash of an item, or of several.
  const next = entries[entries.indexOf(entry) + 1];
  return next ? without(text, entry.start, next.start, entry) : splice(text, entry.start, entry.end, "");
}

function fromBraces(
  text: string,
  node: Collection,
  entry: Entry,
  outer: Trail,
  steps: readonly Step[],
): string {
  const index = node.entries.indexOf(entry);
  const [before, after] = [node.entries[index - 1], node.entries[index + 1]];
  if (before) return without(text, before.end, entry.end, entry);
  if (after) return without(text, entry.start, after.start, entry);
  const parent = outer.at(-1);
  if (entry.start === node.start + 1) {
    const comma = /^\s*,/.exec(text.slice(entry.end))?.[0].length ?? 0;
    return splice(text, entry.start, entry.end + comma, "");
  }
  if (!parent) return without(text, node.start + 1, node.end - 1, entry);
  if (parent.node.kind === "map" && !parent.node.flow) return splice(text, parent.entry.after, node.end, "");
  return remove(text, outer, steps.slice(0, -1));
}

/** Cuts, where nothing but the entry and white space or a comma would go. */
function without(text: string, from: number, to: number, entry: Entry): string {
  const around = text.slice(from, Math.max(from, entry.start)) + text.slice(Math.min(entry.end, to), to);
  if (around.includes("#"))
    throw new ParseError(
      "A comment stands beside the value and would go with it.",
      lineNumber(text, entry.start),
    );
  return splice(text, from, to, "");
}
