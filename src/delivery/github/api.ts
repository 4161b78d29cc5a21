/**
 * GitHub's REST API, as much of it as a secret needs: docs.github.com/rest/actions/secrets. The value is sealed for the
 * repository's own key before it leaves.
 */
import { isLoopback } from "../../loopback.ts";
import { Problem } from "../../problem.ts";
import type { Secret } from "../../secret.ts";
import { redirected, refused, unanswered } from "./answers.ts";
import { type Place, perhapsWritten, spoken, taken } from "./place.ts";
import { keyLength, seal } from "./seal.ts";

export interface Api {
  /** Of the API; without a slash at its end. */
  url: string;
  token: Secret;
  fetch: typeof globalThis.fetch;
}

const timeout = 20_000;

/**
 * Proves that the place is there, may be read, and is free; that a value can be sealed for it. That it may be written too
 * only a write would prove: GitHub tells of no token what it may do.
 * @param former the secret is ours and may be there
 * @throws Problem `conflict`, `not_configured`, and what GitHub refuses
 */
export async function checkPlace(api: Api, place: Place, former: boolean): Promise<void> {
  const { key } = await publicKey(api, place);
  await seal("", key);
  if (!former && (await isThere(api, place))) throw taken(place);
}

/**
 * Writes the secret.
 * @returns warnings
 * @throws Problem as `checkPlace`; where the answer got lost, it says that the secret may have been written
 */
export async function write(api: Api, place: Place, secret: Secret, former: boolean): Promise<string[]> {
  const { key, key_id } = await publicKey(api, place);
  const encrypted_value = await seal(secret.reveal(), key);
  if (!former && (await isThere(api, place))) throw taken(place);
  const what = `write ${spoken(place)}`;
  const body = JSON.stringify({ encrypted_value, key_id });
  const answer = await send(api, "PUT", pathOf(place, place.name), what, body).catch((problem: Problem) => {
    throw problem.code === "provider_down" ? perhapsWritten(problem, place) : problem;
  });
  if (answer.status >= 500) throw perhapsWritten(await refused(answer, what), place);
  if (!answer.ok) throw await refused(answer, what);
  // 201: made, 204: replaced. There is no way to ask GitHub to do the one and not the other.
  return answer.status === 204 && !former
    ? [`Somebody made ${spoken(place)} a moment before, and their value was replaced.`]
    : [];
}

/** @throws Problem also where what answers is not GitHub */
async function publicKey(api: Api, place: Place): Promise<{ key: Buffer; key_id: string }> {
  const { repository, environment } = place;
  const what = `give the key for secrets of ${environment === undefined ? repository : `an environment of ${repository}`}`;
  const answer = await send(api, "GET", pathOf(place, "public-key"), what);
  if (!answer.ok) throw await refused(answer, what);
  const { key, key_id } = (await answer.json().catch(() => ({}))) as { key?: unknown; key_id?: unknown };
  const bytes = Buffer.from(typeof key === "string" ? key : "", "base64");
  if (bytes.length === keyLength && typeof key_id === "string" && key_id) return { key: bytes, key_id };
  throw new Problem(
    "provider_down",
    `GitHub does not ${what}: what it sent is none.`,
    "Check that GITHUB_API_URL is the URL of GitHub's REST API, such as https://api.github.com.",
  );
}

async function isThere(api: Api, place: Place): Promise<boolean> {
  const what = `say whether ${spoken(place)} is there`;
  const answer = await send(api, "GET", pathOf(place, place.name), what);
  // The repository and the environment are there: the key has proven that.
  if (answer.status === 404) return false;
  if (answer.ok) return true;
  throw await refused(answer, what);
}

function pathOf({ repository, environment }: Place, last: string): string {
  const room = environment === undefined ? "actions" : `environments/${encodeURIComponent(environment)}`;
  return `/repos/${repository}/${room}/secrets/${last}`;
}

/** Sent once: of a write that is repeated nobody can say which one was refused. */
async function send(
  { url, token, fetch }: Api,
  method: string,
  path: string,
  what: string,
  body?: string,
): Promise<Response> {
  refusePlain(url);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token.reveal()}`,
      "user-agent": "fly-tokens-mcp",
      "x-github-api-version": "2022-11-28",
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    redirect: "manual",
    signal: AbortSignal.timeout(timeout),
    ...(body !== undefined && { body }),
  }).catch((cause: unknown) => {
    throw unanswered(cause, what);
  });
  if (response.status >= 300 && response.status < 400) throw redirected(response, what);
  return response;
}

/** @throws Problem `not_configured` */
function refusePlain(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || isLoopback(hostname)) return;
  throw new Problem(
    "not_configured",
    "GITHUB_API_URL is not https, and a credential is not sent in plain.",
    "Set GITHUB_API_URL to the https URL of GitHub's REST API.",
  );
}
