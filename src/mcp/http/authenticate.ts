/** From a request to its caller, or to the answer that says what is missing (RFC 6750, RFC 9728). */
import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken,
} from "@modelcontextprotocol/server";
import { Allowances, networkOf } from "../../callers/allowance.ts";
import {
  type Admission,
  type Caller,
  IssuerDown,
  NotAdmitted,
  type Reason,
  reasons,
} from "../../callers/caller.ts";
import { type Scope, tokenScopes } from "../../callers/scopes.ts";
import { refusal, tooMuch } from "./answers.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";

export interface AuthenticatorOptions {
  /** `undefined`: whoever comes is let in. */
  admission: Admission | undefined;
  /** Where callers reach the server, when there is an authorization server that they can ask for a token. */
  resource: string | undefined;
  limits: Pick<Limits, "failures">;
  metrics: Metrics;
  /** Told of those who are not let in; never of what they have shown. */
  note: (line: Record<string, unknown>) => void;
}

/** Nobody in particular: with `--anonymous`. */
const anyone: AuthInfo = { token: "", clientId: "anonymous", scopes: tokenScopes };

/** @param wanted scopes of which one is enough; the first is asked for when none is there */
export type Authenticate = (
  request: Request,
  address: string,
  wanted: readonly Scope[],
) => Promise<AuthInfo | Response>;

export function authenticator(options: AuthenticatorOptions): Authenticate {
  const { admission, resource, metrics, note } = options;
  if (!admission) return async () => anyone;
  const failures = new Allowances(options.limits.failures);
  const resourceMetadataUrl =
    resource === undefined ? undefined : getOAuthProtectedResourceMetadataUrl(new URL(resource));
  const challenge = (error: OAuthError, scopes: readonly Scope[]) =>
    bearerAuthChallengeResponse(error, {
      requiredScopes: [...scopes],
      ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
    });
  const verifier = { verifyAccessToken: async (token: string) => authInfoOf(await admission(token)) };

  const notLetIn = (reason: Reason, error: unknown, address: string, asked: readonly Scope[]) => {
    metrics.failed(reason);
    // Asking without a bearer is how a client finds out that it needs one.
    const wait = reason === "missing" ? 0 : failures.take(networkOf(address));
    if (wait > 0) {
      metrics.refused("failures");
      return tooMuch(429, "Too many bearers that are not valid", wait);
    }
    note({ http: "not let in", reason, address });
    const sentence = error instanceof Error ? error.message : "";
    const answer = challenge(new OAuthError(OAuthErrorCode.InvalidToken, sentence), asked);
    return reason === "missing" ? withoutError(answer) : answer;
  };

  return async (request, address, wanted) => {
    const asked = wanted.slice(0, 1);
    try {
      const info = await verifyBearerToken(request.headers.get("authorization"), {
        verifier,
        ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
      });
      if (wanted.some((scope) => info.scopes.includes(scope))) return info;
      return challenge(new OAuthError(OAuthErrorCode.InsufficientScope, "Insufficient scope"), asked);
    } catch (error) {
      if (error instanceof IssuerDown)
        return tooMuch(503, "The authorization server does not answer", error.retryAfter);
      const reason = reasonOf(error, request);
      if (reason === undefined) throw error;
      return notLetIn(reason, error, address, asked);
    }
  };
}

/** Who has shown nothing has done nothing wrong: it is told what to show, without an error (RFC 6750, section 3.1). */
function withoutError({ headers }: Response): Response {
  const said = headers.get("www-authenticate") ?? "";
  const asks = said.replace(/error="[^"]*",\s*/, "").replace(/error_description="[^"]*",\s*/, "");
  return refusal(401, reasons.missing, { "www-authenticate": asks });
}

/** The bearer stays behind: whoever is handed this cannot pass it on. */
function authInfoOf({ id, scopes, expires }: Caller): AuthInfo {
  // The SDK refuses what has no end.
  return { token: "", clientId: id, scopes: [...scopes], expiresAt: expires ?? Number.MAX_SAFE_INTEGER };
}

/** `undefined` for a fault of ours. */
function reasonOf(error: unknown, request: Request): Reason | undefined {
  if (error instanceof NotAdmitted) return error.reason;
  if (!(error instanceof OAuthError)) return undefined;
  if (!request.headers.get("authorization")) return "missing";
  return /expired/.test(error.message) ? "expired" : "malformed";
}
