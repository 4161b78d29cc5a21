/** What the holder of a header may do, in plain sentences that hold no part of it but names and numbers. */
import type { Caveat } from "./caveat.ts";
import { type HeaderToken, macaroonsOf, parseHeader } from "./header.ts";
import { earliest, expiryOf, type Macaroon, uuidOf } from "./macaroon.ts";
import { bufferOf, type Integer } from "./reader.ts";
import { undischarged } from "./report.ts";
import { and, moment, type Names, place, wordsFor } from "./words.ts";

export interface Explanation {
  sentences: string[];
  /** The earliest end of anything in it, in unix seconds; `null`: none has one. */
  expires_at: Integer | null;
  /** Whose discharges are missing. */
  undischarged: string[];
}

/**
 * @param now to say whether it has ended @param names for the numbers in it
 * @throws MacaroonFault `no_tokens`, `too_large`
 */
export function explain(header: string, { now, names = {} }: { now: Date; names?: Names }): Explanation {
  const bag = parseHeader(header);
  const permissions = macaroonsOf(bag, "permission");
  const discharges = dischargesIn(bag);
  const missing = [...new Set(undischarged(bag).map(({ location }) => location))];
  const expires_at = earliest(macaroonsOf(bag).map(({ caveats }) => expiryOf(caveats)));
  return {
    sentences: [
      ...(permissions.length > 1
        ? [`It holds ${permissions.length} permission tokens: what one of them allows is allowed.`]
        : []),
      ...(permissions.length === 0 ? ["No permission token is in it, so it allows nothing."] : []),
      ...permissions.flatMap((token, index) =>
        labelled(
          permissions.length > 1 ? `Token ${index + 1}: ` : "",
          sentencesFor(token, discharges, names),
        ),
      ),
      ...strangers(bag, permissions),
      ...(missing.length > 0
        ? [`It does not work yet: the discharge of ${and(missing.map(place))} is missing.`]
        : []),
      ...(macaroonsOf(bag).length > 0 ? [ending(expires_at, now)] : []),
    ],
    expires_at,
    undischarged: missing,
  };
}

function sentencesFor(token: Macaroon, discharges: Discharges, names: Names): string[] {
  const isBound = token.caveats.some(({ name }) => name === "Organization");
  return [
    `${wordsOfIdentity(token)}. All of this holds at once:`,
    ...(isBound ? [] : ["Nothing binds it to an organization, and Fly.io refuses such a token."]),
    ...token.caveats.map((caveat) => `${withDischarge(caveat, discharges, names)}.`),
  ];
}

function wordsOfIdentity({ nonce, location }: Macaroon): string {
  return `A token of ${place(location)}, known there as ${uuidOf(nonce)}`;
}

/** When each discharge ends, by the ticket that it is for. */
type Discharges = ReadonlyMap<string, Integer | null>;

function dischargesIn(bag: readonly HeaderToken[]): Discharges {
  const ends = new Map<string, Integer | null>();
  for (const { nonce, caveats } of macaroonsOf(bag)) {
    const ticket = hex(nonce.kid);
    if (!ends.has(ticket)) ends.set(ticket, expiryOf(caveats));
  }
  return ends;
}

function withDischarge(caveat: Caveat, discharges: Discharges, names: Names): string {
  const words = wordsFor(caveat, names);
  if (caveat.name !== "3P") return words;
  const end = discharges.get(hex(caveat.body.Ticket));
  if (end === undefined) return `${words}, and its discharge is missing`;
  return `${words}, and its discharge is here${end === null ? "" : `, good until ${moment(end)}`}`;
}

/** What else is in the bag. */
function strangers(bag: readonly HeaderToken[], permissions: readonly Macaroon[]): string[] {
  const tickets = new Set(
    permissions.flatMap(({ caveats }) =>
      caveats.flatMap((one) => (one.name === "3P" ? [hex(one.body.Ticket)] : [])),
    ),
  );
  return bag.flatMap((token) => {
    if (token.kind === "oauth")
      return ["An OAuth token is in it, too: with it the holder may do whatever its user may."];
    if (token.kind === "bad") return [`One of its tokens cannot be read. ${token.fault.message}`];
    const { nonce, location } = token.macaroon;
    return token.kind === "discharge" && !tickets.has(hex(nonce.kid))
      ? [`A token of ${place(location)} is in it that belongs to none of the others.`]
      : [];
  });
}

function ending(expires_at: Integer | null, now: Date): string {
  if (expires_at === null) return "It never ends by itself.";
  return Number(expires_at) * 1000 < now.getTime()
    ? `It has ended: something in it was good until ${moment(expires_at)}.`
    : `It ends at ${moment(expires_at)} at the latest.`;
}

function labelled(label: string, sentences: readonly string[]): string[] {
  return sentences.map((sentence) => label + sentence);
}

function hex(bytes: Uint8Array): string {
  return bufferOf(bytes).toString("hex");
}
