/**
 * Looks for tokens that lie where they should not. A value becomes a `Secret` when it is found, and what goes out is a
 * fingerprint of it; of files nothing is shown but their names.
 */
import { realpath } from "node:fs/promises";
import type { Context } from "../context.ts";
import { fingerprintsOf } from "../fingerprints.ts";
import { absolute } from "../path.ts";
import { Problem, quote } from "../problem.ts";
import type { Secret } from "../secret.ts";
import { adviceOn } from "./advice.ts";
import { Bounds, type Limits, Skipped } from "./bounds.ts";
import { excerptOf } from "./excerpt.ts";
import { gitOf } from "./git.ts";
import { judge, type Verdict } from "./judge.ts";
import { placesKnown } from "./places.ts";
import { type Sighting, Sweep } from "./sweep.ts";

interface Request {
  paths?: readonly string[] | undefined;
  git_history: boolean;
  include_ignored: boolean;
  /** Only tokens of this issuer. */
  provider?: string | undefined;
}

/**
 * Reads files and history, asks issuers about their own tokens, and changes nothing.
 * @param limits in place of the usual ones
 * @throws Problem `invalid_input`, `not_found` for a path or a provider that is not there
 */
export async function findLeaks(request: Request, context: Context, limits: Partial<Limits> = {}) {
  const { provider, git_history, include_ignored } = request;
  if (provider !== undefined && !context.providers.some(({ id }) => id === provider))
    throw new Problem("not_found", "There is no such provider.", "Name one of those that get_status lists.", {
      allowed: context.providers.map(({ id }) => id),
    });
  const tops = await Promise.all((request.paths ?? ["."]).map((path) => realPath(absolute(path, context))));
  const bounds = new Bounds(context.now, limits);
  const skipped = new Skipped();
  const { config, data, state } = context.config.folders;
  const ours = await Promise.all([config, data, state].map((path) => realpath(path).catch(() => path)));
  const scope = {
    git: gitOf(context),
    bounds,
    skipped,
    include_ignored,
    ours,
    repositories: new Set<string>(),
  };
  const sweep = new Sweep(
    scope,
    ({ issuer }) => provider === undefined || ("provider" in issuer && issuer.provider === provider),
  );
  for (const top of new Set(tops)) await sweep.files(top);
  if (git_history) await sweep.history();

  const { files, bytes, commits, ended } = bounds;
  const all = await findingsOf(sweep.sightings, bounds.limits.asked, context);
  const { findings, left } = excerptOf(all, bounds.limits.said);
  return {
    findings: [...findings],
    scanned: { files, bytes, commits },
    skipped: [ended, left].filter((one) => one !== undefined).concat(skipped.sentences()),
    truncated: ended !== undefined || left !== undefined,
  };
}

async function findingsOf(sightings: readonly Sighting[], asked: number, context: Context) {
  const suspects = new Map<Secret, Sighting>(sightings.map((one) => [one.secret, one]));
  const verdicts = await judge([...suspects.values()], asked, context);
  const bySecret = new Map([...suspects.keys()].map((secret, at) => [secret, verdicts[at]]));
  const isKnownPlace = await placesKnown(context);
  const findings = sightings.map((sighting) => {
    const verdict = bySecret.get(sighting.secret) ?? { active: "unknown" };
    const isExpected =
      sighting.in === "file" &&
      sighting.tracked !== true &&
      (sighting.isPrivate === true || context.platform === "win32") &&
      isKnownPlace(verdict, sighting.path);
    return findingOf(sighting, verdict, isExpected);
  });
  return findings.sort((a, b) => urgency(a) - urgency(b));
}

function findingOf(sighting: Sighting, verdict: Verdict, isExpected: boolean) {
  const { path, line, column, format, secret, in: where, commit, tracked, isPrivate } = sighting;
  const expected = isExpected ? (true as const) : undefined;
  return {
    path: quote(path, 1000),
    line,
    column,
    kind: format.kind,
    value: secret,
    fingerprint: fingerprintsOf(secret)[0]?.slice(0, 16) ?? "",
    token: verdict.token,
    active: verdict.active,
    reason: verdict.reason,
    in: where,
    commit,
    tracked,
    expected,
    advice: adviceOn({ in: where, tracked, isPrivate, expected }, verdict, format),
  };
}

function urgency({ active, expected }: { active: Verdict["active"]; expected?: true | undefined }): number {
  return expected ? 3 : ["yes", "unknown", "no"].indexOf(active);
}

/** Who names a link means what it leads to. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => {
    throw new Problem(
      "not_found",
      `There is nothing at ${quote(path)} that can be read.`,
      "Give paths of files or folders that are there.",
    );
  });
}
