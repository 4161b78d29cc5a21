/**
 * Broken tokens, through everything that takes one: each ends with a result or an error of ours, and what is verified was
 * signed. MACAROON_FUZZ says how many (20,000 unless given), MACAROON_FUZZ_SEED which; a failure prints its seed.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { evaluateHeader } from "../../src/macaroon/evaluate.ts";
import { explain } from "../../src/macaroon/explain.ts";
import { MacaroonFault } from "../../src/macaroon/fault.ts";
import { type HeaderToken, macaroonsOf, parseHeader } from "../../src/macaroon/header.ts";
import type { Macaroon } from "../../src/macaroon/macaroon.ts";
import { reportOn } from "../../src/macaroon/report.ts";
import { verify } from "../../src/macaroon/verify.ts";
import { broken, dice } from "./mutate.ts";

const count = Number(process.env.MACAROON_FUZZ ?? 20_000);
const seed = Number(process.env.MACAROON_FUZZ_SEED ?? Date.now() % 2 ** 31);
const now = new Date(1_700_000_000_000);
const access = { action: "r", org: 123, app: 7 } as const;
const narrower = [
  { type: "Action", body: "r" },
  { type: "IsMember", body: {} },
];

interface Case {
  kind: string;
  in: { header?: string; key?: string; third_parties?: Record<string, string[]> };
  out: { header?: string };
}
const { cases } = JSON.parse(
  readFileSync(new URL("../fixtures/macaroons.json", import.meta.url), "utf8"),
) as { cases: Case[] };
/** Whole headers, each with the keys that it is verified with. Those that are broken already could be mended by chance. */
const headers = cases
  .flatMap((one) =>
    [one.in.header, one.out.header].flatMap((header) => (header ? [{ ...one.in, header }] : [])),
  )
  .filter(({ header }) => parsed(header).every(({ kind }) => kind !== "bad"));
const texts = headers.map(({ header }) => header);
const keys = cases.flatMap((one) => (one.in.key ? [one.in.key] : []));

/** What is signed, and with what. */
const signatureOf = ({ nonce, caveats, tail }: Macaroon) =>
  [nonce.bytes, ...caveats.map(({ bytes }) => bytes), tail]
    .map((one) => Buffer.from(one).toString("hex"))
    .join();
const genuine = new Set(texts.flatMap((text) => macaroonsOf(parsed(text)).map(signatureOf)));

function parsed(text: string): readonly HeaderToken[] {
  const tokens = settle(() => parseHeader(text));
  return tokens instanceof MacaroonFault ? [] : tokens;
}

/** A result, or why there is none. Whatever else is thrown is a failure. */
function settle<Result>(act: () => Result): Result | MacaroonFault {
  try {
    return act();
  } catch (fault) {
    if (fault instanceof MacaroonFault) return fault;
    throw fault;
  }
}

function insist(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** @returns how it ended, in a word */
function tryAll(header: string, key: string, parties: Record<string, string[]>): string {
  const tokens = settle(() => parseHeader(header));
  const report = settle(() => reportOn(header));
  const explanation = settle(() => explain(header, { now }));
  const before = settle(() => evaluateHeader(header, access, now));
  const trusted = Object.fromEntries(
    Object.entries(parties).map(([location, all]) => [location, all.map((one) => Buffer.from(one, "hex"))]),
  );
  const verdict = settle(() => verify(header, Buffer.from(key, "hex"), trusted));
  const narrowed = settle(() => attenuate(header, narrower));
  if (tokens instanceof MacaroonFault) {
    for (const one of [report, explanation, before, verdict, narrowed])
      insist(
        one instanceof MacaroonFault && one.reason === tokens.reason,
        `another reason than ${tokens.reason}`,
      );
    return tokens.reason;
  }
  if (
    report instanceof MacaroonFault ||
    explanation instanceof MacaroonFault ||
    before instanceof MacaroonFault ||
    verdict instanceof MacaroonFault
  )
    throw new Error("what can be parsed can be reported, explained, evaluated and verified");
  const macaroons = macaroonsOf(tokens);
  if (report.canonical) {
    const again = macaroonsOf(parseHeader(report.canonical));
    insist(again.map(signatureOf).join() === macaroons.map(signatureOf).join(), "canonical is another token");
  }
  for (const [index, one] of macaroonsOf(tokens, "permission").entries())
    if (verdict.results[index]?.verified) insist(genuine.has(signatureOf(one)), "a forgery is verified");
  const bad = tokens.find((token) => token.kind === "bad");
  const reason = narrowed instanceof MacaroonFault ? narrowed.reason : undefined;
  if (bad) {
    insist(reason === bad.fault.reason, "the reason is not that of the first bad token");
    return bad.fault.reason;
  }
  if (narrowed instanceof MacaroonFault)
    insist(reason === "no_permission_token" || reason === "finalized_proof", `not narrowed: ${reason}`);
  else {
    const after = evaluateHeader(narrowed, access, now);
    insist(before.allowed || !after.allowed, "narrowing has opened it");
    insist(macaroonsOf(parseHeader(narrowed)).length === macaroons.length, "a token is lost or broken");
  }
  return verdict.verified
    ? "verified"
    : (verdict.results[0]?.verified === false && verdict.results[0].error) || "read";
}

test(
  `${count} broken tokens: results or errors of ours, no forgery, no growth`,
  () => {
    const roll = dice(seed);
    const outcomes = new Map<string, number>();
    const floors: number[] = [];
    const stretch = Math.max(1, Math.floor(count / 6));
    for (let nth = 0; nth < count; nth++) {
      const one = headers[roll(headers.length)] ?? { header: "" };
      const header = broken(roll, one.header, texts);
      try {
        const key = one.key ?? keys[roll(keys.length)] ?? "";
        const outcome = tryAll(header, key, one.third_parties ?? {});
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      } catch (error) {
        throw new Error(`MACAROON_FUZZ_SEED=${seed}, number ${nth}: ${JSON.stringify(header)}`, {
          cause: error,
        });
      }
      if (nth % 100 === 0) {
        const { heapUsed, external } = process.memoryUsage();
        const index = Math.floor(nth / stretch);
        floors[index] = Math.min(floors[index] ?? Number.POSITIVE_INFINITY, heapUsed + external);
      }
    }
    // After N and after 5 N, each the least of many looks: garbage that is not collected yet comes and goes.
    const [, early = 0, , , , late = 0] = floors;
    expect(late - early, `MACAROON_FUZZ_SEED=${seed}`).toBeLessThan(48 * 2 ** 20);
    // That it breaks tokens in every way, and not all of them so that nothing is left.
    if (count >= 20_000)
      for (const outcome of [
        ...["verified", "read", "bad_signature", "no_tokens", "bad_prefix", "empty_token", "bad_base64"],
        ...["bad_msgpack", "bad_structure", "no_matching_discharge", "bad_discharge"],
      ])
        expect(outcomes.get(outcome) ?? 0, `${outcome}, MACAROON_FUZZ_SEED=${seed}`).toBeGreaterThan(0);
  },
  30_000 + count * 5,
);

test("the broken tokens are the same for the same seed", () => {
  const some = () => {
    const roll = dice(7);
    return Array.from({ length: 50 }, () => broken(roll, texts[roll(texts.length)] ?? "", texts));
  };
  expect(some()).toEqual(some());
});
