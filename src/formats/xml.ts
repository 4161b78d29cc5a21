/**
 * XML: Maven's settings.xml, NuGet.Config. Positions come from a strict parser, edits are splices, and every edit is
 * parsed again and compared before it is handed out. A DOCTYPE is refused; no entity is ever expanded from outside.
 *
 * What `write` adds can be told from what was there before, so that `erase` takes back just that (`cut`): an element
 * that it makes has no attributes and gets its child on a line of its own; one that was there, empty, is marked by a
 * blank line before the child or, where it closed itself, after it.
 */
import { ParseError, type Path, parseStep, type TextFormat } from "./format.ts";
import { byteOrderMark, lineBreak, splice } from "./lines.ts";
import { closing, defaultUnit, isMultiline, type Lead, leadIn } from "./xml-layout.ts";
import {
  attribute,
  childText,
  decodeXml,
  encodeXml,
  parseXml,
  type XmlDocument,
  type XmlElement,
} from "./xml-tree.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

/**
 * Paths are element names from the root. `server[id=fly]` is the one whose child `id` has that text, `add[@key=fly]`
 * the one with that attribute, `activeProfile[.=fly]` the one with that text itself; of several the last one is meant.
 * The source of an element is its markup, from `<` to `>`; that of a last step `@name` what stands between the
 * attribute's quotes. `encode` makes text that may stand in either.
 */
export const xml: TextFormat = {
  id: "xml",
  read: (text, path) => locate(text, parseXml(text), path)?.source,
  write(text, path, source) {
    checkSource(path, source);
    const document = parseXml(text);
    const found = locate(text, document, path);
    const drafts = found
      ? [splice(text, found.start, found.end, source)]
      : insertions(text, document, path, source);
    const others = rest(document, path, "last");
    const written = drafts.find(
      (draft) =>
        proves(draft, path, source, others) && (found !== undefined || withoutAny(draft, path) === text),
    );
    if (written === undefined) throw harmful();
    return written;
  },
  erase(text, path) {
    const erased = withoutAny(text, path);
    if (rest(parseXml(erased), path, "all") !== rest(parseXml(text), path, "all")) throw harmful();
    return erased;
  },
  encode: encodeXml,
  decode: (source) => (source.includes("<") ? undefined : decodeXml(source)),
};

interface Located {
  source: string;
  start: number;
  end: number;
  cut(): string;
}

/** @throws ParseError; RangeError for a path that leads nowhere in XML */
function locate(text: string, { root }: XmlDocument, path: Path): Located | undefined {
  const { elements, name } = split(path);
  const element = find(root, elements);
  const sourceAt = (start: number, end: number) => ({ source: text.slice(start, end), start, end });
  if (!element) return undefined;
  if (name === undefined) return { ...sourceAt(element.start, element.end), cut: () => cut(text, element) };
  const found = element.attributes.find((one) => one.name === name);
  return (
    found && {
      ...sourceAt(found.source.start, found.source.end),
      cut: () => cutAttribute(text, element, name),
    }
  );
}

/** Without the value, however often it is there. */
function withoutAny(text: string, path: Path): string {
  const found = locate(text, parseXml(text), path);
  return found ? withoutAny(found.cut(), path) : text;
}

/** The steps to the element, and the attribute's name. @throws RangeError */
function split(path: Path): { elements: Path; name?: string } {
  const last = path.at(-1) ?? "";
  if (last.startsWith("@") && path.length > 1) return { elements: path.slice(0, -1), name: last.slice(1) };
  if (path.length > 1) return { elements: path };
  throw new RangeError("A path must name something inside the root.");
}

function find(root: XmlElement | undefined, [first = "", ...steps]: Path): XmlElement | undefined {
  if (!root) return undefined;
  if (root.name !== first) throw new ParseError(`The root is <${root.name}> where <${first}> is needed.`, 1);
  return matches([root], steps).at(-1);
}

function matches(elements: readonly XmlElement[], [step, ...rest]: Path): readonly XmlElement[] {
  if (step === undefined) return elements;
  return matches(
    elements.flatMap(({ children }) => children.filter((child) => fits(child, step))),
    rest,
  );
}

