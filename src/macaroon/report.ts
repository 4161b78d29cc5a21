/** A header as JSON, for scripts: everything that is in it. The tails are in it too, so it is worth as much as the token. */
import { type CaveatJson, toJson } from "./caveat.ts";
import type { Reason } from "./fault.ts";
import { formatHeader, type HeaderToken, macaroonsOf, parseHeader } from "./header.ts";
import { earliest, expiryOf, type Macaroon, uuidOf } from "./macaroon.ts";
import type { Integer } from "./reader.ts";

type Seconds = number | string | null;

interface MacaroonReport {
  kind: "permission" | "discharge";
  location: string;
  nonce: { version: 0 | 1; kid: string; rnd: string; proof: boolean };
  uuid: string;
  caveats: CaveatJson[];
  tail: string;
  /** Unix seconds; decimal text beyond 2^53. */
  expires_at: Seconds;
}

export interface HeaderReport {
  tokens: (MacaroonReport | { kind: "oauth" } | { kind: "bad"; error: Reason })[];
  undischarged: { location: string; ticket: string }[];
  expires_at: Seconds;
  /** The same macaroons in the current form; absent when there is none, or one that cannot be read. */
  canonical?: string;
}

/** @throws MacaroonFault `no_tokens`, `too_large` */
export function reportOn(header: string): HeaderReport {
  const tokens = parseHeader(header);
  const macaroons = macaroonsOf(tokens);
  return {
    tokens: tokens.map((token) => {
      if (token.kind === "oauth") return { kind: token.kind };
      return token.kind === "bad"
        ? { kind: token.kind, error: token.fault.reason }
        : macaroonReport(token.kind, token.macaroon);
    }),
    undischarged: undischarged(tokens).map(({ location, ticket }) => ({
      location,
      ticket: Buffer.from(ticket).toString("base64"),
    })),
    expires_at: seconds(earliest(macaroons.map(({ caveats }) => expiryOf(caveats)))),
    ...(macaroons.length > 0 &&
      tokens.every(({ kind }) => kind !== "bad") && { canonical: formatHeader(macaroons) }),
  };
}

/** For which third parties of the permission tokens there is no discharge. */
export function undischarged(tokens: readonly HeaderToken[]): { location: string; ticket: Uint8Array }[] {
  const kids = new Set(macaroonsOf(tokens).map(({ nonce }) => hex(nonce.kid)));
  return macaroonsOf(tokens, "permission")
    .flatMap(({ caveats }) => caveats)
    .flatMap((caveat) =>
      caveat.name === "3P" && !kids.has(hex(caveat.body.Ticket))
        ? [{ location: caveat.body.Location, ticket: caveat.body.Ticket }]
        : [],
    );
}

function macaroonReport(kind: "permission" | "discharge", macaroon: Macaroon): MacaroonReport {
  const { location, nonce, caveats, tail } = macaroon;
  const { version, kid, rnd, proof } = nonce;
  return {
    kind,
    location,
    nonce: { version, kid: hex(kid), rnd: hex(rnd), proof },
    uuid: uuidOf(nonce),
    caveats: caveats.map(toJson),
    tail: hex(tail),
    expires_at: seconds(expiryOf(caveats)),
  };
}

function seconds(moment: Integer | null): Seconds {
  return typeof moment === "bigint" ? String(moment) : moment;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
