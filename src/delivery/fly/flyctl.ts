/** Fly.io's own program, logged in as whoever uses this machine. */
import { Problem, type ProblemCode, quote } from "../../problem.ts";
import type { RunOptions, RunResult } from "../../run.ts";
import { redact } from "../../secret.ts";
import type { Means } from "../delivery.ts";
import { type Place, spoken } from "./place.ts";

/**
 * Proves that flyctl is there and logged in, that it sees the app, and that the name is free. That it may write there too
 * only a write would prove.
 * @param former the secret is ours and may be there
 * @throws Problem `not_found`, `conflict`, and what flyctl refuses
 */
export async function checkPlace(place: Place, means: Means, former: boolean): Promise<void> {
  await checkProgram(means);
  const result = await flyctl(means, ["secrets", "list", ...at(place), "--json"]);
  if (result.code !== 0) throw refusal(result, `list the secrets of ${place.app}`);
  if (!former && namesIn(result.stdout).includes(place.name))
    throw new Problem(
      "conflict",
      `The app ${place.app} has a secret ${place.name} already.`,
      "Call again with another deliver_name, or remove that one first with `flyctl secrets unset`.",
    );
}

/**
 * Has flyctl keep the secret, and restarts nothing.
 * @param input goes on stdin
 * @throws Problem that says so where it may have been written all the same
 */
export async function stage(place: Place, input: string, means: Means): Promise<void> {
  const args = ["secrets", "import", "--stage", ...at(place)];
  const result = await flyctl(means, args, { input, timeout: 60_000 }).catch((error: unknown) => {
    throw perhapsWritten(error, place);
  });
  if (result.code !== 0) throw perhapsWritten(refusal(result, `write ${spoken(place)}`), place);
}

/**
 * Restarts the app's machines one after the other, each with what is staged.
 * @returns why not all of them were, in flyctl's words
 */
export async function restart(place: Place, means: Means): Promise<string | undefined> {
  const args = ["secrets", "deploy", "--detach", ...at(place)];
  try {
    const result = await flyctl(means, args, { timeout: 180_000 });
    return result.code === 0 ? undefined : `"${wordsOf(result)}".`;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** Without FLY_ACCESS_TOKEN where that is not Fly.io's: JFrog Fly uses the same name, and its token would go to Fly.io. */
function flyctl({ run, env }: Means, args: readonly string[], options?: RunOptions): Promise<RunResult> {
  const ofFlyio = /^(FlyV1 |Bearer )?\s*(fm\w{1,2}_|fo1_)/.test(env.FLY_ACCESS_TOKEN ?? "");
  return run("flyctl", args, { ...options, env: ofFlyio ? env : { ...env, FLY_ACCESS_TOKEN: undefined } });
}

const at = ({ app }: Place) => ["--app", app];

/** JFrog Fly's program has the name that Fly.io gives its own as well, and must not be handed a secret of Fly.io's. */
async function checkProgram({ installed }: Means): Promise<void> {
  if (await installed("flyctl")) return;
  const fly = await installed("fly");
  throw new Problem(
    "not_found",
    fly
      ? "There is a program `fly`, but none called `flyctl`: it may be JFrog Fly's, which has the same name, and is not asked."
      : "The program `flyctl` is not installed.",
    fly
      ? "Install Fly.io's `flyctl`. If this `fly` is Fly.io's, make a link to it that is called flyctl."
      : "Install `flyctl`, and run `flyctl auth login`.",
  );
}

/** Go writes `null` for an empty list, and the member was called Name before it was called name. */
function namesIn(stdout: string): string[] {
  try {
    const list = (JSON.parse(stdout) ?? []) as { Name?: string; name?: string }[];
    return list.map(({ Name, name }) => String(Name ?? name));
  } catch (cause) {
    throw new Problem(
      "command_failed",
      "`flyctl secrets list` did not print a list.",
      "Run `flyctl version update`, then call again.",
      { cause },
    );
  }
}

const refusals: readonly [RegExp, ProblemCode, string][] = [
  [
    /access token|auth login|\b401\b|unauthori[sz]ed|unauthenticated/i,
    "unauthorized",
    "Run `flyctl auth login`, or set FLY_API_TOKEN to a token that may write secrets of the app.",
  ],
  [
    /\b403\b|forbidden|not authori[sz]ed/i,
    "forbidden",
    "Use a token of Fly.io's that may write secrets of the app.",
  ],
  [
    /could not find app|not found|\b404\b/i,
    "not_found",
    "Correct deliver_in: `flyctl apps list` shows which apps this login sees.",
  ],
];

function refusal(result: RunResult, what: string): Problem {
  const words = wordsOf(result);
  const [, kind, fix] = refusals.find(([pattern]) => pattern.test(words)) ?? [];
  return new Problem(
    kind ?? "command_failed",
    `flyctl does not ${what}: "${words}".`,
    fix ?? "Run `flyctl doctor` to see whether it reaches Fly.io.",
  );
}

const wordsOf = ({ code, stdout, stderr }: RunResult) =>
  quote(redact(stderr)) || quote(redact(stdout)) || `exit code ${code}`;

/** A flyctl that was stopped, or failed for a reason of its own, may have done it all the same. */
function perhapsWritten(error: unknown, place: Place): unknown {
  if (!(error instanceof Problem) || error.code !== "command_failed") return error;
  return new Problem(
    error.code,
    `${error.message} Whether ${spoken(place)} was written is not known: it may hold a value that is dead.`,
    `If \`flyctl secrets list\` shows it, remove it with \`flyctl secrets unset\` before you try again. ${error.fix}`,
    { cause: error },
  );
}
