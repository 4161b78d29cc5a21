/** How a new element is laid out: in the indentation of those beside it. */
import type { Path } from "./format.ts";
import { lineBreak } from "./lines.ts";
import { encodeXml, parseXml, type XmlElement } from "./xml-tree.ts";

/** An element that is to be written. */
export interface Markup {
  name: string;
  attributes?: Readonly<Record<string, string>>;
  /** Text, or elements. */
  content?: string | readonly Markup[];
}

/** White space before an element, with the line break where each has a line of its own, and one step of indentation. */
export interface Lead {
  lead: string;
  unit: string;
}

/** Where a new child of `parent` would stand. */
export function leadIn(text: string, parent: XmlElement): Lead {
  const unit = unitOf(text, rootOf(parent));
  const last = parent.children.at(-1);
  if (last) return { lead: lastLine(whiteBefore(text, last.start)), unit };
  const content = text.slice(parent.open, parent.close);
  // Comments alone: a template that somebody left there.
  if (content.trim() !== "") return { lead: lastLine(/^\s*/.exec(content)?.[0] ?? ""), unit };
  const own = closing(text, parent);
  return own === undefined ? { lead: "", unit: "" } : { lead: own + unit, unit };
}

/** The line break and indentation before an element's end tag; `undefined` where everything stands on one line. */
export function closing(text: string, element: XmlElement): string | undefined {
  const before = whiteBefore(text, element.start);
  if (isMultiline(before)) return lastLine(before);
  const end = whiteBefore(text, element.close);
  if (!element.selfClosing && isMultiline(end)) return lastLine(end);
  return element.parent ? undefined : lineBreak(text);
}

/**
 * The source of an element as it would be laid out at a path in a text.
 *
 * @throws ParseError; RangeError for characters that XML cannot hold
 */
export function markup(text: string, path: Path, element: Markup): string {
  const names = path.map((step) => step.replace(/\[.*/s, ""));
  let parent = parseXml(text).root;
  if (!parent) {
    const lead = lineBreak(text) + defaultUnit.repeat(path.length - 1);
    return render(element, { lead, unit: defaultUnit });
  }
  let depth = 1;
  for (; depth < path.length - 1; depth += 1) {
    const next: XmlElement | undefined = parent.children.findLast(({ name }) => name === names[depth]);
    if (!next) break;
    parent = next;
  }
  const { lead, unit } = leadIn(text, parent);
  const missing = path.length - 1 - depth;
  return render(element, { lead: isMultiline(lead) ? lead + unit.repeat(missing) : "", unit });
}

export const defaultUnit = "  ";

function render({ name, attributes = {}, content = [] }: Markup, { lead, unit }: Lead): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${encodeXml(value)}"`);
  const start = `<${name}${pairs.join("")}`;
  if (typeof content === "string") return `${start}>${encodeXml(content)}</${name}>`;
  if (content.length === 0) return `${start} />`;
  const inner = isMultiline(lead) ? lead + unit : "";
  const children = content.map((child) => inner + render(child, { lead: inner, unit }));
  return `${start}>${children.join("")}${lead}</${name}>`;
}

/** One step of indentation, as the first element has it that is indented more than what it stands in. */
function unitOf(text: string, root: XmlElement): string {
  const indent = (element: XmlElement) => closing(text, element)?.replace(/^[\r\n]+/, "") ?? "";
  const queue = [root];
  for (let element = queue.shift(); element; element = queue.shift()) {
    const own = indent(element);
    for (const child of element.children) {
      const deeper = indent(child);
      if (isMultiline(whiteBefore(text, child.start)) && deeper.startsWith(own) && deeper !== own)
        return deeper.slice(own.length);
    }
    queue.push(...element.children);
  }
  return defaultUnit;
}

function rootOf(element: XmlElement): XmlElement {
  return element.parent ? rootOf(element.parent) : element;
}

export function isMultiline(white: string): boolean {
  return /[\r\n]/.test(white);
}

function whiteBefore(text: string, offset: number): string {
  return /[ \t\r\n]*$/.exec(text.slice(0, offset))?.[0] ?? "";
}

/** From the last line break on. */
function lastLine(white: string): string {
  return /(?:\r\n|\n|\r)[ \t]*$/.exec(white)?.[0] ?? white;
}
