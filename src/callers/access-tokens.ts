/**
 * Access tokens of an authorization server, in the form of JWTs (RFC 9068). They are checked and left behind: no tool and
 * no upstream ever gets one.
 */
import { createHash } from "node:crypto";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import { type Caller, IssuerDown, NotAdmitted, type Reason } from "./caller.ts";
import { isScope } from "./scopes.ts";

/** Asymmetric ones alone: with the others a public key would be enough to sign. */
const algorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
/** Seconds by which clocks may differ. */
const tolerance = 30;

export interface Expected {
  issuer: string;
  audience: readonly string[];
  keys: JWTVerifyGetKey;
  now: () => Date;
}

/** Whether a bearer could be one; where not, the issuer's keys are no matter. */
export function isJwt(bearer: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer);
}

/** @throws NotAdmitted, IssuerDown */
export async function checkAccessToken(token: string, expected: Expected): Promise<Caller> {
  const { decodeJwt, jwtVerify } = await import("jose");
  try {
    // Nobody makes us ask for keys with a token that is not even said to be of this issuer.
    if (decodeJwt(token).iss !== expected.issuer) throw new NotAdmitted("issuer");
    const { payload, protectedHeader } = await jwtVerify(token, expected.keys, {
      algorithms,
      issuer: expected.issuer,
      audience: [...expected.audience],
      clockTolerance: tolerance,
      currentDate: expected.now(),
      requiredClaims: ["exp", "sub"],
    });
    if (!/^(application\/)?(at\+jwt|jwt)$/i.test(protectedHeader.typ ?? "")) throw new NotAdmitted("type");
    return callerIn(payload);
  } catch (error) {
    if (error instanceof NotAdmitted || error instanceof IssuerDown) throw error;
    throw new NotAdmitted(await reasonOf(error), { cause: error });
  }
}

function callerIn(payload: JWTPayload & { client_id?: unknown; azp?: unknown; scp?: unknown }): Caller {
  const { sub } = payload;
  // Of another form all of them would have the same name.
  if (typeof sub !== "string" || sub === "") throw new NotAdmitted("malformed");
  const client = [payload.client_id, payload.azp].find((one) => typeof one === "string");
  const said = payload.scope ?? payload.scp;
  const words = typeof said === "string" ? said.split(" ") : Array.isArray(said) ? said.map(String) : [];
  return {
    id: idOf(sub, client),
    scopes: [...new Set(words.filter(isScope))],
    expires: Number(payload.exp) + tolerance,
  };
}

/** `oauth:SUB/CLIENT`: no two callers have the same, and no name of the configuration has a colon. */
function idOf(sub: string, client: string | undefined): string {
  const parts = client === undefined || client === sub ? [sub] : [sub, client];
  // By way of bytes: half a character would make `encodeURIComponent` throw.
  const plain = parts.map((part) => encodeURIComponent(Buffer.from(part).toString()));
  const text = plain.join("/").replaceAll("%40", "@");
  // With a colon, which no other text has here: nobody can choose the name that another's is shortened to.
  return `oauth:${text.length <= 200 ? text : `sha256:${createHash("sha256").update(text).digest("hex")}`}`;
}

async function reasonOf(error: unknown): Promise<Reason> {
  const { errors } = await import("jose");
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    const reasons: Record<string, Reason> = { aud: "audience", iss: "issuer", nbf: "not_yet" };
    return reasons[error.claim] ?? "malformed";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return "key";
  return "malformed";
}
