/** How the members of a JSON object are laid out, so that a new one looks like its neighbours. */
import type { Node } from "jsonc-parser";

export interface Style {
  /** White space before a member; with the line break where each has a line of its own. */
  lead: string;
  /** One step of indentation; empty on one line. */
  unit: string;
  colon: string;
}

/** The style of the member after which the new one goes; without one, everything stands on one line. */
export function styleOf(text: string, last: Node | undefined, root: Node): Style {
  const first = root.children?.[0];
  const colon = colonOf(text, last ?? first);
  if (!last) return { lead: " ", unit: "", colon };
  const lead = leadOf(text, last);
  if (!/[\r\n]/.test(lead)) return { lead: lead || colon.slice(1), unit: "", colon };
  const unit = first ? leadOf(text, first).replace(/^[\r\n]+/, "") : "";
  return { lead, unit: unit || "\t", colon };
}

/** The white space before a value or member; where it begins a line, with the break before that. */
export function leadOf(text: string, { offset }: Node): string {
  const white = /[ \t\r\n]*$/.exec(text.slice(0, offset))?.[0] ?? "";
  return /(?:\r\n|\n|\r)[^\r\n]*$/.exec(white)?.[0] ?? white;
}

function colonOf(text: string, property: Node | undefined): string {
  const [name, value] = property?.children ?? [];
  const between = name && value ? text.slice(name.offset + name.length, value.offset) : "";
  return /^ *: *$/.test(between) ? between.trimStart() : ": ";
}
