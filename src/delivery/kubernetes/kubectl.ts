/**
 * The secret in the cluster. kubectl gets it on stdin and lets the server merge it: applied by the client, the secret
 * would stand a second time in an annotation, and one that somebody else made would be replaced instead of being a
 * conflict.
 */
import { Problem, type ProblemCode, quote } from "../../problem.ts";
import type { Run, RunResult } from "../../run.ts";
import { redact } from "../../secret.ts";
import type { Target } from "./target.ts";

/**
 * @param dry_run the server does all of it but the last step
 * @returns the namespace where it was applied
 * @throws Problem `not_found`, `forbidden`, `conflict`, `command_failed`
 */
export async function apply(text: string, target: Target, run: Run, dry_run = false): Promise<string> {
  // What is ours needs no validation, for which kubectl would fetch all that the server knows first.
  const how = ["--server-side", "--field-manager=fly-tokens", "--validate=false", ...inContext(target)];
  const dry = dry_run ? ["--dry-run=server"] : [];
  const args = ["apply", ...how, ...dry, "-o", "jsonpath={.metadata.namespace}", "-f", "-"];
  const result = await run("kubectl", args, { input: text, timeout: 30_000 });
  if (result.code !== 0) throw refusal(result, text);
  return quote(result.stdout, 63);
}

/** The value of `.dockerconfigjson`, base64. @throws Problem `forbidden`, `command_failed` and as `run` does */
export async function valueInCluster(target: Target, run: Run): Promise<string | undefined> {
  const { namespace, name } = target;
  const where = [...inContext(target), ...(namespace === undefined ? [] : [`--namespace=${namespace}`])];
  const result = await run("kubectl", ["get", "secret", name, ...where, "-o", "json"], { timeout: 30_000 });
  if (result.code !== 0) {
    const problem = refusal({ ...result, stdout: "" }, "");
    if (problem.code === "not_found") return undefined;
    throw problem;
  }
  const { data } = parsed(result.stdout);
  const value = data?.[".dockerconfigjson"];
  return typeof value === "string" ? value : undefined;
}

function parsed(stdout: string): { data?: Record<string, unknown> } {
  try {
    return (JSON.parse(stdout) ?? {}) as { data?: Record<string, unknown> };
  } catch {
    // Not as a cause: the error of a parser quotes what it was given.
    throw new Problem(
      "command_failed",
      "`kubectl get secret -o json` did not print JSON.",
      "Run `kubectl version` to see whether this kubectl is a recent one.",
    );
  }
}

const inContext = ({ context }: Target) => (context === undefined ? [] : [`--context=${context}`]);

/** By kubectl's words, since its exit code is always 1. */
const refusals: readonly [RegExp, ProblemCode, string][] = [
  [
    /^error: Apply failed with \d+ conflict/,
    "conflict",
    "Somebody else made that secret: delete it there, or give another kubernetes.secret_name.",
  ],
  [
    /\(Forbidden\)/,
    "forbidden",
    "Ask for the right to create and patch secrets there, or call again with deliver_path for a manifest that somebody else applies.",
  ],
  [
    /\(NotFound\)|^error: context .* does not exist/,
    "not_found",
    "Name another in kubernetes, or create it with kubectl.",
  ],
  [
    /(?:)/,
    "command_failed",
    "Run `kubectl auth can-i create secrets` to see whether it reaches the cluster, or call again with deliver_path.",
  ],
];

/** A kubectl that was stopped, or lost its connection, may have done it all the same. */
export function perhapsDone(error: unknown, { name }: Target): unknown {
  if (!(error instanceof Problem) || error.code !== "command_failed") return error;
  return error.told({ sentence: `${error.message} The secret ${name} may have been replaced all the same.` });
}

/** @param sent what it was given: of the login in there, which is encoded twice, no part is repeated */
function refusal({ code, stdout, stderr }: RunResult, sent: string): Problem {
  const [said, printed] = [stderr, stdout].map((text) =>
    quote(redact(text.replace(/[\w+/]{16,}/g, (run) => (sent.includes(run) ? "[redacted]" : run)))),
  );
  const words = said || printed || `exit code ${code}`;
  const [, kind, fix] = refusals.find(([pattern]) => pattern.test(words)) ?? [];
  return new Problem(kind ?? "command_failed", `kubectl refused the pull secret: "${words}".`, fix ?? "");
}
