/** How a value goes out of a TOML text, and what goes with it because it was made for it. */
import type { AST } from "toml-eslint-parser";
import { type Path, parseStep } from "./format.ts";
import { type Line, removeLines, splice, splitLines } from "./lines.ts";
import { type Body, type Document, isSame, isUnder, type Member, type Place } from "./toml-document.ts";
import { isEmpty, lineIndex, looksMade } from "./toml-lines.ts";

/** The text without a value that it has. */
export function remove(text: string, document: Document, member: Member, path: Path): string {
  const { body, node } = member;
  const made = isMadeItem(document, member, path);
  if (body.node.type === "TOMLInlineTable") {
    const list = body.node.parent;
    return made && list.type === "TOMLArray"
      ? cut(text, list, list.elements, body.node)
      : removeFromBraces(text, body.node, node);
  }
  const lines = splitLines(text);
  const first = body.node.type === "TOMLTable" ? firstLine(lines, body, body.node, member, made) : undefined;
  const own = lineIndex(lines, node.range[0]);
  const last = lineIndex(lines, node.range[1]);
  const after =
    body.node.type === "TOMLTopLevelTable" && body.members.length === 1 && isEmpty(lines[last + 1]);
  return removeLines(text, lines, first ?? own, after ? last + 1 : last);
}

/** Whether a value is the last one of an item, but for the name before it that the item is known by. */
function isMadeItem({ members, bodies }: Document, { body, place }: Member, path: Path): boolean {
  const { base } = body;
  const [name] = body.members;
  const known = path.flatMap((step) => parseStep(step).key ?? []).at(-1);
  const remains = (other: Place) => isUnder(other, base) && !isUnder(other, place);
  return (
    typeof base.at(-1) === "number" &&
    name !== undefined &&
    isSame(name.place, [...base, known ?? ""]) &&
    members.filter((member) => remains(member.place)).length === 1 &&
    bodies.filter((inner) => remains(inner.base)).length === 1
  );
}

/** From which line to remove a value: with the header if all is as we make it; with the blank line of an empty table. */
function firstLine(
  lines: readonly Line[],
  { members, base }: Body,
  table: AST.TOMLTable,
  { node }: Member,
  made: boolean,
): number | undefined {
  const isItem = typeof base.at(-1) === "number";
  if (!looksMade(lines, table) || (isItem ? !made : members.length > 1)) return undefined;
  const header = lineIndex(lines, table.range[0]);
  const own = lineIndex(lines, node.range[0]);
  if (own === header + (isItem ? 2 : 1)) return isEmpty(lines[header - 1]) ? header - 1 : header;
  return !isItem && own === header + 2 && isEmpty(lines[header + 1]) ? header + 1 : undefined;
}

function removeFromBraces(text: string, table: AST.TOMLInlineTable, pair: AST.TOMLKeyValue): string {
  const outer = table.parent;
  const made = table.body.length === 1 && pair.range[0] > table.range[0] + 1;
  return made && outer.type === "TOMLKeyValue" && outer.parent.type === "TOMLInlineTable"
    ? removeFromBraces(text, outer.parent, outer)
    : cut(text, table, table.body, pair);
}

/** Takes one of several things out from between braces or brackets, with the comma that divides it from the others. */
function cut<T extends AST.TOMLNode>(
  text: string,
  { range: [, end] }: AST.TOMLInlineTable | AST.TOMLArray,
  siblings: readonly T[],
  one: T,
): string {
  const index = siblings.indexOf(one);
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  if (before) return splice(text, before.range[1], one.range[1], "");
  if (after) return splice(text, one.range[0], after.range[0], "");
  const comma = /^\s*,/.exec(text.slice(one.range[1], end))?.[0] ?? "";
  return splice(text, one.range[0], one.range[1] + comma.length, "");
}