function fits(element: XmlElement, step: string): boolean {
  const { name, key, value } = parseStep(step);
  if (element.name !== name) return false;
  if (key === undefined) return true;
  if (key === ".") return element.text.trim() === value;
  return (key.startsWith("@") ? attribute(element, key.slice(1)) : childText(element, key)) === value;
}

/** @throws RangeError */
function checkSource(path: Path, source: string): void {
  const { elements, name } = split(path);
  const quote = source.includes('"') ? "'" : '"';
  const text = name === undefined ? source : `<a ${name}=${quote}${source}${quote}/>`;
  try {
    const { root } = parseXml(text);
    const fine =
      name === undefined
        ? root?.start === 0 && root.end === source.length && fits(root, elements.at(-1) ?? "")
        : root?.attributes.length === 1 && root.attributes[0]?.name === name;
    if (fine) return;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  throw new RangeError("This source is not one XML element, or attribute, of the name in the path.");
}

/** The text with the value put in, in each way that might do, the best first. */
function insertions(text: string, { root }: XmlDocument, path: Path, source: string): string[] {
  const { elements, name } = split(path);
  if (!root) return [fresh(text, elements, name, source)];
  let parent = root;
  let depth = 1;
  const steps = name === undefined ? elements.length - 1 : elements.length;
  for (let next: XmlElement | undefined; depth < steps; parent = next, depth += 1) {
    next = parent.children.findLast((child) => fits(child, elements[depth] ?? ""));
    if (!next) break;
  }
  if (name !== undefined)
    return depth < elements.length
      ? []
      : [" ", "  "].map((lead) => withAttribute(text, parent, lead, name, source));
  if (parent.text.trim() !== "") return [];
  const place = leadIn(text, parent);
  return around(text, parent, place, wrapped(elements.slice(depth, -1), source, place));
}

/** A new file: the declaration, the root, and a last line break before whatever white space was there. */
function fresh(text: string, [root = "", ...steps]: Path, name: string | undefined, source: string): string {
  const nl = lineBreak(text);
  const top = text.startsWith(byteOrderMark) ? 1 : 0;
  const lead = { lead: nl + defaultUnit, unit: defaultUnit };
  const inside =
    name === undefined
      ? `<${root}>${lead.lead}${wrapped(steps.slice(0, -1), source, lead)}${nl}</${root}>`
      : `<${root} ${name}="${source}">${nl}</${root}>`;
  return splice(text, top, top, `${declaration}${nl}${inside}${nl}`);
}

/** The source inside as many new elements as there are names. @throws RangeError for one of several that is not there */
function wrapped([step, ...steps]: Path, source: string, { lead, unit }: Lead): string {
  if (step === undefined) return source;
  if (parseStep(step).key !== undefined)
    throw new RangeError("One of several elements cannot be made by the way.");
  const multiline = isMultiline(lead);
  const inner = multiline ? lead + unit : " ";
  const content = wrapped(steps, source, { lead: multiline ? inner : lead, unit });
  return `<${step}>${inner}${content}${multiline ? lead : " "}</${step}>`;
}

function around(text: string, parent: XmlElement, { lead }: Lead, source: string): string[] {
  const content = text.slice(parent.open, parent.close);
  const kept = trimEnd(content);
  if (kept !== "") {
    const at = parent.open + kept.length;
    return [splice(text, at, at, lead + source)];
  }
  const nl = lineBreak(text);
  if (parent.selfClosing) {
    const start = text.slice(parent.start, parent.end - "/>".length);
    const pairs = isMultiline(lead) ? [[lead, nl + (closing(text, parent) ?? "")]] : [[" ", ""]];
    return pairs.map(([before, after]) =>
      splice(text, parent.start, parent.end, `${start}>${before}${source}${after}</${parent.name}>`),
    );
  }
  const before = isMultiline(content) ? [lead, nl + lead, ""] : [""];
  return before.map((white) => splice(text, parent.open, parent.open, white + source));
}

function withAttribute(
  text: string,
  element: XmlElement,
  lead: string,
  name: string,
  source: string,
): string {
  const at = element.attributes.at(-1)?.end ?? element.start + 1 + element.name.length;
  const quote = source.includes('"') ? "'" : '"';
  return splice(text, at, at, `${lead}${name}=${quote}${source}${quote}`);
}

/** Without the element, and without those that `write` made around it. */
function cut(text: string, element: XmlElement): string {
  const { parent } = element;
  if (!parent) return text;
  const before = text.slice(parent.open, element.start);
  const after = text.slice(element.end, parent.close);
  if (trimEnd(before) !== "") return splice(text, parent.open + trimEnd(before).length, element.end, "");
  const white = /^[ \t\r\n]*/.exec(after)?.[0] ?? "";
  if (white !== after) return splice(text, element.start, element.end + white.length, "");

  const alone = splice(text, parent.open, element.end, "");
  if (before === "" || breaks(before) > 1) return alone;
  if (after === "" || breaks(after) > 1) return splice(text, parent.open - 1, parent.end, "/>");
  if (parent.attributes.length > 0) return alone;
  return parent.parent ? cut(text, parent) : (withoutRoot(text, parent) ?? alone);
}

function cutAttribute(text: string, element: XmlElement, name: string): string {
  const found = element.attributes.find((one) => one.name === name);
  if (!found) return text;
  const before = trimEnd(text.slice(0, found.start)).length;
  const isMade =
    !element.parent &&
    element.attributes.length === 1 &&
    found.start - before === 1 &&
    text.slice(element.open, element.close) === lineBreak(text);
  return (isMade ? withoutRoot(text, element) : undefined) ?? splice(text, before, found.end, "");
}

/** What remains of a file that `write` made: the white space that was there. `undefined` when there is more in it. */
function withoutRoot(text: string, root: XmlElement): string | undefined {
  const nl = lineBreak(text);
  const top = text.startsWith(byteOrderMark) ? byteOrderMark : "";
  const after = text.slice(root.end);
  const isOurs =
    text.slice(0, root.start) === `${top}${declaration}${nl}` &&
    after.startsWith(nl) &&
    trimEnd(after) === "";
  return isOurs ? top + after.slice(nl.length) : undefined;
}

function proves(after: string, path: Path, source: string, others: string): boolean {
  try {
    const document = parseXml(after);
    return locate(after, document, path)?.source === source && rest(document, path, "last") === others;
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

/**
 * Everything that is neither at the path nor there for its sake, to be compared: of the elements on the way those that
 * are bare and empty do not count, nor does their white space.
 *
 * @param which of several values at the path: the one that counts, or all of them
 */
function rest({ root, notes }: XmlDocument, path: Path, which: "last" | "all"): string {
  const { elements, name } = split(path);
  const all = root ? matches([root], elements.slice(1)) : [];
  const left = new Set(which === "all" ? all : all.slice(-1));

  function plain(element: XmlElement, depth: number): unknown {
    const isTarget = left.has(element);
    if (isTarget && name === undefined) return undefined;
    const onTheWay = depth < elements.length && (depth === 0 || fits(element, elements[depth] ?? ""));
    const next = onTheWay ? depth + 1 : elements.length;
    const children = element.children.flatMap((child) => plain(child, next) ?? []);
    const attributes = element.attributes.flatMap((one) =>
      isTarget && one.name === name ? [] : [[one.name, one.value]],
    );
    const own = onTheWay ? element.text.replace(/[ \t\r\n]+/g, "") : element.text;
    const isEmpty = [own, ...attributes, ...children, ...element.notes].join("") === "";
    return onTheWay && isEmpty ? undefined : [element.name, attributes, own, element.notes, children];
  }
  return JSON.stringify([root && plain(root, 0), notes]);
}

function trimEnd(text: string): string {
  return text.replace(/[ \t\r\n]+$/, "");
}

function breaks(white: string): number {
  return white.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function harmful(): ParseError {
  return new ParseError("The text has a shape in which this cannot be changed without changing more.", 1);
}
