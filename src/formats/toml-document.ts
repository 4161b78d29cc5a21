/** Where everything stands in a TOML text: its tables, in whatever way each is written, and the values in them. */
import { type AST, ParseError as Fault, parseTOML } from "toml-eslint-parser";
import { ParseError, type Path, parseStep } from "./format.ts";
import { byteOrderMark, lineNumber } from "./lines.ts";
import { parseToml } from "./toml-value.ts";

/** Names from the root; a number is the index of one item of an array. */
export type Place = readonly (string | number)[];

/** A table as it is written in one piece: the top of the file, what is under one header, or between braces. */
export interface Body {
  base: Place;
  node: AST.TOMLTopLevelTable | AST.TOMLTable | AST.TOMLInlineTable;
  members: Member[];
}

/** One `key = value`. */
export interface Member {
  place: Place;
  node: AST.TOMLKeyValue;
  body: Body;
}

export interface Document {
  bodies: readonly Body[];
  members: readonly Member[];
}

/** What a path leads to: a place, and where a step asks for an item that is not there, which one. */
export interface Target {
  place: Place;
  missing?: { at: Place; key: string; value: string; rest: Path };
}

/** @throws ParseError when either of two parsers does not take it */
export function parseDocument(text: string): Document {
  parseToml(text);
  const bodies: Body[] = [];

  function add(base: Place, node: Body["node"], pairs: readonly AST.TOMLKeyValue[]): void {
    const body: Body = { base, node, members: [] };
    bodies.push(body);
    for (const pair of pairs) {
      const place = [...base, ...pair.key.keys.map(nameOf)];
      body.members.push({ place, node: pair, body });
      descend(place, pair.value);
    }
  }

  function descend(place: Place, node: AST.TOMLContentNode): void {
    if (node.type === "TOMLInlineTable") add(place, node, node.body);
    if (node.type !== "TOMLArray") return;
    for (const [index, element] of node.elements.entries()) descend([...place, index], element);
  }

  const [top] = positions(text).body;
  add(
    [],
    top,
    top.body.filter((node) => node.type === "TOMLKeyValue"),
  );
  for (const node of top.body) if (node.type === "TOMLTable") add(node.resolvedKey, node, node.body);
  return { bodies, members: bodies.flatMap(({ members }) => members) };
}

function positions(text: string): AST.TOMLProgram {
  // A byte order mark is white space here, so that no offset moves.
  const blank = text.startsWith(byteOrderMark) ? ` ${text.slice(1)}` : text;
  try {
    return parseTOML(blank, { tomlVersion: "1.1" });
  } catch (error) {
    if (error instanceof Fault) throw new ParseError(error.message, lineNumber(text, error.index));
    throw error;
  }
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

/** Finds the items that the steps of a path ask for. */
export function resolve({ members, bodies }: Document, path: Path): Target {
  let place: Place = [];
  for (const [index, step] of path.entries()) {
    const { name, key, value } = parseStep(step);
    place = [...place, name];
    if (key === undefined || value === undefined) continue;
    const at = place;
    const item = bodies.find(
      ({ base }) =>
        base.length === at.length + 1 &&
        isUnder(base, at) &&
        typeof base.at(-1) === "number" &&
        members.some((member) => isSame(member.place, [...base, key]) && textOf(member) === value),
    );
    if (!item) return { place: at, missing: { at, key, value, rest: path.slice(index + 1) } };
    place = item.base;
  }
  return { place };
}

/** The value that a path leads to. */
export function memberAt(document: Document, path: Path): Member | undefined {
  const { place, missing } = resolve(document, path);
  return missing ? undefined : document.members.find((member) => isSame(member.place, place));
}

function textOf({ node }: Member): string | undefined {
  return node.value.type === "TOMLValue" && node.value.kind === "string" ? node.value.value : undefined;
}

export function isSame(a: Place, b: Place): boolean {
  return a.length === b.length && isUnder(a, b);
}

/** Whether a place is another one, or inside it. */
export function isUnder(place: Place, outer: Place): boolean {
  return outer.every((name, index) => place[index] === name);
}
