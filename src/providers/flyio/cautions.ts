/** What a token's value itself shows, and its user should know before it goes anywhere. */

import { MacaroonFault } from "../../macaroon/fault.ts";
import type { Secret } from "../../secret.ts";
import { bagOf } from "./authorization.ts";
import { livesOf } from "./weakness.ts";

const minute = 60_000;
/** Minutes. Tokens that come with discharges often end sooner than their record says. */
const soon = 15;

/** A sentence each; none for a value that is no macaroon. */
export function cautionsAbout(secret: Secret, now: Date): string[] {
  const lives = livesIn(secret);
  const ends = Math.min(...lives.map((one) => one.ends));
  const left = Math.floor((ends - now.getTime()) / minute);
  const missing = [...new Set(lives.flatMap((one) => one.missing))];
  return [
    ...(ends <= now.getTime() ? [`It has ended already, at ${new Date(ends).toISOString()}.`] : []),
    ...(ends > now.getTime() && ends <= now.getTime() + soon * minute ? [endingSoon(ends, left)] : []),
    ...missing.map(
      (location) =>
        `It will not work until ${location} has discharged it: the organization asks for that third party's word, and it is not in the token.`,
    ),
  ];
}

function endingSoon(ends: number, left: number): string {
  const minutes = left < 1 ? "less than a minute" : left === 1 ? "1 minute" : `${left} minutes`;
  return `It ends in ${minutes}, at ${new Date(ends).toISOString()}: what takes longer, such as a build or a push, fails then.`;
}

function livesIn(secret: Secret) {
  try {
    return livesOf(bagOf(secret));
  } catch (error) {
    if (error instanceof MacaroonFault) return [];
    throw error;
  }
}
