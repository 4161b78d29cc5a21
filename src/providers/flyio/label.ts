/**
 * What stands in front of a token's name at Fly.io when it was narrowed after it was made: Fly.io does not see that, and
 * lists it as what it was made from.
 */
import { Problem } from "../../problem.ts";
import type { Kind } from "./kinds.ts";

/** The longest first, where one begins like another. */
const labels = [
  { text: "[readonly] [apps] ", kind: "readonly", several: true },
  { text: "[readonly] ", kind: "readonly", several: false },
  { text: "[apps] ", kind: "apps", several: true },
  { text: "[ssh] ", kind: "ssh", several: false },
  { text: "[machine-exec] ", kind: "machine-exec", several: false },
  { text: "[wireguard] ", kind: "wireguard", several: false },
] as const satisfies readonly { text: string; kind: Kind; several: boolean }[];

/** @returns the kind, and whether it is for several apps */
export function labelIn(name: string): (typeof labels)[number] | undefined {
  return labels.find(({ text }) => name.startsWith(text));
}

/** @throws Problem `invalid_input` for a name that begins with the label of something else */
export function labelled(name: string, kind: Kind, several: boolean): string {
  const right = labels.find((one) => one.kind === kind && one.several === several);
  const own = labelIn(name);
  if (own === undefined) return (right?.text ?? "") + name;
  if (own === right) return name;
  throw new Problem(
    "invalid_input",
    `The name begins with ${own.text.trim()}, and that is not what the token would be.`,
    "Leave that out of the name.",
  );
}
