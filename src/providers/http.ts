/** How providers talk to an issuer: with a time-out, again only where that is safe, and with errors of our own. */
import { setTimeout as pause } from "node:timers/promises";
import { Problem, type ProblemCode, quote } from "../problem.ts";

export interface SendOptions {
  /** Whether sending it twice does the same as sending it once, where method and headers do not say so already. */
  repeatable?: boolean | undefined;
  /** Milliseconds for one attempt, to the last byte of its answer; default 15,000. */
  timeout?: number | undefined;
}

type Outcome = { response: Response } | { cause: unknown };

const attempts = 3;
/** Seconds. An issuer that wants more patience than this gets an error that says how much. */
const longestWait = 2;
/** Bytes; more than any answer of an issuer's API has. */
const answerLimit = 32 * 1024 * 1024;

/**
 * Sends a request and receives the whole answer. Repeats it with jitter after a lost connection, and after a 429 or
 * 502–504 that asks for no long wait, where that is safe; never after a time-out. A redirect is not followed, since
 * the credential would travel with it.
 * @throws Problem `provider_down`
 */
export async function send(
  request: Request,
  fetch: typeof globalThis.fetch,
  { repeatable = isRepeatable(request), timeout = 15_000 }: SendOptions = {},
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await exchange(request.clone(), fetch, timeout);
    const wait = repeatable && attempt < attempts ? waitAfter(outcome, attempt) : undefined;
    if (wait !== undefined) await pause(wait);
    else if ("cause" in outcome) throw down(request, outcome.cause, timeout);
    else return refuseRedirect(outcome.response, request);
  }
}

/** RFC 9110, section 9.2.2; a POST with an Idempotency-Key has been made so by its sender. */
function isRepeatable(request: Request): boolean {
  return request.method !== "POST" || request.headers.has("idempotency-key");
}

async function exchange(request: Request, fetch: typeof globalThis.fetch, timeout: number): Promise<Outcome> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(timeout), redirect: "manual" });
    return { response: new Response(response.body && (await readAll(response.body)), response) };
  } catch (cause) {
    return { cause };
  }
}

/** An answer of which the end is missing is none: a connection can be lost there too. */
async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > answerLimit) throw new Error("The answer is too long.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Milliseconds until the next attempt; `undefined` when another one would not help. */
function waitAfter(outcome: Outcome, attempt: number): number | undefined {
  // Full jitter, so that many clients that failed together do not come back together.
  const backoff = Math.random() * 150 * 2 ** attempt;
  if ("cause" in outcome)
    return refusedConnection(outcome.cause) || timedOut(outcome.cause) ? undefined : backoff;
  if (![429, 502, 503, 504].includes(outcome.response.status)) return undefined;
  const asked = retryAfter(outcome.response) ?? 0;
  return asked > longestWait ? undefined : Math.max(asked * 1000, backoff);
}

/** Seconds, of either form that RFC 9110, section 10.2.3 allows; a date counts from the answer's own. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - Date.parse(headers.get("date") ?? "")) / 1000);
  return seconds > 0 ? seconds : undefined;
}

function refuseRedirect(response: Response, request: Request): Response {
  if (response.status < 300 || response.status >= 400) return response;
  const location = response.headers.get("location") ?? "";
  const target = URL.canParse(location, request.url) ? new URL(location, request.url).origin : "nowhere";
  throw new Problem(
    "provider_down",
    `${new URL(request.url).host} redirects to ${quote(target, 100)} (${response.status}); a credential is not sent along.`,
    "Correct the provider's URL: it has to be the one that answers itself.",
  );
}

/** Whether nobody listens at the address, so that the request cannot have arrived. */
export function refusedConnection(error: unknown): boolean {
  return codesOf(error).includes("ECONNREFUSED");
}

/** Whether nobody waited for the answer any longer, so that what was asked may still be done. */
export function timedOut(error: unknown): boolean {
  return codesOf(error).includes("TimeoutError");
}

/** The system's and the HTTP client's codes and names, from the error inwards: not every error has a code in every Node. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [...("code" in error ? [String(error.code)] : []), error.name, ...codesOf(error.cause)];
}

const reasons: readonly [RegExp, string][] = [
  [/^ECONNREFUSED$/, "nothing listens there"],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "its name could not be resolved"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "the connection was cut"],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "no connection came about in time"],
  [/^(HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/, "what answers does not speak HTTP"],
  [/CERT|SSL|TLS|ISSUER|SIGNATURE/, "it could not prove who it is"],
];

/** Codes of failures before the first byte was sent. */
const unsent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|.*CERT.*)$/;

function down(request: Request, cause: unknown, timeout: number): Problem {
  const codes = codesOf(cause);
  const [, reason] = reasons.find(([pattern]) => codes.some((code) => pattern.test(code))) ?? [];
  const why = timedOut(cause)
    ? `did not answer within ${timeout / 1000} s`
    : `could not be reached${reason ? `: ${reason}` : ""}`;
  const mayHaveArrived =
    !["GET", "HEAD"].includes(request.method) && !codes.some((code) => unsent.test(code));
  return new Problem(
    "provider_down",
    `${new URL(request.url).host} ${why}${mayHaveArrived ? "; whether it did what was asked is not known" : ""}.`,
    mayHaveArrived
      ? "Look at what is there (list_tokens, describe_environment) before you try again."
      : "Check that it is running and that its URL is right, then try again.",
    { cause },
  );
}

const problems: Readonly<Record<number, ProblemCode>> = {
  400: "invalid_input",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "invalid_input",
  429: "rate_limited",
};

/**
 * A response that is not a success, as a problem. What the issuer says is quoted, never obeyed.
 * @param said its error message, if it could be read
 */
export function refusal(
  response: Response,
  said: string | undefined,
  fix: Partial<Record<ProblemCode, string>>,
): Problem {
  const code = problems[response.status] ?? "provider_down";
  const wait = retryAfter(response);
  const usual = code === "provider_down" ? "Try again; if it stays so, see the issuer's log." : undefined;
  return new Problem(
    code,
    (said && quote(said)) || `The issuer answered ${response.status}.`,
    fix[code] ?? usual ?? "Correct the call, or see get_status.",
    wait === undefined ? {} : { retry_after: wait },
  );
}
