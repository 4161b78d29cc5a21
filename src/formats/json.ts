/**
 * `config.json`, as docker reads it: strict JSON (RFC 8259: no comments, no trailing comma, no byte order mark), of
 * several equal names the last one counts, an empty file is an empty object.
 *
 * What `write` adds can be told from what was there before, so that `erase` takes back just that: an object that it
 * makes has white space inside its braces; one that was there, empty, gets its first member right after the brace.
 */
import { type ParseError as Fault, type Node, parseTree } from "jsonc-parser";
import { type Format, ParseError, type Path } from "./format.ts";
import { type Style, styleOf } from "./json-layout.ts";
import { lineBreak, lineNumber, splice } from "./lines.ts";

/** Paths are member names from the root; sources are JSON text. */
export const json: Format = {
  id: "json",
  read(text, path) {
    const node = find(text, parse(text), path);
    return node && sourceOf(text, node);
  },
  write(text, path, source) {
    if (path.length === 0 || !isJson(source))
      throw new RangeError("A value to be written must be JSON text, and have a name.");
    const root = parse(text);
    const old = find(text, root, path);
    const written = old
      ? splice(text, old.offset, old.offset + old.length, source)
      : insert(text, root, path, source);
    if (json.read(written, path) !== source || others(written, path) !== others(text, path)) {
      throw new ParseError(
        "The text has a shape in which this value cannot be changed without changing others.",
        1,
      );
    }
    return written;
  },
  erase(text, path) {
    let erased = text;
    for (let node = find(text, parse(text), path); node; node = find(erased, parse(erased), path)) {
      erased = remove(erased, node);
    }
    return erased;
  },
};

function isJson(source: string): boolean {
  try {
    JSON.parse(source);
    return source.trim() === source;
  } catch {
    return false;
  }
}

/** The root object; `undefined` for an empty text. */
function parse(text: string): Node | undefined {
  if (/^[ \t\r\n]*$/.test(text)) return undefined;
  const faults: Fault[] = [];
  const root = parseTree(text, faults, { disallowComments: true });
  try {
    JSON.parse(text);
  } catch {
    throw new ParseError("The text is not strict JSON.", lineNumber(text, faults[0]?.offset ?? 0));
  }
  if (root?.type !== "object") throw new ParseError("The text is JSON, but not an object.", 1);
  return root;
}

function sourceOf(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length);
}

/** The value of the member that counts: the last one of its name. */
function member(object: Node, name: string): Node | undefined {
  return object.children?.findLast((property) => property.children?.[0]?.value === name)?.children?.[1];
}

function find(text: string, root: Node | undefined, path: Path): Node | undefined {
  let node = root;
  for (const name of path) {
    if (!node || node.type === "null") return undefined;
    if (node.type !== "object") throw notAnObject(text, node);
    node = member(node, name);
  }
  return node;
}

function notAnObject(text: string, { offset }: Node): ParseError {
  return new ParseError("A value stands where an object is needed.", lineNumber(text, offset));
}

function insert(text: string, root: Node | undefined, path: Path, source: string): string {
  if (!root) return objects(path, source, { lead: lineBreak(text), unit: "\t", colon: ": " }) + text;
  let parent = root;
  let depth = 0;
  for (let next = member(root, path[0] ?? ""); next; next = member(parent, path[depth] ?? "")) {
    if (next.type !== "object") throw notAnObject(text, next);
    parent = next;
    depth += 1;
  }
  const last = parent.children?.at(-1);
  const style = styleOf(text, last, root);
  const name = JSON.stringify(path[depth]) + style.colon;
  const nested = objects(path.slice(depth + 1), source, { ...style, lead: style.lead || " " });
  if (!last) return splice(text, parent.offset + 1, parent.offset + 1, name + nested);
  const end = last.offset + last.length;
  return splice(text, end, end, `,${style.lead}${name}${nested}`);
}

/** The source inside as many new objects as there are names. */
function objects([name, ...rest]: Path, source: string, style: Style): string {
  if (name === undefined) return source;
  const inner = { ...style, lead: style.lead + style.unit };
  return `{${inner.lead}${JSON.stringify(name)}${style.colon}${objects(rest, source, inner)}${style.lead}}`;
}

function remove(text: string, value: Node): string {
  const property = value.parent;
  const object = property?.parent;
  const members = object?.children;
  if (!property || !object || !members) return splice(text, value.offset, value.offset + value.length, "");
  const index = members.indexOf(property);
  const [before, after] = [members[index - 1], members[index + 1]];
  const end = property.offset + property.length;
  if (before) return splice(text, before.offset + before.length, end, "");
  if (after) return splice(text, property.offset, after.offset, "");
  return property.offset === object.offset + 1
    ? splice(text, property.offset, end, "")
    : remove(text, object);
}

/** Every value that is neither the one at the path nor holds it, with its place: what an edit must leave alone. */
function others(text: string, path: Path): string {
  const list: [string, string][] = [];
  const wanted = JSON.stringify(path);
  const visit = (node: Node, at: Path): void => {
    if (JSON.stringify(at) === wanted) return;
    if (node.type !== "object") list.push([JSON.stringify(at), sourceOf(text, node)]);
    else if (!node.children?.length && !at.every((name, index) => name === path[index]))
      list.push([JSON.stringify(at), "{}"]);
    for (const { children } of node.type === "object" ? (node.children ?? []) : []) {
      if (children?.[1]) visit(children[1], [...at, String(children[0]?.value)]);
    }
  };
  const root = parse(text);
  if (root) visit(root, []);
  return JSON.stringify(list);
}
