/** What Fly.io answers, as data or as a problem. What it says is quoted, never obeyed. */
import { Problem, type ProblemCode, quote } from "../../problem.ts";
import { refusal } from "../http.ts";

export const fixes = {
  unauthorized: "Log in with `fly auth login`, or set FLY_API_TOKEN to a token that is valid.",
  forbidden: "Use the credential of a user who may: log in with `fly auth login`, or set FLY_API_TOKEN.",
  not_found: "Look it up with list_tokens, or correct the name.",
  invalid_input: "Correct the argument and call again.",
  rate_limited: "Wait, then try again.",
  conflict: "Look at what is there with list_tokens.",
  provider_down: "Try again; if it stays so, see status.flyio.net.",
} as const satisfies Partial<Record<ProblemCode, string>>;

/** Fly.io has no closed list of codes: those that are known, then its texts. */
const codes: readonly [RegExp, ProblemCode & keyof typeof fixes][] = [
  [/^text:Not authorized/i, "forbidden"],
  [/^code:(UNAUTHORIZED|UNAUTHENTICATED)$/, "unauthorized"],
  [/^code:FORBIDDEN$/, "forbidden"],
  [/^code:NOT_FOUND$/, "not_found"],
  [/^code:(RATE_LIMITED|TOO_MANY_REQUESTS|THROTTLED)$/, "rate_limited"],
  [/^code:(UNPROCESSABLE|UNPROCESSABLE_ENTITY|BAD_REQUEST|INVALID)$/, "invalid_input"],
  [/^text:You must be authenticated/i, "unauthorized"],
  [/^text:Could not (find|resolve to) /i, "not_found"],
];

/** The data of a successful answer of the GraphQL API. @throws Problem */
export async function graphqlData<Result>(response: Response): Promise<Result> {
  const body = Object(await jsonOf(response)) as { data?: unknown; errors?: unknown; error?: unknown };
  const error = Array.isArray(body.errors) ? (Object(body.errors[0]) as Record<string, unknown>) : undefined;
  // What is absent the API names in an answer of 200.
  if (response.status === 404)
    throw new Problem(
      "provider_down",
      "Fly.io's API is not at this address: it answered 404.",
      "Correct FLY_API_BASE_URL (an address without a path), or leave it unset.",
    );
  if (!response.ok) throw refusal(response, said(error?.message ?? body.error), fixes);
  if (error) throw graphqlProblem(said(error.message) ?? "", said(Object(error.extensions).code) ?? "");
  if (typeof body.data === "object" && body.data !== null) return body.data as Result;
  throw new Problem(
    "provider_down",
    "The answer is not one of Fly.io's API.",
    "See whether a proxy stands between here and FLY_API_BASE_URL.",
  );
}

/** An error that came with status 200. What is not known may be a fault inside, after which nothing is certain. */
function graphqlProblem(text: string, code: string): Problem {
  const [, known = "provider_down"] =
    codes.find(([pattern]) => pattern.test(`code:${code}`) || pattern.test(`text:${text}`)) ?? [];
  return new Problem(known, `Fly.io says: "${quote(text || code || "nothing")}"`, fixes[known]);
}

/** The answer of the Machines API. @throws Problem */
export async function machinesData(response: Response): Promise<unknown> {
  const body = await jsonOf(response);
  if (!response.ok) throw refusal(response, said(Object(body).error), fixes);
  if (typeof body === "object" && body !== null) return body;
  throw new Problem(
    "provider_down",
    "The answer is not one of Fly.io's Machines API.",
    "See whether a proxy stands between here and FLY_FLAPS_BASE_URL.",
  );
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function said(text: unknown): string | undefined {
  return typeof text === "string" ? text : undefined;
}
