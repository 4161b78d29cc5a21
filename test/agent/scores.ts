/** How well a plain search tells the tools apart: utterances, in two halves, ranked by `bm25.ts`. */
import { bm25, type Ranking } from "./bm25.ts";
import { first, type Half, type Kind, type Utterance } from "./said.ts";

/** A tool as tools/list has it. */
export interface Advertised {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema?: unknown;
}

/** Name, title, description, and the names and descriptions of the arguments at every depth. */
function textOf({ name, title = "", description = "", inputSchema }: Advertised): string {
  return [name, title, description, ...wordsOfSchema(inputSchema)].join("\n");
}

function wordsOfSchema(schema: unknown): string[] {
  const { properties = {}, items } = (schema ?? {}) as { properties?: object; items?: unknown };
  return [
    ...Object.entries(properties as Record<string, { description?: string }>).flatMap(([name, part]) => [
      name,
      part.description ?? "",
      ...wordsOfSchema(part),
    ]),
    ...(items === undefined ? [] : wordsOfSchema(items)),
  ];
}

/** Shares of 1; of two wishes `top1` counts either as right, and `top3` wants both. */
export interface Score {
  count: number;
  top1: number;
  top3: number;
  /** The mean of one through the rank of the (first) tool that was meant. */
  mrr: number;
}

export interface Scores {
  of(half: Half | "both", kind: Kind | "one wish"): Score;
  /** Which tool came first instead of which, how often, the most frequent first; of one wish. */
  confusions(half: Half): { meant: string; first: string; said: readonly string[] }[];
  /** The least cover that counts as convincing: where the tuning half is told apart best. */
  threshold: number;
  /** By that threshold, or another: the shares of what is in scope that convinces, and of what is not that does not. */
  scope(half: Half, threshold?: number): { accepted: number; refused: number };
}

/** @param said which utterances; `text`: what of a tool is searched; `stem`: how words are made alike */
export function scoresOf(
  catalogue: readonly Advertised[],
  {
    said = first,
    text = textOf,
    stem,
  }: {
    said?: readonly Utterance[];
    text?: (tool: Advertised) => string;
    stem?: (word: string) => string;
  } = {},
): Scores {
  const rank = bm25(
    catalogue.map((tool) => ({ name: tool.name, text: text(tool) })),
    stem,
  );
  const looked = said.map((utterance) => ({ ...utterance, ranking: rank(utterance.say) }));
  const isOne = ({ kind }: Utterance) => kind !== "two wishes" && kind !== "out of scope";
  const covers = (half: Half, inScope: boolean) =>
    looked.filter((one) => one.half === half && (inScope ? isOne(one) : one.kind === "out of scope"));
  const judged = (half: Half, threshold: number) => ({
    accepted: mean(covers(half, true).map(({ ranking }) => Number(ranking.cover >= threshold))),
    refused: mean(covers(half, false).map(({ ranking }) => Number(ranking.cover < threshold))),
  });
  const threshold = best(
    Array.from({ length: 100 }, (_, index) => index / 100),
    (at) => judged("tuning", at).accepted + judged("tuning", at).refused,
  );
  return {
    threshold,
    scope: (half, at = threshold) => judged(half, at),
    of(half, kind) {
      const these = looked.filter(
        (one) =>
          (half === "both" || one.half === half) && (kind === "one wish" ? isOne(one) : one.kind === kind),
      );
      return {
        count: these.length,
        top1: mean(
          these.map(({ ranking, want }) => Number(want.some((tool) => rankOf(tool, ranking) === 1))),
        ),
        top3: mean(
          these.map(({ ranking, want }) => Number(want.every((tool) => rankOf(tool, ranking) <= 3))),
        ),
        mrr: mean(
          these.map(({ ranking, want }) => 1 / Math.min(...want.map((tool) => rankOf(tool, ranking)))),
        ),
      };
    },
    confusions(half) {
      const wrong = looked.filter(
        (one) => one.half === half && isOne(one) && rankOf(one.want[0] ?? "", one.ranking) > 1,
      );
      const pairs = new Map<string, string[]>();
      for (const { say, want, ranking } of wrong) {
        const pair = `${want[0]} ${firstOf(ranking, want[0] ?? "")}`;
        pairs.set(pair, [...(pairs.get(pair) ?? []), say]);
      }
      return [...pairs]
        .map(([pair, said]) => {
          const [meant = "", first = ""] = pair.split(" ");
          return { meant, first, said };
        })
        .sort((one, other) => other.said.length - one.said.length);
    },
  };
}

/** From 1. Nothing found, or no more found than for another, is no success: the worst of equals counts. */
function rankOf(tool: string, { ranked }: Ranking): number {
  const own = ranked.find(({ name }) => name === tool)?.score ?? 0;
  return own > 0
    ? ranked.filter(({ name, score }) => score >= own && name !== tool).length + 1
    : ranked.length;
}

function firstOf({ ranked }: Ranking, but: string): string {
  const other = ranked.find(({ name }) => name !== but);
  return other && other.score > 0 ? other.name : "nothing";
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle of those that are equally good, so that none sits at the edge. */
function best(values: readonly number[], good: (value: number) => number): number {
  const most = Math.max(...values.map(good));
  const these = values.filter((value) => good(value) === most);
  return these[Math.floor(these.length / 2)] ?? 0;
}
