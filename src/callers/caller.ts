/** Who calls over HTTP, and why somebody is not let in. */
import type { Scope } from "./scopes.ts";

export interface Caller {
  /** The same text for the same caller every time; for confirmations, limits and the audit log. */
  id: string;
  scopes: readonly Scope[];
  /** When what they have shown ends, in seconds since the epoch; `undefined`: never. */
  expires?: number;
}

/** Why a bearer was not accepted: for metrics and the log, which are never told the bearer. */
export const reasons = {
  missing: "There is no bearer.",
  malformed: "The bearer has not the form of one.",
  unknown: "The bearer is not known here.",
  algorithm: "The token is signed with an algorithm that is not accepted.",
  key: "The token is signed with a key that its issuer does not have.",
  signature: "The signature of the token is not valid.",
  type: "The token is not an access token.",
  issuer: "The token is of another issuer.",
  audience: "The token is meant for another server.",
  expired: "The token has expired.",
  not_yet: "The token is not valid yet.",
} as const;

export type Reason = keyof typeof reasons;

export class NotAdmitted extends Error {
  override readonly name = "NotAdmitted";
  readonly reason: Reason;

  constructor(reason: Reason, options?: ErrorOptions) {
    super(reasons[reason], options);
    this.reason = reason;
  }
}

/** Nobody can say now whether a token is genuine: the issuer's keys cannot be had. */
export class IssuerDown extends Error {
  override readonly name = "IssuerDown";
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number, options?: ErrorOptions) {
    super("The keys of the authorization server cannot be read.", options);
    this.retryAfter = retryAfter;
  }
}

/** @throws NotAdmitted, IssuerDown */
export type Admission = (bearer: string) => Promise<Caller>;
