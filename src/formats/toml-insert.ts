/** Where a new value goes into a TOML text, and in which form: that of its neighbours. */
import type { AST } from "toml-eslint-parser";
import { byteOrderMark, insertAfter, lineBreak, splice, splitLines } from "./lines.ts";
import {
  type Body,
  type Document,
  isSame,
  isUnder,
  type Member,
  type Place,
  type Target,
} from "./toml-document.ts";
import { lineAt, looksMade } from "./toml-lines.ts";
import { basicString } from "./toml-value.ts";

/** The text with a value that it does not have yet. */
export function insert(text: string, document: Document, { place, missing }: Target, source: string): string {
  if (missing) return insertItem(text, document, missing, source);
  const table = place.slice(0, -1);
  const body = hostOf(document, table);
  if (!body) return appendTable(text, `[${keyText(table)}]`, [pair(place.slice(-1), source)]);
  const names = place.slice(body.base.length);
  const first = isKnownByName(document, body) ? body.members[0] : undefined;
  return body.node.type === "TOMLInlineTable"
    ? insertBetweenBraces(text, body.node, names, source, first)
    : insertLine(text, body, body.node, names, source, first);
}

/**
 * The body that a table's new value goes into: the table's own; that of the outer table in which it is spelled out by
 * dotted keys; the braces or the item around it. None: a header of its own is free.
 */
function hostOf({ bodies }: Document, table: Place): Body | undefined {
  const around = bodies
    .filter(({ base }) => isUnder(table, base))
    .sort((a, b) => b.base.length - a.base.length);
  return around.find(
    ({ base, node, members }) =>
      base.length === table.length ||
      node.type === "TOMLInlineTable" ||
      base.some((name) => typeof name === "number") ||
      members.some((member) => isSpelledOut(member, table[base.length])),
  );
}

/** Whether a value stands under a dotted key that begins with a name. */
function isSpelledOut({ place, body, node }: Member, name: string | number | undefined): boolean {
  return node.key.keys.length > 1 && place[body.base.length] === name;
}

/** Whether a body is an item with nothing in it but what it is known by: a new value goes before that. */
function isKnownByName({ members }: Document, { base }: Body): boolean {
  return typeof base.at(-1) === "number" && members.filter(({ place }) => isUnder(place, base)).length === 1;
}

function insertLine(
  text: string,
  { base, members }: Body,
  node: AST.TOMLTopLevelTable | AST.TOMLTable,
  names: Place,
  source: string,
  before: Member | undefined,
): string {
  const kin = members.findLast(({ place }) => names.length > 1 && place[base.length] === names[0]);
  const model = before ?? kin ?? members.at(-1);
  if (!model) {
    return node.type === "TOMLTable"
      ? insertUnder(text, node, pair(names, source))
      : insertAtTop(text, pair(names, source));
  }
  const { start } = lineAt(text, model.node.range[0]);
  const indent = text.slice(start, model.node.range[0]).replace(byteOrderMark, "");
  const entry = indent + pair(names, source, separatorOf(text, model));
  return before
    ? splice(text, start, start, entry + lineBreak(text))
    : insertAfter(text, lineAt(text, model.node.range[1]), entry);
}

/** Into an empty table; a blank line tells that we did not make it. */
function insertUnder(text: string, table: AST.TOMLTable, entry: string): string {
  const gap = looksMade(splitLines(text), table) ? lineBreak(text) : "";
  return insertAfter(text, lineAt(text, table.range[0]), gap + entry);
}

/** Above everything but a comment that stands for itself, with a blank line before what follows. */
function insertAtTop(text: string, entry: string): string {
  const nl = lineBreak(text);
  const top = text.startsWith(byteOrderMark) ? 1 : 0;
  const lead = /^(?:[ \t]*#[^\n]*\n)*(?:(?:[ \t]*\r?\n)+|$)/.exec(text.slice(top))?.[0] ?? "";
  const at = top + lead.length;
  return splice(text, at, at, entry + nl + (at < text.length ? nl : ""));
}

/** At the end; with a final line break only where the text has one, so that it can be told and taken back. */
function appendTable(text: string, header: string, entries: readonly string[]): string {
  const nl = lineBreak(text);
  const table = [header, ...entries].join(nl);
  if (text === "" || text === byteOrderMark) return text + table + nl;
  return text.endsWith("\n") ? text + nl + table + nl : text + nl + nl + table;
}

function insertItem(
  text: string,
  { members }: Document,
  { at, key, value, rest }: NonNullable<Target["missing"]>,
  source: string,
): string {
  const entries = [pair([key], basicString(value)), pair(rest, source)];
  const list = members.find(({ place }) => isSame(place, at))?.node.value;
  return list?.type === "TOMLArray"
    ? insertElement(text, list, list.elements.at(-1), `{ ${entries.join(", ")} }`)
    : appendTable(text, `[[${keyText(at)}]]`, entries);
}

function insertBetweenBraces(
  text: string,
  table: AST.TOMLInlineTable,
  names: Place,
  source: string,
  before: Member | undefined,
): string {
  const [name, ...rest] = names;
  const dotted = table.body.some(({ key }) => key.keys.length > 1 && nameIs(key, name));
  const content = dotted ? pair(names, source) : nested([name ?? "", ...rest], source);
  if (!before) return insertElement(text, table, table.body.at(-1), content);
  const [start] = before.node.range;
  return splice(text, start, start, `${content}, `);
}

function nameIs({ keys: [first] }: AST.TOMLKey, name: string | number | undefined): boolean {
  return first !== undefined && (first.type === "TOMLBare" ? first.name : first.value) === name;
}

/** With white space inside the braces, which tells a table that we made. */
function nested([name = "", ...rest]: Place, source: string): string {
  return pair([name], rest.length === 0 ? source : `{ ${nested(rest, source)} }`);
}

/** After the last of several things between braces or brackets, set apart as that one is. */
function insertElement(
  text: string,
  { range: [start] }: AST.TOMLInlineTable | AST.TOMLArray,
  last: { range: readonly [number, number] } | undefined,
  content: string,
): string {
  if (!last) return splice(text, start + 1, start + 1, content);
  const white = /[ \t\r\n]*$/.exec(text.slice(0, last.range[0]))?.[0] ?? "";
  const lead = white.includes("\n") ? white : " ";
  return splice(text, last.range[1], last.range[1], `,${lead}${content}`);
}

function separatorOf(text: string, { node }: Member): string {
  return text.slice(node.key.range[1], node.value.range[0]) === "=" ? "=" : " = ";
}

function pair(names: Place, source: string, separator = " = "): string {
  return keyText(names) + separator + source;
}

function keyText(names: Place): string {
  return names
    .map(String)
    .map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : basicString(name)))
    .join(".");
}
