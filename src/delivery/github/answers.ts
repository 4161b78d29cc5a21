/** What GitHub's REST API answers when it does not do what was asked, as problems of ours. */
import { Problem, type ProblemCode, type ProblemDetails, quote } from "../../problem.ts";
import { redact } from "../../secret.ts";

/** Where a token that may write secrets comes from. */
export const howToAllow =
  "Set FLY_TOKENS_GITHUB_TOKEN to one that may read and write Secrets of the repository, and Environments for an environment's (classic: repo).";

const refusals: Readonly<Record<number, [ProblemCode, string]>> = {
  401: ["unauthorized", `FLY_TOKENS_GITHUB_TOKEN is not valid, or not any longer. ${howToAllow}`],
  403: ["forbidden", howToAllow],
  404: ["not_found", `Correct deliver_in. What a token may not see is not there for it: ${howToAllow}`],
  409: ["conflict", "Somebody else changes it just now: look at it at GitHub before you try again."],
  422: ["invalid_input", "Correct deliver_in or deliver_name."],
  429: ["rate_limited", "Wait as long as retry_after says, then call again."],
};

const others: [ProblemCode, string] = [
  "provider_down",
  "Try again later; if it stays so, check GITHUB_API_URL and githubstatus.com.",
];

/**
 * A response that is not a success. GitHub's words are quoted, never obeyed, and no token in them is repeated.
 * @param what was not done, after "GitHub does not", for people
 */
export async function refused(response: Response, what: string): Promise<Problem> {
  const status = limited(response) ? 429 : response.status;
  const [code, fix] = refusals[status] ?? others;
  const words = messageIn(await response.text().catch(() => "")) ?? `status ${response.status}`;
  return new Problem(code, `GitHub does not ${what}: "${words}".`, fix, waitFor(response));
}

/** GitHub redirects for a repository that was renamed; the credential would travel along. */
export function redirected({ status }: Response, what: string): Problem {
  return new Problem(
    "not_found",
    `GitHub does not ${what}: it redirects (${status}), and a credential is not sent along.`,
    "Was the repository renamed? Call again with the present OWNER/REPO in deliver_in; else correct GITHUB_API_URL.",
  );
}

/** No answer at all. @param cause never repeated in words: it may quote the request */
export function unanswered(cause: unknown, what: string): Problem {
  const late = cause instanceof Error && cause.name === "TimeoutError";
  return new Problem(
    "provider_down",
    `GitHub does not ${what}: ${late ? "it did not answer in time" : "it could not be reached, or the connection was cut"}.`,
    "Check the network and GITHUB_API_URL, then try again.",
    { cause },
  );
}

/** Limits are also a 403 there: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function limited({ status, headers }: Response): boolean {
  return (
    status === 429 ||
    (status === 403 && (headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0"))
  );
}

/** Seconds: `Retry-After` of either form, else until the limit is reset; by the clock of the answer. */
function waitFor({ headers }: Response): ProblemDetails {
  const after = headers.get("retry-after") ?? "";
  const now = Date.parse(headers.get("date") ?? "");
  const seconds = /^\d+$/.test(after)
    ? Number(after)
    : ((after ? Date.parse(after) : Number(headers.get("x-ratelimit-reset") ?? Number.NaN) * 1000) - now) /
      1000;
  return seconds > 0 ? { retry_after: Math.ceil(seconds) } : {};
}

function messageIn(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === "string" && message ? quote(redact(message)) : undefined;
  } catch {
    return undefined;
  }
}
