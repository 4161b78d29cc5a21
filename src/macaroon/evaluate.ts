/** Whether a token's own words allow an access. Says nothing of whether it is genuine, or has been revoked. */
import { type Access, checkAccess } from "./access.ts";
import type { Caveat } from "./caveat.ts";
import { type HeaderToken, macaroonsOf, parseHeader } from "./header.ts";
import { type Macaroon, uuidOf } from "./macaroon.ts";
import { bufferOf } from "./reader.ts";
import { allowed, ask, irrelevant, skipped } from "./rules.ts";

export interface Refusal {
  /** The name or the number of the caveat that refuses; absent where one is missing. */
  caveat?: string;
  /** A sentence. */
  because: string;
}

export interface Evaluation {
  allowed: boolean;
  refusals: Refusal[];
}

/** Whether all of them allow it. @throws MacaroonFault `bad_caveat` for an access whose parts do not go together */
export function evaluate(caveats: readonly Caveat[], access: Access, now: Date): Evaluation {
  const request = { access, actions: checkAccess(access), now: now.getTime() / 1000 };
  const refusals = caveats.flatMap((caveat): Refusal[] => {
    const answer = ask(caveat, request);
    const because = answer === irrelevant ? "It names something that the access does not name." : answer;
    return because === allowed || because === skipped
      ? []
      : [{ caveat: caveat.name ?? String(caveat.type), because }];
  });
  // Without one a token would be good for everything; Fly.io refuses such a token.
  if (!caveats.some(({ name }) => name === "Organization"))
    refusals.push({ because: "No caveat binds it to an organization." });
  return { allowed: refusals.length === 0, refusals };
}

export interface TokenEvaluation extends Evaluation {
  uuid: string;
}

/**
 * Whether one of a header's permission tokens, with the discharges beside it, allows an access.
 * @throws MacaroonFault `no_tokens`, `too_large`, `bad_caveat`
 */
export function evaluateHeader(
  header: string,
  access: Access,
  now: Date,
): { allowed: boolean; tokens: TokenEvaluation[] } {
  const bag = parseHeader(header);
  const tokens = macaroonsOf(bag, "permission").map((token) => ({
    uuid: uuidOf(token.nonce),
    ...evaluateToken(token, bag, access, now),
  }));
  return { allowed: tokens.some((token) => token.allowed), tokens };
}

function evaluateToken(token: Macaroon, bag: readonly HeaderToken[], access: Access, now: Date): Evaluation {
  const own: Caveat[] = [];
  const missing: Refusal[] = [];
  const found = new Set<Macaroon>();
  const discharges = macaroonsOf(bag, "discharge");
  for (const caveat of token.caveats) {
    if (caveat.name !== "3P") own.push(caveat);
    else {
      const discharge = discharges.find(({ nonce }) => bufferOf(nonce.kid).equals(caveat.body.Ticket));
      if (discharge) found.add(discharge);
      else missing.push({ caveat: "3P", because: "The discharge of a third party is missing." });
    }
  }
  const others = [...found].flatMap(({ caveats }) =>
    caveats.filter(({ name }) => name !== "BindToParentToken"),
  );
  const { refusals } = evaluate([...own, ...others], access, now);
  return { allowed: refusals.length + missing.length === 0, refusals: [...refusals, ...missing] };
}

export type { Access };
