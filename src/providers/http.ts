/** How providers talk to an issuer: with a time-out, again only where that is safe, and with errors of our own. */
import { Problem, type ProblemCode, quote } from "../problem.ts";

const attempts = 3;
const timeout = 15_000;

/** Whether sending a request twice does the same as sending it once (RFC 9110, section 9.2.2, and Idempotency-Key). */
function repeatable(request: Request): boolean {
  return request.method !== "POST" || request.headers.has("idempotency-key");
}

/**
 * Sends a request; repeats it with jitter after a lost connection, a 429 that names a short wait, or a 502–504, where
 * that is safe. Redirects are not followed, so that no credential travels to another place.
 * @throws Problem `provider_down`
 */
export async function send(request: Request, fetch: typeof globalThis.fetch): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const last = attempt === attempts || !repeatable(request);
    try {
      const response = await fetch(request.clone(), {
        signal: AbortSignal.timeout(timeout),
        redirect: "manual",
      });
      const wait = Number(response.headers.get("retry-after") ?? 0);
      const passing = [502, 503, 504].includes(response.status) || (response.status === 429 && wait <= 2);
      if (last || !passing) return response;
      await response.body?.cancel();
      await pause(Math.max(wait * 1000, backoff(attempt)));
    } catch (cause) {
      // Nobody listens there: that is an answer, and the caller may know what to do about it.
      if (last || refusedConnection(cause)) throw down(request, cause);
      await pause(backoff(attempt));
    }
  }
}

/** Whether nobody listens at the address, so that the request cannot have arrived. */
export function refusedConnection(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("code" in at && at.code === "ECONNREFUSED") return true;
  return false;
}

function backoff(attempt: number): number {
  return Math.random() * 150 * 2 ** attempt;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function down(request: Request, cause: unknown): Problem {
  const { host } = new URL(request.url);
  const why =
    cause instanceof Error && cause.name === "TimeoutError"
      ? `did not answer within ${timeout / 1000} s`
      : "could not be reached";
  return new Problem(
    "provider_down",
    `${host} ${why}.`,
    "Check that it is running and that the URL is right, then try again.",
    { cause },
  );
}

const codes: Record<number, ProblemCode> = {
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
  const code = codes[response.status] ?? "provider_down";
  const wait = Number(response.headers.get("retry-after"));
  const message = said ? quote(said) : `The issuer answered ${response.status}.`;
  return new Problem(
    code,
    message,
    fix[code] ?? "Correct the call, or see get_status.",
    wait > 0 ? { retry_after: wait } : {},
  );
}
