/** GitHub through its own program, logged in as whoever uses this machine. The value goes on stdin; gh seals it. */
import { Problem, type ProblemCode, quote } from "../../problem.ts";
import type { Run, RunResult } from "../../run.ts";
import { redact, type Secret } from "../../secret.ts";
import type { Means } from "../delivery.ts";
import { howToAllow } from "./answers.ts";
import { type Place, perhapsWritten, spoken, taken } from "./place.ts";

/**
 * Proves that gh is there and logged in, that the place is there, may be read, and is free.
 * @param former the secret is ours and may be there
 * @throws Problem `not_configured` without gh, `unsupported`, `conflict`, and what gh refuses
 */
export async function checkPlaceByGh(place: Place, means: Means, former: boolean): Promise<void> {
  if (!(await means.installed("gh")))
    throw new Problem(
      "not_configured",
      "To write a secret of a repository, a token of GitHub's or its program gh is needed.",
      `${howToAllow} Or install gh, and run \`gh auth login\`.`,
    );
  const { environment } = place;
  // gh puts it into a URL as it is, and what follows such a sign would be another path.
  if (environment !== undefined && /[/?#%]/.test(environment))
    throw new Problem(
      "unsupported",
      "gh finds no environment with one of /?#% in its name.",
      `Call again without gh: ${howToAllow}`,
    );
  const result = await means.run("gh", ["secret", "list", ...at(place, means)]);
  if (result.code !== 0) throw refusal(result, `say whether ${spoken(place)} is there`);
  const names = result.stdout.split("\n").map((line) => line.split("\t")[0]?.trim().toUpperCase());
  if (!former && names.includes(place.name)) throw taken(place);
}

/** Returns no warnings. @throws Problem as `checkPlaceByGh`; where gh did not say that it failed before it wrote, it may have been written */
export async function writeByGh(
  place: Place,
  secret: Secret,
  means: Means,
  former: boolean,
): Promise<string[]> {
  await checkPlaceByGh(place, means, former);
  const result = await set(place, secret, means).catch((error: unknown) => {
    throw error instanceof Problem && error.code === "command_failed" ? perhapsWritten(error, place) : error;
  });
  if (result.code === 0) return [];
  const problem = refusal(result, `write ${spoken(place)}`);
  throw problem.code === "command_failed" ? perhapsWritten(problem, place) : problem;
}

function set(place: Place, secret: Secret, means: Means): ReturnType<Run> {
  const input = secret.reveal();
  // gh takes line breaks off the end.
  if (/[\r\n]$/.test(input))
    throw new Problem(
      "unsupported",
      "gh would not write a value that ends in a line break as it is.",
      `Call again without gh: ${howToAllow}`,
    );
  return means.run("gh", ["secret", "set", place.name, ...at(place, means)], { input, timeout: 60_000 });
}

function at({ repository, environment }: Place, { github }: Means): string[] {
  const host = hostOf(github.url);
  const repo = host === undefined ? repository : `${host}/${repository}`;
  return [`--repo=${repo}`, ...(environment === undefined ? [] : [`--env=${environment}`])];
}

/** gh's name for another GitHub than the public one, for which it is told nothing. */
function hostOf(api: string): string | undefined {
  const { host, pathname } = new URL(api);
  if (host === "api.github.com") return undefined;
  return pathname.startsWith("/api/") ? host : host.replace(/^api\./, "");
}

/** By gh's words, since its exit code says little. */
const refusals: readonly [RegExp, ProblemCode, string][] = [
  [
    /gh auth login|HTTP 401|authentication/i,
    "unauthorized",
    "Run `gh auth login`, or set FLY_TOKENS_GITHUB_TOKEN.",
  ],
  [/HTTP 429|rate limit/i, "rate_limited", "Wait a few minutes, then call again."],
  [/HTTP 403/, "forbidden", `\`gh auth refresh --scopes repo\` may be enough. ${howToAllow}`],
  [
    /HTTP 404|Could not resolve to a Repository/i,
    "not_found",
    "Correct deliver_in, or run `gh auth login` as somebody who may see it.",
  ],
  [/HTTP 422/, "invalid_input", "Correct deliver_in or deliver_name."],
];

function refusal({ code, stderr, stdout }: RunResult, what: string): Problem {
  const words = quote(redact(stderr)) || quote(redact(stdout)) || `exit code ${code}`;
  const [, kind, fix] = refusals.find(([pattern]) => pattern.test(words)) ?? [];
  return new Problem(
    kind ?? "command_failed",
    `gh does not ${what}: "${words}".`,
    fix ?? "Run `gh auth status` to see whether it reaches GitHub, or set FLY_TOKENS_GITHUB_TOKEN.",
  );
}
