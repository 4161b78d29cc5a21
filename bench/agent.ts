/** `npm run bench:agent`: the tables of docs/agent-ergonomics.md. No network but this machine's own, no model. */

import { plainStem } from "../test/agent/bm25.ts";
import { type Cost, costsOfLists, costsOfResults, costsOfTools, tokens } from "../test/agent/budget.ts";
import { catalogueOf } from "../test/agent/catalogue.ts";
import { blind, blindKinds, type Half, halves, type Kind, kinds } from "../test/agent/said.ts";
import { type Scores, scoresOf } from "../test/agent/scores.ts";
import { play } from "../test/agent/stage.ts";
import { type WrongCall, wrongCalls } from "../test/agent/wrong-calls.ts";

const say = (...lines: string[]) => process.stdout.write(`${lines.join("\n")}\n`);
const atOnce = 12;
const percent = (share: number) => `${Math.round(100 * share)} %`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  say(line(head), line(head.map(() => "---")), ...rows.map(line), "");
}

function byKind(scores: Scores, of: readonly (Half | "both")[], kindsOf: readonly Kind[]): void {
  table(
    ["half", "kind", "utterances", "top 1", "top 3", "mean reciprocal rank"],
    of.flatMap((half) =>
      ([...kindsOf, "two wishes", "one wish"] as const).map((kind) => {
        const { count, top1, top3, mrr } = scores.of(half, kind);
        return [half, kind, count, percent(top1), percent(top3), mrr.toFixed(2)];
      }),
    ),
  );
}

async function picking(): Promise<void> {
  const { tools } = await catalogueOf("default");
  const { tools: more } = await catalogueOf("with Fly.io");
  const scores = scoresOf(tools);
  const blindly = scoresOf(tools, { said: blind });
  say("## Picking the tool (BM25, no stemming)", "");
  byKind(scores, halves, kinds);
  say("The set that was written without the texts in view:", "");
  byKind(blindly, ["both"], blindKinds);
  table(
    ["that set, one wish", ...halves.flatMap((half) => [`${half}: top 1`, "top 3", "mean reciprocal rank"])],
    Object.entries({
      "as above": blindly,
      "with Fly.io in use": scoresOf(more, { said: blind }),
      "with a simple stemming": scoresOf(tools, { said: blind, stem: plainStem }),
    }).map(([what, one]) => [
      what,
      ...halves.flatMap((half) => {
        const { top1, top3, mrr } = one.of(half, "one wish");
        return [percent(top1), percent(top3), mrr.toFixed(2)];
      }),
    ]),
  );
  const others = {
    "as above": scores,
    "with Fly.io in use": scoresOf(more),
    "with a simple stemming": scoresOf(tools, { stem: plainStem }),
    "names and descriptions alone": scoresOf(tools, {
      text: ({ name, description = "" }) => `${name} ${description}`,
    }),
  };
  table(
    ["one wish", ...halves.flatMap((half) => [`${half}: top 1`, "top 3"])],
    Object.entries(others).map(([what, one]) => [
      what,
      ...halves.flatMap((half) => [
        percent(one.of(half, "one wish").top1),
        percent(one.of(half, "one wish").top3),
      ]),
    ]),
  );
  say(
    `What is out of scope (least cover that convinces: ${scores.threshold}, fixed on the tuning half):`,
    "",
  );
  table(
    ["half", "in scope, convincing", "out of scope, not convincing"],
    halves.map((half) => [half, percent(scores.scope(half).accepted), percent(scores.scope(half).refused)]),
  );
  say("That set, by the same least cover:", "");
  table(
    ["half", "in scope, convincing", "out of scope, not convincing"],
    halves.map((half) => {
      const { accepted, refused } = blindly.scope(half, scores.threshold);
      return [half, percent(accepted), percent(refused)];
    }),
  );
  say("Which came first instead of which (held out, first set):", "");
  table(
    ["meant", "first", "times", "such as"],
    scores.confusions("held out").map(({ meant, first, said }) => [meant, first, said.length, said[0] ?? ""]),
  );
}

async function repairing(): Promise<void> {
  const rows: (string | number)[][] = [];
  let right = 0;
  // Each has a world of its own, and most of its time is waiting.
  for (let at = 0; at < wrongCalls.length; at += atOnce) {
    const some = wrongCalls.slice(at, at + atOnce);
    const played = await Promise.all(some.map(play));
    for (const [index, { isRight, end, calls }] of played.entries()) {
      const { what, tool, ends } = some[index] as WrongCall;
      if (isRight) right++;
      rows.push([what, tool, ends, isRight ? end : `WRONG: ${end}`, calls.length]);
    }
  }
  say(`## Repairing a call: ${right} of ${wrongCalls.length} end where they should`, "");
  table(["what is wrong", "tool", "should end with", "ends with", "calls"], rows);
}

function costs(title: string, all: readonly Cost[]): void {
  say(`## ${title}`, "");
  table(
    ["what", "characters", "tokens, about", "bound"],
    all.map(({ what, characters, bound }) => [what, characters, tokens(characters), bound]),
  );
}

await picking();
await repairing();
costs("What every conversation pays", await costsOfLists());
costs("Of it each tool, with Fly.io in use", await costsOfTools());
costs("What a result costs", await costsOfResults());
