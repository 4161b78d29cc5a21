/** One question to a registry: with a time limit, without following redirects, with an answer whatever happens. */
import { Problem, quote } from "../problem.ts";
import { parseRegistryUrl } from "./input.ts";
import type { Verification } from "./package-manager.ts";

type Fetch = typeof globalThis.fetch;

const timeout = 15_000;
const bodyLimit = 256 * 1024;

/** No answer came; the message says why, in a sentence. */
class Unanswered extends Error {}

/**
 * Runs the steps of a verification. A registry that cannot be reached, and a URL that no token may be sent to, are
 * results too.
 *
 * @param url the page that is asked for, without credentials
 */
export async function probe(
  url: string,
  steps: (url: URL) => Promise<Omit<Verification, "request">>,
): Promise<Verification> {
  const request = `GET ${url}`;
  try {
    return { request, ...(await steps(parseRegistryUrl(url))) };
  } catch (error) {
    if (error instanceof Unanswered) return { request, ok: false, cause: error.message };
    if (error instanceof Problem)
      return { request: "GET", ok: false, cause: `Nothing was sent: ${error.message}` };
    throw error;
  }
}

/** GET; a redirect is returned, not followed, so that no credential goes anywhere but to this URL. */
export async function get(fetch: Fetch, url: URL, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    throw new Unanswered(whyUnanswered(url, error));
  }
}

/**
 * Whether the registry knows a credential: one GET with it; where there is no page, another one without, because that a
 * stranger is turned away proves that the credential was known.
 */
export async function proveCredential(
  fetch: Fetch,
  url: URL,
  authorization: string,
  accept: string,
): Promise<Omit<Verification, "request">> {
  const response = await get(fetch, url, { authorization, accept });
  await dismiss(response);
  const { status } = response;
  if (response.ok) return { ok: true, status };
  const refused = { ok: false, status, cause: whyRefused(response) };
  if (status !== 404) return refused;
  const stranger = await get(fetch, url, { accept });
  await dismiss(stranger);
  return stranger.status === 401 || stranger.status === 403 ? { ok: true, status } : refused;
}

/** The body as JSON, `undefined` when it is none or longer than a registry's answer ever is. */
export async function readJson(response: Response, url: URL): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > bodyLimit) return undefined;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new Unanswered(whyUnanswered(url, error));
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Ends a response whose body does not matter, so that its connection is free. */
export async function dismiss(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

/** The value of an `Authorization` header (RFC 7617). */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** What a status other than 2xx means for a token, in a sentence. */
export function whyRefused(response: Response): string {
  const { status } = response;
  if (status === 401) return "401: the registry does not know this token (expired, revoked or mistyped).";
  if (status === 403) return "403: the registry knows the token but does not let it do this.";
  if (status === 404) return "404: nothing is served at this URL; its path or repository key may be wrong.";
  if (status === 429) return "429: the registry has had too many requests; try again later.";
  if (status >= 300 && status < 400)
    return `${status}: the registry redirects to ${redirectHost(response)}; a token is not sent along.`;
  if (status >= 500) return `${status}: the registry, or a proxy before it, has a fault of its own.`;
  return `${status}: not the answer of a registry.`;
}

function redirectHost(response: Response): string {
  const location = response.headers.get("location") ?? "";
  return URL.canParse(location, response.url)
    ? quote(new URL(location, response.url).host, 100)
    : "an unknown place";
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name could not be resolved",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
};

function whyUnanswered(url: URL, error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `${url.host} did not answer within ${timeout / 1000} seconds.`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
  if (/CERT|SSL|TLS|ISSUER|SELF_SIGNED/.test(code))
    return `${url.host} could not prove who it is (${quote(code, 60)}).`;
  return `${url.host} could not be reached: ${failures[code] ?? quote(code, 60)}.`;
}
