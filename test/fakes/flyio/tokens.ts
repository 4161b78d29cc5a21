/** Tokens made and checked: the one file here that knows the macaroon's own code. */
import { randomBytes } from "node:crypto";
import type { Access } from "../../../src/macaroon/access.ts";
import type { Caveat, CaveatJson } from "../../../src/macaroon/caveat.ts";
import { evaluate } from "../../../src/macaroon/evaluate.ts";
import { formatHeader, type HeaderToken, macaroonsOf, parseHeader } from "../../../src/macaroon/header.ts";
import { type Macaroon, uuidOf } from "../../../src/macaroon/macaroon.ts";
import { discharge, mint, type ThirdParty } from "../../../src/macaroon/mint.ts";
import { verify } from "../../../src/macaroon/verify.ts";
import type { LimitedToken, Organization, User, World } from "./world.ts";

/** Who says that a session is alive. The product's own; its key is this process's. */
const authority: ThirdParty = { location: "https://auth.fly.io", key: randomBytes(32) };

/** A permission token that is genuine and on record; whether it allows anything is for `evaluate` to say. */
export interface Permit {
  record: LimitedToken;
  /** As it was sent. */
  macaroon: Macaroon;
  /** Its own, and those of its discharges. */
  caveats: readonly Caveat[];
}

export interface Checked {
  permits: Permit[];
  /** Why the others are none. */
  problems: string[];
}

export interface Verdict {
  allowed: boolean;
  because: string[];
}

export function mintFor(organization: Organization, caveats: CaveatJson[]): { header: string; uuid: string } {
  const macaroon = mint({
    key: organization.key,
    nonce: { kid: organization.kid },
    caveats,
    thirdParties: organization.demandsDischarge ? [authority] : [],
  });
  return { header: formatHeader([macaroon]), uuid: uuidOf(macaroon.nonce) };
}

/** Genuine, discharged where it must be, on record and not revoked. A copy that was narrowed has its parent's record. */
export function check(world: World, header: string): Checked {
  const checked: Checked = { permits: [], problems: [] };
  const macaroons = macaroonsOf(parsed(header), "permission");
  if (macaroons.length === 0) {
    checked.problems.push("verify: invalid token: no tokens found in header");
    return checked;
  }
  const keyOf = (kid: Uint8Array) =>
    world.organizations.find((one) => Buffer.compare(one.kid, kid) === 0)?.key;
  const { results } = verify(header, keyOf, { [authority.location]: [authority.key] });
  for (const [index, macaroon] of macaroons.entries()) {
    const result = results[index];
    if (!result) continue;
    const record = world.tokens.find(({ uuid }) => uuid === result.uuid);
    if (!result.verified) checked.problems.push(problemOf(result.error));
    else if (!record) checked.problems.push("verify: invalid token: unknown nonce");
    else if (record.revokedAt) checked.problems.push("verify: invalid token: token was revoked");
    else checked.permits.push({ record, macaroon, caveats: result.caveats });
  }
  return checked;
}

/** A header that is empty or far too large is one without tokens. */
function parsed(header: string): HeaderToken[] {
  try {
    return parseHeader(header);
  } catch {
    return [];
  }
}

/** The product's words where they are known. */
function problemOf(reason: string): string {
  return reason === "no_matching_discharge"
    ? "all tokens missing third-party discharge tokens; no verified tokens"
    : `verify: invalid token: ${reason}; no verified tokens`;
}

/** One permit that allows it is enough. */
export function allows(permits: readonly Permit[], access: Access, now: Date): Verdict {
  const because: string[] = [];
  for (const { record, caveats } of permits) {
    const { allowed, refusals } = evaluate(caveats, access, now);
    if (allowed) return { allowed, because: [] };
    because.push(...refusals.map((one) => `${record.name}: ${one.because}`));
  }
  return { allowed: false, because };
}

/** Within its time, whatever it is for. */
export function isAlive({ caveats }: Permit, now: Date): boolean {
  const windows = caveats.flatMap((one) => (one.name === "ValidityWindow" ? [one.body] : []));
  const second = unixSeconds(now);
  return windows.every(({ not_before, not_after }) => not_before <= second && second <= not_after);
}

/**
 * What flyctl does behind its user's back: goes to the third party as that user, and puts its word into the header.
 * @param expires of that word; the product's lasts minutes
 */
export function dischargeAll(header: string, user: User, from: Date, expires: Date): string {
  const macaroons = macaroonsOf(parseHeader(header));
  const caveats = [
    { type: "ValidityWindow", body: { not_before: unixSeconds(from), not_after: unixSeconds(expires) } },
    { type: "FlyioUserID", body: user.number },
  ];
  const words = macaroons
    .flatMap((one) => one.caveats)
    .flatMap((one) => (one.name === "3P" ? [one.body.Ticket] : []))
    .filter((ticket) => !macaroons.some(({ nonce }) => Buffer.compare(nonce.kid, ticket) === 0))
    .flatMap((ticket) => discharge(authority, ticket, caveats) ?? []);
  return formatHeader([...macaroons, ...words]);
}

export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
