/**
 * Logging in with the browser: a session is announced, the person opens the platform's page and enters the pairing code,
 * the credential is fetched, once. It needs none to begin with.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import createClient from "openapi-fetch";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";
import { send } from "../http.ts";
import { platformUrl } from "./address.ts";
import { answer, refused } from "./answers.ts";
import type { paths } from "./api.generated.ts";
import { claimsOf, userOf } from "./jwt.ts";
import type { Login } from "./login.ts";
import { ownRecord } from "./records.ts";
import { openApi } from "./session.ts";

export interface LoginOptions {
  /** The platform's address. */
  url: string;
  /** The flag or setting that it comes from. */
  setting: string;
  fetch: Seams["fetch"];
  /** Shows the person where to go and what to enter there. */
  show(page: string, code: string): void;
  /** Milliseconds between two looks; 3,000 as JFrog's own client has it. */
  interval?: number;
  /** Milliseconds until it is given up; 5 minutes likewise. */
  patience?: number;
}

/** @throws Problem `unsafe_location`, `unsupported` for an old platform, `declined` when nobody came, `provider_down` */
export async function browserLogin({
  url: text,
  setting,
  fetch,
  show,
  interval = 3_000,
  patience = 300_000,
}: LoginOptions): Promise<Login> {
  const url = platformUrl(text, setting);
  const api = createClient<paths>({ baseUrl: url, fetch: (request) => send(request, fetch) });
  const asked = { url, source: setting };
  const session = randomUUID();
  const { response, error } = await api.POST("/access/api/v2/authentication/jfrog_client_login/request", {
    body: { session },
    parseAs: "text",
  });
  if (response.status === 404) throw tooOld(url);
  if (!response.ok) throw refused(response, error, asked);
  show(pageFor(url, session), session.slice(-4));
  const token = await untilThere(
    async () => {
      const look = await api.GET("/access/api/v2/authentication/jfrog_client_login/token/{session}", {
        params: { path: { session } },
      });
      // Not yet.
      return look.response.status === 400 ? undefined : answer(Promise.resolve(look), asked);
    },
    { interval, patience },
  );
  if (!token) throw nobodyCame(patience);
  const secret = new Secret(token.access_token);
  // It is there once: that its user's name cannot be had just now must not lose it.
  const username = await userBehind(secret, url, setting, fetch).catch(() => "unknown");
  return { url, secret, username };
}

/**
 * Revokes the credential of a login that nobody keeps any longer.
 * @returns whether it is dead now
 */
export async function endLogin({ url, secret }: Login, fetch: Seams["fetch"]): Promise<boolean> {
  try {
    const api = openApi(platformUrl(url, "the stored login"), secret, fetch);
    const { response } = await api.DELETE("/access/api/v1/tokens/me", { parseAs: "text" });
    return response.ok || response.status === 401;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function userBehind(
  secret: Secret,
  url: string,
  source: string,
  fetch: Seams["fetch"],
): Promise<string> {
  const claims = claimsOf(secret);
  if (claims) return userOf(claims.sub);
  const record = await ownRecord({ api: openApi(url, secret, fetch), credential: { url, source, secret } });
  return record ? userOf(record.subject) : "unknown";
}

/** By attempts and not by the clock, which may be set while a person looks for the page. */
async function untilThere<Value>(
  look: () => Promise<Value | undefined>,
  { interval, patience }: { interval: number; patience: number },
): Promise<Value | undefined> {
  for (let left = Math.ceil(patience / interval); left > 0; left--) {
    await pause(interval);
    const value = await look();
    if (value !== undefined) return value;
  }
  return undefined;
}

function pageFor(url: string, session: string): string {
  const query = new URLSearchParams({
    jfClientSession: session,
    jfClientName: "fly-tokens",
    jfClientCode: "1",
  });
  return `${url}/ui/login?${query}`;
}

function tooOld(url: string): Problem {
  return new Problem(
    "unsupported",
    `There is no login with the browser at ${url}: it came with version 7.64 of the platform.`,
    "Correct the address if that is not the reason; or set JFROG_URL and JFROG_ACCESS_TOKEN to a token that its web page made.",
  );
}

function nobodyCame(patience: number): Problem {
  return new Problem(
    "declined",
    `Nobody entered the pairing code within ${Math.round(patience / 60_000)} minutes; nothing was stored.`,
    "Run `fly-tokens login jfrog` again.",
  );
}
