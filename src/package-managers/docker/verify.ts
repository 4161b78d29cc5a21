/** One real question to a docker registry (OCI distribution specification; distribution's "Token authentication"). */
import { isLoopback } from "../../loopback.ts";
import { quote } from "../../problem.ts";
import type { Target, Verification } from "../package-manager.ts";
import { basic, dismiss, get, probe, readJson, whyRefused } from "../probe.ts";

type Fetch = typeof globalThis.fetch;
type Outcome = Omit<Verification, "request">;

/** Asks `/v2/` as a stranger, then in the way that the registry asks for. */
export function verifyDocker(target: Target, fetch: Fetch): Promise<Verification> {
  return probe(`${schemeOf(target.url)}://${target.url}/v2/`, async (url) => {
    const stranger = await get(fetch, url);
    await dismiss(stranger);
    if (!stranger.ok && stranger.status !== 401)
      return { ok: false, status: stranger.status, cause: whyRefused(stranger) };

    const challenge = parseChallenge(stranger.headers.get("www-authenticate") ?? "");
    return challenge
      ? withToken(challenge, url, target, fetch)
      : ask(url, basic(target.username, target.secret.reveal()), fetch);
  });
}

/** docker speaks plain http to this machine alone. */
function schemeOf(host: string): string {
  return isLoopback(host.replace(/:\d+$/, "")) ? "http" : "https";
}

async function ask(url: URL, authorization: string, fetch: Fetch): Promise<Outcome> {
  const response = await get(fetch, url, { authorization });
  await dismiss(response);
  const { status } = response;
  return response.ok ? { ok: true, status } : { ok: false, status, cause: whyRefused(response) };
}

interface Challenge {
  realm: string;
  service: string | undefined;
}

/** The Bearer challenge of a `WWW-Authenticate` header (RFC 6750, section 3); `undefined` when it has none. */
function parseChallenge(header: string): Challenge | undefined {
  const bearer = /(?:^|,)\s*Bearer\s+(.*)/i.exec(header)?.[1] ?? "";
  const value = (name: string) => new RegExp(`\\b${name}="([^"]*)"`, "i").exec(bearer)?.[1];
  const realm = value("realm");
  return realm === undefined ? undefined : { realm, service: value("service") };
}

/** The token goes to the registry, or to who issued it and knows it already; whatever else the challenge names has no claim to it. */
async function withToken(
  { realm, service }: Challenge,
  url: URL,
  target: Target,
  fetch: Fetch,
): Promise<Outcome> {
  if (!URL.canParse(realm) || ![url.origin, target.issuer].includes(new URL(realm).origin)) {
    const elsewhere = URL.canParse(realm) ? quote(new URL(realm).origin, 100) : "no URL";
    return {
      ok: false,
      status: 401,
      cause: `The registry sends logins to ${elsewhere}; the token was not sent there.`,
    };
  }
  const endpoint = new URL(realm);
  if (service !== undefined) endpoint.searchParams.set("service", service);
  endpoint.searchParams.set("scope", `repository:${probedRepository(target)}:pull,push`);
  const response = await get(fetch, endpoint, {
    authorization: basic(target.username, target.secret.reveal()),
  });
  if (!response.ok) {
    await dismiss(response);
    return { ok: false, status: response.status, cause: whyRefused(response) };
  }
  const token = tokenIn(await readJson(response, endpoint));
  if (token === undefined)
    return {
      ok: false,
      status: response.status,
      cause: "The registry's login gave no token, so it is not that of a docker registry.",
    };
  const { access, subject } = claimsOf(token);
  // A smaller grant than asked for is no error by the specification; an empty one is good for nothing.
  if (access !== undefined && !access.some((actions) => actions.includes("pull"))) {
    return {
      ok: false,
      status: response.status,
      cause: `The registry knows the token but lets it pull nothing below ${target.path ?? target.url}.`,
    };
  }
  const outcome = await ask(url, `Bearer ${token}`, fetch);
  return outcome.ok && subject ? { ...outcome, as: quote(subject, 100) } : outcome;
}

function probedRepository({ path }: Target): string {
  return path === undefined ? "fly-tokens-probe" : `${path}/fly-tokens-probe`;
}

function tokenIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const tokens = [
    "token" in body ? body.token : undefined,
    "access_token" in body ? body.access_token : undefined,
  ];
  return tokens.find((token): token is string => typeof token === "string" && token !== "");
}

/** What a JWT says it grants, unverified: it is the registry's own word. A token of another kind says nothing. */
function claimsOf(token: string): { access?: string[][]; subject?: string } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return {};
    const access =
      "access" in claims && Array.isArray(claims.access) ? claims.access.map(actionsOf) : undefined;
    const subject = "sub" in claims && typeof claims.sub === "string" ? claims.sub : undefined;
    return { ...(access && { access }), ...(subject && { subject }) };
  } catch {
    return {};
  }
}

function actionsOf(grant: unknown): string[] {
  const actions =
    typeof grant === "object" && grant !== null && "actions" in grant ? grant.actions : undefined;
  return Array.isArray(actions)
    ? actions.filter((action): action is string => typeof action === "string")
    : [];
}
