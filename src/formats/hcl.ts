/**
 * `.terraformrc`, as terraform reads it (hcl-syntax.ts). No parser for it keeps comments, so this has its own, and what
 * it writes is proven: parsed again, the value reads as it was given, and every other value and comment as before.
 *
 * What `write` adds can be told from what was there before, so that `erase` takes back just that: a block that it makes
 * has white space inside its braces; one that was there, empty, gets its first item right after the brace; at the end of
 * a text an item stands behind an empty line.
 */
import { ParseError, type Path, parseStep, type TextFormat } from "./format.ts";
import { type Item, parseHcl, type Span, unquote } from "./hcl-syntax.ts";
import { lineBreak, splice } from "./lines.ts";

/**
 * Paths are block headers (`credentials "acme.example"`), then an attribute or a block; `name[key=value]` is the block
 * whose attribute `key` is the string `value`. Sources are values as they stand, a block's with its braces. Of several
 * of one path the last one counts.
 */
export const hcl: TextFormat = {
  id: "hcl",
  read: (text, path) => {
    const found = search(text, path).at(-1);
    return found && sourceOf(text, found.item);
  },
  write(text, path, source) {
    if (path.length === 0 || !proves("", append("", path, source), path, source))
      throw new RangeError("This value, or the name of its place, cannot be written in HCL.");
    const item = search(text, path).at(-1)?.item;
    const written = item ? splice(text, item.value, item.end, source) : insert(text, path, source);
    if (!proves(text, written, path, source)) throw harmful();
    return written;
  },
  erase(text, path) {
    let erased = text;
    for (let found = search(text, path).at(-1); found; found = search(erased, path).at(-1)) {
      erased = remove(erased, found);
    }
    if (!proves(text, erased, path, undefined)) throw harmful();
    return erased;
  },
  encode(value) {
    const source = JSON.stringify(value);
    if (unquote(source) === value) return source;
    throw new RangeError("HCL has no way to write this string.");
  },
  decode: unquote,
};

interface Found {
  item: Item;
  /** The blocks that it stands in, the outermost first. */
  parents: Item[];
}

function search(text: string, path: Path): Found[] {
  const below = (items: readonly Item[], [step, ...rest]: Path, parents: Item[]): Found[] => {
    const here = step === undefined ? [] : items.filter((item) => isMeant(text, item, step));
    return rest.length === 0
      ? here.map((item) => ({ item, parents }))
      : here.flatMap((item) => below(item.items ?? [], rest, [...parents, item]));
  };
  return below(parseHcl(text).items, path, []);
}

function isMeant(text: string, { header, items }: Item, step: string): boolean {
  const { name, key, value } = parseStep(step);
  if (header !== name) return false;
  return (
    key === undefined ||
    (items ?? []).some((inner) => inner.header === key && unquote(sourceOf(text, inner)) === value)
  );
}

function sourceOf(text: string, { value, end }: Item): string {
  return text.slice(value, end);
}

/** Into the innermost block of the path that is there, else at the end. */
function insert(text: string, path: Path, source: string): string {
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    const parent = search(text, path.slice(0, depth)).findLast(({ item }) => item.items)?.item;
    if (parent) return insertInto(text, parent, path.slice(depth), source);
  }
  return append(text, path, source);
}

function append(text: string, path: Path, source: string): string {
  const nl = lineBreak(text);
  const content = entry(path, source, nl, "  ");
  if (text === "") return content + nl;
  return text.endsWith("\n") ? `${text}${nl}${content}${nl}` : `${text}${nl}${nl}${content}`;
}

function insertInto(text: string, { value, items = [] }: Item, path: Path, source: string): string {
  const last = items.at(-1);
  if (!last) return splice(text, value + 1, value + 1, entry(path, source, " ", ""));
  const indent = text.slice(lineStart(text, last.start), last.start);
  if (indent.trim() !== "") return splice(text, last.end, last.end, ` ${entry(path, source, " ", "")}`);
  const lead = lineBreak(text) + indent;
  // A comma and a comment behind the last item stay with it.
  const rest = /^[ \t]*,?(?:[ \t]*(?:#|\/\/)[^\r\n]*)?(?=\r?\n)/.exec(text.slice(last.end))?.[0] ?? "";
  const at = last.end + rest.length;
  return splice(text, at, at, lead + entry(path, source, lead, "  "));
}

/** @param lead what stands before each item: a line break with its indentation, or a space */
function entry([step = "", ...rest]: Path, source: string, lead: string, unit: string): string {
  const { name } = parseStep(step);
  if (rest.length === 0) return source.startsWith("{") ? `${name} ${source}` : `${name} = ${source}`;
  const inner = lead + unit;
  return `${name} {${inner}${entry(rest, source, inner, unit)}${lead}}`;
}

/** Removes an item, and with the only one of a block as `write` makes it the block. */
function remove(text: string, { item, parents }: Found): string {
  const parent = parents.at(-1);
  if (parent?.items?.length === 1) {
    const before = text.slice(parent.value + 1, item.start);
    const after = text.slice(item.end, parent.end - 1);
    if (before === "") return splice(text, item.start, item.end, "");
    if (before.trim() + after.trim() === "" && after !== "")
      return remove(text, { item: parent, parents: parents.slice(0, -1) });
  }
  const start = lineStart(text, item.start);
  const indent = text.slice(start, item.start);
  if (indent.trim() !== "") return splice(text, start + indent.trimEnd().length, item.end, "");
  const lineEnd = /^[ \t]*(\r?\n|$)/.exec(text.slice(item.end));
  if (parent || !lineEnd) return splice(text, parent ? breakBefore(text, start) : item.start, item.end, "");
  const isSetOff = start > 0 && lineStart(text, start - 1) === breakBefore(text, start);
  const from = isSetOff ? lineStart(text, start - 1) : start;
  return lineEnd[1] === ""
    ? text.slice(0, breakBefore(text, from))
    : splice(text, from, item.end + lineEnd[0].length, "");
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** Where the line break before a line begins. */
function breakBefore(text: string, start: number): number {
  return start - (/\r?\n$/.exec(text.slice(0, start))?.[0].length ?? 0);
}

/** Whether `after` is `before` with the value at `path` now being `source`, and nothing else. */
function proves(before: string, after: string, path: Path, source: string | undefined): boolean {
  try {
    return hcl.read(after, path) === source && others(after, path) === others(before, path);
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

/** Every value and comment that an edit of the path must leave alone. */
function others(text: string, path: Path): string {
  const { items, comments } = parseHcl(text);
  const ours: Span[] = search(text, path).map(({ item }) => item);
  const isOurs = ({ start, end }: Span) => ours.some((span) => span.start <= start && end <= span.end);
  const names = path.map((step) => parseStep(step).name);
  const list: unknown[] = [];
  const visit = (inner: readonly Item[], at: Path): void => {
    for (const item of inner) {
      const here = [...at, item.header];
      if (isOurs(item)) continue;
      if (item.items && item.items.length > 0) visit(item.items, here);
      // A block without items may be one that the edit fills, or has emptied.
      else if (!item.items || !here.every((name, index) => name === names[index]))
        list.push([here, sourceOf(text, item)]);
    }
  };
  visit(items, []);
  const notes = comments
    .filter((span) => !isOurs(span))
    .map(({ start, end }) => text.slice(start, end).trimEnd());
  return JSON.stringify([list, notes]);
}

function harmful(): ParseError {
  return new ParseError(
    "The text has a shape in which this value cannot be changed without changing others.",
    1,
  );
}
