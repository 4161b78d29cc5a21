/** A request for a token, checked and in the platform's terms. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import { type Mark, newMark } from "../mark.ts";
import { checkedName } from "../name.ts";
import type { IssueRequest } from "../provider.ts";
import type { Description } from "./description.ts";
import { storedFrom } from "./journal.ts";
import { keysAt } from "./repositories.ts";
import { scopeFor } from "./scopes.ts";
import type { Session } from "./session.ts";
import { has, since } from "./version.ts";

export interface Order extends Omit<Description, "mark"> {
  mark: Mark;
  isKeyed: boolean;
  /** Whether the platform stores and lists it. */
  isListed: boolean;
  /** Seconds; 0 is never. The platform is always told: its own default is an hour or a year. */
  expires_in: number;
  force_revocable: boolean;
  include_reference_token: boolean;
  /** What its user should know of it, a sentence each. */
  cautions: string[];
}

/** Seconds. What lives shorter can be revoked only if it is made so. */
const revocableFrom = 6 * 3600;

/** @throws Problem `invalid_input`, `not_configured`, `unsupported` */
export async function orderOf(
  session: Session,
  request: IssueRequest,
  config: Config,
  now: Date,
): Promise<Order> {
  const { permission, idempotency_key, expires_at } = request;
  const name = checkedName(request.name);
  const environment = checkedEnvironment(request.environment);
  const expires_in = secondsUntil(expires_at, now);
  const scope = scopeFor(permission, await keysAt(session, config), config);
  const isShort = expires_in > 0 && expires_in < revocableFrom;
  const needsVersion = isShort || config.jfrog_reference_tokens;
  const version = needsVersion ? await session.version() : undefined;
  const force_revocable = isShort && has(version, "forceRevocable");
  if (config.jfrog_reference_tokens && !has(version, "referenceTokens"))
    throw new Problem(
      "unsupported",
      `The platform is of version ${version}, and reference tokens came with ${since.referenceTokens}.`,
      "Unset FLY_TOKENS_JFROG_REFERENCE_TOKENS.",
    );
  return {
    name,
    permission,
    environment,
    scope,
    expires_in,
    force_revocable,
    include_reference_token: config.jfrog_reference_tokens,
    // Its end is no part of what makes it another request: "in 30 days" is another moment when it is said again.
    mark: newMark(idempotency_key, [name, permission, environment]),
    isKeyed: idempotency_key !== undefined,
    isListed: expires_in === 0 || expires_in * 1000 >= storedFrom,
    cautions:
      isShort && !force_revocable
        ? [
            `It cannot be revoked before it ends: the platform is of version ${version}, and only from ${since.forceRevocable} on can tokens that live less than six hours be.`,
          ]
        : [],
  };
}

function checkedEnvironment(name: string | undefined): string | undefined {
  if (name === undefined || /^[a-z0-9-]{1,63}$/.test(name)) return name;
  throw new Problem(
    "invalid_input",
    "That is no name of an environment.",
    "Use lower-case letters, digits and hyphens, at most 63.",
  );
}

function secondsUntil(expires_at: Date | null, now: Date): number {
  if (expires_at === null) return 0;
  const seconds = Math.round((expires_at.getTime() - now.getTime()) / 1000);
  if (seconds > 0) return seconds;
  throw new Problem("invalid_input", "The expiry has passed already.", "Name a date in the future.");
}
