/** Where everything stands in JSON with comments: values, and the commas and comments between them. */
import { isDeepStrictEqual } from "node:util";
import {
  createScanner,
  type ParseError as Fault,
  getNodeValue,
  type Node,
  parseTree,
  printParseErrorCode,
  type SyntaxKind,
} from "jsonc-parser";
import { ParseError, type Path, parseStep } from "./format.ts";
import { byteOrderMark, lineNumber } from "./lines.ts";

// The parser's enumeration is none at run time.
const comma: SyntaxKind = 5;
const lineComment: SyntaxKind = 12;
const blockComment: SyntaxKind = 13;
const lineBreakTrivia: SyntaxKind = 14;
const trivia: SyntaxKind = 15;

/** The root object; `undefined` where there is none but white space and comments. @throws ParseError */
export function parseJsonc(text: string): Node | undefined {
  const faults: Fault[] = [];
  // A byte order mark is white space here, so that no offset moves.
  const blank = text.startsWith(byteOrderMark) ? ` ${text.slice(1)}` : text;
  const root = parseTree(blank, faults, { allowTrailingComma: true, allowEmptyContent: true });
  const [fault] = faults;
  if (fault)
    throw new ParseError(
      `The text is not JSON with comments: ${printParseErrorCode(fault.error)}`,
      lineNumber(text, fault.offset),
    );
  if (root && root.type !== "object")
    throw new ParseError("The text is JSON, but not an object.", lineNumber(text, root.offset));
  return root;
}

/** All of a text as data; an empty object where it holds none. @throws ParseError */
export function jsoncValue(text: string): Readonly<Record<string, unknown>> {
  const root = parseJsonc(text);
  return root ? (getNodeValue(root) as Record<string, unknown>) : {};
}

/** What a step leads to inside a value: a member, the last one of its name, or one item of the list that is one. */
export function enter(text: string, node: Node, step: string): Node | undefined {
  const { name, key, value } = parseStep(step);
  if (node.type === "null") return undefined;
  if (node.type !== "object") throw inTheWay(text, node, "an object");
  const member = node.children?.findLast((property) => property.children?.[0]?.value === name)?.children?.[1];
  if (!member || key === undefined) return member;
  if (member.type !== "array") throw inTheWay(text, member, "a list");
  return member.children?.find((item) => {
    const data: unknown = getNodeValue(item);
    return typeof data === "object" && data !== null && (data as Record<string, unknown>)[key] === value;
  });
}

export function inTheWay(text: string, { offset }: Node, wanted: string): ParseError {
  return new ParseError(`A value stands where ${wanted} is needed.`, lineNumber(text, offset));
}

/** The offset of the comma after an offset, if nothing but white space and comments stands before it. */
export function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text);
  scanner.setPosition(offset);
  let token = scanner.scan();
  while ([lineComment, blockComment, lineBreakTrivia, trivia].includes(token)) token = scanner.scan();
  return token === comma ? scanner.getTokenOffset() : undefined;
}

/** Where the comments end that follow an offset on its own line; the offset itself where there are none. */
export function afterComments(text: string, offset: number): number {
  const scanner = createScanner(text);
  scanner.setPosition(offset);
  let end = offset;
  for (
    let token = scanner.scan();
    [lineComment, blockComment, trivia].includes(token);
    token = scanner.scan()
  )
    if (token !== trivia) end = scanner.getTokenOffset() + scanner.getTokenLength();
  return end;
}

/** Whether `after` says what `before` says, with the value at the path now being `source`; `undefined`: gone. */
export function proves(before: string, after: string, path: Path, source: string | undefined): boolean {
  const now = jsoncValue(after);
  const same = isDeepStrictEqual(without(now, path), without(jsoncValue(before), path));
  const root = parseJsonc(after);
  const node = root && path.reduce<Node | undefined>((at, step) => at && enter(after, at, step), root);
  return same && (node && after.slice(node.offset, node.offset + node.length)) === source;
}

/** Data without what a path leads to, as members; what holds nothing then says nothing. */
function without(data: unknown, [step = "", ...rest]: Path): unknown {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return data;
  const { name, key, value } = parseStep(step);
  // As pairs: a name such as `__proto__` is one like any other.
  return Object.entries(data).flatMap(([member, inner]): [string, unknown][] => {
    if (member !== name) return [[member, inner]];
    if (rest.length === 0 && key === undefined) return [];
    const left = key === undefined ? without(inner, rest) : withoutItem(inner, key, value);
    return Array.isArray(left) && left.length === 0 ? [] : [[member, left]];
  });
}

function withoutItem(list: unknown, key: string, value: string | undefined): unknown {
  if (!Array.isArray(list)) return list;
  const index = list.findIndex((item) => (item as Record<string, unknown> | null)?.[key] === value);
  return index < 0 ? list : list.toSpliced(index, 1);
}
