/**
 * XML 1.0 as a tree that knows where everything stands. Nothing is ever fetched or expanded beyond the five entities
 * that XML itself has and character references: a text with a DOCTYPE is refused.
 */
import { SaxesParser } from "saxes";
import { ParseError } from "./format.ts";

export interface XmlAttribute {
  name: string;
  /** Decoded. */
  value: string;
  /** Where the name begins. */
  start: number;
  /** What stands between the quotes. */
  source: { start: number; end: number };
  /** After the closing quote. */
  end: number;
}

export interface XmlElement {
  name: string;
  attributes: XmlAttribute[];
  children: XmlElement[];
  parent: XmlElement | undefined;
  /** Its own text and CDATA, decoded, without that of its children. */
  text: string;
  /** Comments and processing instructions that stand right in it. */
  notes: string[];
  start: number;
  /** After its start tag. */
  open: number;
  /** Before its end tag; the same as `end` where there is none. */
  close: number;
  end: number;
  selfClosing: boolean;
}

export interface XmlDocument {
  /** `undefined` for a text of white space. */
  root: XmlElement | undefined;
  /** Comments and processing instructions outside the root. */
  notes: string[];
}

const blank = /^\uFEFF?[ \t\r\n]*$/;

/** @throws ParseError for a text that is not well-formed, or has a DOCTYPE */
export function parseXml(text: string): XmlDocument {
  const document: XmlDocument = { root: undefined, notes: [] };
  if (blank.test(text)) return document;
  const parser = new SaxesParser({ position: true });
  let current: XmlElement | undefined;
  const refuse = (message: string): never => {
    throw new ParseError(message, parser.line);
  };
  const note = (content: string) => void (current ?? document).notes.push(content);

  parser.on("error", ({ message }) => refuse(`The text is not well-formed XML (${message}).`));
  parser.on("doctype", () => refuse("The text has a DOCTYPE, which can pull in other files."));
  parser.on("comment", (content) => note(`!${content}`));
  parser.on("processinginstruction", ({ target, body }) => note(`?${target} ${body}`));
  parser.on("opentag", ({ name, isSelfClosing }) => {
    const open = parser.position;
    // Inside a start tag there is no other `<`: attributes cannot hold one.
    const start = text.lastIndexOf("<", open - 1);
    const attributes = attributesIn(text, start + 1 + name.length, open);
    const place = { start, open, close: open, end: open };
    const parent = current;
    current = {
      ...{ name, attributes, children: [], parent, text: "", notes: [] },
      ...{ ...place, selfClosing: isSelfClosing },
    };
    if (parent) parent.children.push(current);
    else document.root = current;
  });
  parser.on("closetag", ({ isSelfClosing }) => {
    if (!current) return;
    if (!isSelfClosing) {
      current.end = parser.position;
      current.close = text.lastIndexOf("</", current.end - 1);
    }
    current = current.parent;
  });
  const addText = (content: string) => {
    if (current) current.text += content;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  return document;
}

function attributesIn(text: string, from: number, to: number): XmlAttribute[] {
  const tag = text.slice(from, to);
  return [...tag.matchAll(/([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')/g)].map(
    ({ 0: all, 1: name = "", 2: quoted = "", index }) => {
      const end = from + index + all.length;
      const source = { start: end - quoted.length + 1, end: end - 1 };
      const value = decodeXml(text.slice(source.start, source.end).replace(/\r\n|[\r\n\t]/g, " "));
      return { name, value, start: from + index, source, end };
    },
  );
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Puts the characters in place of their references. */
export function decodeXml(source: string): string {
  return source.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (all, hex?: string, digits?: string, name = "") => {
      if (hex === undefined && digits === undefined) return entities[name] ?? all;
      return String.fromCodePoint(hex === undefined ? Number(digits) : Number.parseInt(hex, 16));
    },
  );
}

/**
 * A string as it can stand in text and between quotes of either kind, in every encoding that begins with ASCII.
 *
 * @throws RangeError for characters that XML cannot hold
 */
export function encodeXml(value: string): string {
  // XML 1.0, section 2.2.
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(value))
    throw new RangeError("XML cannot hold this character.");
  return value.replace(/[&<>"'\t\n\r]|[^\t\n\r -~]/gu, (sign) => {
    const name = Object.entries(entities).find(([, one]) => one === sign)?.[0];
    return name === undefined ? `&#${sign.codePointAt(0)};` : `&${name};`;
  });
}

/** The value of an element's attribute. */
export function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name)?.value;
}

/** The text of an element's last child of a name, trimmed. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.findLast((child) => child.name === name)?.text.trim();
}

/** Every element below `root` by the names that lead to it. */
export function descendants(root: XmlElement | undefined, ...names: readonly string[]): XmlElement[] {
  return names.reduce<XmlElement[]>(
    (elements, name) => elements.flatMap(({ children }) => children.filter((child) => child.name === name)),
    root ? [root] : [],
  );
}
