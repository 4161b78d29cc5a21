/** What keeps a bag of tokens from working, by its own words. */
import type { Caveat } from "../../macaroon/caveat.ts";
import { macaroonsOf, parseHeader } from "../../macaroon/header.ts";
import { expiryOf } from "../../macaroon/macaroon.ts";
import { place } from "../../macaroon/words.ts";
import { Problem } from "../../problem.ts";
import { authorizationOf, type Bag } from "./authorization.ts";
import type { Credential } from "./credential.ts";

/** How long a permission token works together with the discharges beside it. */
interface Life {
  /** Milliseconds; infinite for one that never ends. */
  ends: number;
  /** Whose discharges are missing. */
  missing: string[];
}

export function livesOf(bag: Bag): Life[] {
  if (bag.macaroons.length === 0) return [];
  const tokens = parseHeader(authorizationOf(bag, "machines"));
  const all = macaroonsOf(tokens);
  return macaroonsOf(tokens, "permission").map(({ caveats }) => {
    const missing: string[] = [];
    const ends = [endOf(caveats)];
    for (const caveat of caveats) {
      if (caveat.name !== "3P") continue;
      const found = all.filter(({ nonce }) => Buffer.compare(nonce.kid, caveat.body.Ticket) === 0);
      if (found.length === 0) missing.push(place(caveat.body.Location));
      else ends.push(Math.max(...found.map((one) => endOf(one.caveats))));
    }
    return { ends: Math.min(...ends), missing };
  });
}

/** Why none of its macaroons can work; `undefined` when one may, or when there is none. */
export function weaknessOf(bag: Bag, now: Date): { ended: number } | { missing: string } | undefined {
  const lives = livesOf(bag);
  const isAlive = ({ ends, missing }: Life) => ends > now.getTime() && missing.length === 0;
  if (lives.length === 0 || lives.some(isAlive)) return undefined;
  const undischarged = lives.find(({ ends, missing }) => ends > now.getTime() && missing[0] !== undefined);
  if (undischarged) return { missing: undischarged.missing.join(" and ") };
  return { ended: Math.max(...lives.map(({ ends }) => ends)) };
}

/** A refusal with the reason that the credential itself shows. A user's own token beside the macaroons is none. */
export function whyRefused(problem: Problem, { bag, source }: Credential, now: Date): Problem {
  const weakness = bag.others.length > 0 ? undefined : weaknessOf(bag, now);
  if (!weakness) return problem;
  if ("ended" in weakness)
    return new Problem(
      "unauthorized",
      `The credential in ${source} ended at ${new Date(weakness.ended).toISOString()}.`,
      "Log in with `fly auth login`, or set FLY_API_TOKEN to a token that lives.",
      { cause: problem },
    );
  return new Problem(
    "unauthorized",
    `The credential in ${source} does not work: the discharge of ${weakness.missing} is missing.`,
    "Log in with `fly auth login`: flyctl then gets discharges and renews them. Or set FLY_API_TOKEN to a token that needs none.",
    { cause: problem },
  );
}

function endOf(caveats: readonly Caveat[]): number {
  const end = expiryOf(caveats);
  return end === null ? Number.POSITIVE_INFINITY : Number(end) * 1000;
}
