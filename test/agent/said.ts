/** The utterances in two sets, each in two halves: the first, and the one written without the tools' texts in view. */
import { type Said, utterances } from "./utterances.ts";
import { type BlindlySaid, blind as blindly, blindOutOfScope, blindTwoWishes } from "./utterances-blind.ts";
import { outOfScope, twoWishes } from "./utterances-others.ts";

/** By `tuning` the texts were improved; `held out` was only counted. */
export const halves = ["tuning", "held out"] as const;
export type Half = (typeof halves)[number];
/** One wish each; the first three are those of the first set. */
export const kinds = ["plain", "paraphrased", "typos"] as const;
export const blindKinds = ["plain", "short", "nonNative", "longWinded", "roles", "typos"] as const;
export type Kind = (typeof kinds)[number] | (typeof blindKinds)[number] | "two wishes";

export interface Utterance {
  say: string;
  /** One tool, or two. */
  want: readonly string[];
  kind: Kind | "out of scope";
  half: Half;
}

const halfOf = (index: number): Half => (index % 2 === 0 ? "tuning" : "held out");

function others(
  wishes: readonly { say: string; want: readonly string[] }[],
  nobodys: readonly string[],
): Utterance[] {
  return [
    ...wishes.map((one, index) => ({ ...one, kind: "two wishes" as const, half: halfOf(index) })),
    ...nobodys.map((say, index) => ({
      say,
      want: [],
      kind: "out of scope" as const,
      half: halfOf(index),
    })),
  ];
}

/** Every second one of each kind and tool is held out. */
export const first: readonly Utterance[] = [
  ...Object.entries(utterances).flatMap(([tool, said]: [string, Said]) =>
    kinds.flatMap((kind) =>
      said[kind].map((say, index) => ({ say, want: [tool], kind, half: halfOf(index) })),
    ),
  ),
  ...others(twoWishes, outOfScope),
];

/** Every second one of all is held out, since some kinds have but one of a tool. */
export const blind: readonly Utterance[] = [
  ...Object.entries(blindly)
    .flatMap(([tool, said]: [string, BlindlySaid]) =>
      blindKinds.flatMap((kind) => said[kind].map((say) => ({ say, want: [tool], kind }))),
    )
    .map((one, index) => ({ ...one, half: halfOf(index) })),
  ...others(blindTwoWishes, blindOutOfScope),
];
