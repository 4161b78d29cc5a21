/** What a person agrees to where a token is made for an environment that the operator protects. */
import { inWords } from "./expiry.ts";
import { quote } from "./problem.ts";
import type { Plan } from "./tool.ts";

export interface ProposedToken {
  /** Why a person is asked, as a sentence. */
  why: string;
  name: string;
  permission: string;
  environment: string;
  /** Who issues it, for people. */
  issuer: string;
  /** What the caller said of its end, if anything. */
  expires?: string | undefined;
  /** What that comes to, from `now` on; `null`: never. */
  expires_at: Date | null;
  now: Date;
  /** Where its value goes, for people. */
  goes: string;
  /** In the words of who asks. */
  reason?: string | undefined;
}

/** The person types the environment's name: that is what there is to be careful about. */
export function planFor(token: ProposedToken): Plan {
  const { why, name, permission, environment, issuer, goes, reason } = token;
  return {
    lines: [
      why,
      `New token: ${quote(name, 100)}, ${permission}, for ${quote(environment, 100)}, at ${issuer}.`,
      `It lives ${lifeOf(token)}.`,
      `Its value goes to ${goes}.`,
      reason === undefined ? "No reason was given." : `The reason that was given: ${quote(reason)}`,
    ],
    ids: [],
    phrase: environment,
    always: true,
  };
}

/** In milliseconds. */
const minute = 60_000;

/**
 * A length as a length: the moment at which it ends is another one each time that it is planned, and some time may have
 * passed since it was said.
 */
export function lifeOf({
  expires,
  expires_at,
  now,
}: Pick<ProposedToken, "expires" | "expires_at" | "now">): string {
  if (expires_at === null) return "for ever";
  const isDate = expires !== undefined && /^\s*\d{4}-/.test(expires);
  return isDate
    ? `until ${expires_at.toISOString()}`
    : `for ${inWords(Math.round((expires_at.getTime() - now.getTime()) / minute) * minute)}`;
}
