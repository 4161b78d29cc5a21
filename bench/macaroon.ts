/** Narrowing and verifying Fly.io's tokens, against nothing but the HMACs that this needs, over the same bytes. */
import { createHmac, randomBytes } from "node:crypto";
import { attenuate } from "../src/macaroon/attenuate.ts";
import { type Caveat, type CaveatJson, caveatOf } from "../src/macaroon/caveat.ts";
import { packed } from "../src/macaroon/chain.ts";
import { formatHeader, macaroonsOf, parseHeader } from "../src/macaroon/header.ts";
import { discharge, mint } from "../src/macaroon/mint.ts";
import { unseal } from "../src/macaroon/seal.ts";
import { verify } from "../src/macaroon/verify.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";

const times = 10_000;
const key = randomBytes(32);
const party = { location: "https://api.fly.io/aaa/v1", key: randomBytes(32) };
const added: readonly CaveatJson[] = [
  { type: "Action", body: "r" },
  { type: "ValidityWindow", body: { not_before: 1_700_000_000, not_after: 1_700_003_600 } },
];

/** A deploy token as Fly.io makes it, with the discharge that it asks for. */
function realistic(): string {
  const token = mint({
    key,
    nonce: { kid: randomBytes(16) },
    caveats: [
      { type: "Organization", body: { id: 123_456, mask: "rwcdC" } },
      { type: "Apps", body: { apps: { "7654321": "rwcdC" } } },
      { type: "ValidityWindow", body: { not_before: 1_700_000_000, not_after: 1_800_000_000 } },
    ],
    thirdParties: [party],
  });
  const asks = token.caveats.find(({ name }) => name === "3P");
  const agreed =
    asks?.name === "3P" &&
    discharge(party, asks.body.Ticket, [
      { type: "ValidityWindow", body: { not_before: 1_700_000_000, not_after: 1_700_086_400 } },
      { type: "FlyioUserID", body: 4711 },
    ]);
  if (!agreed) throw new Error("no discharge");
  return formatHeader([token, agreed]);
}

function chain(start: Uint8Array, messages: readonly Uint8Array[]): Uint8Array {
  return messages.reduce((tail, message) => createHmac("sha256", tail).update(message).digest(), start);
}

/** Milliseconds for all of them: so many that each pays for its own garbage. */
const sample = (act: () => unknown) => () =>
  timed(async () => {
    for (let n = 0; n < times; n++) act();
  });

export async function benchMacaroons(): Promise<Row[]> {
  const header = realistic();
  const narrower = attenuate(header, added);
  const trusted = { [party.location]: [party.key] };
  if (!verify(narrower, key, trusted).verified) throw new Error("not verified");
  const [token, proof] = macaroonsOf(parseHeader(narrower));
  const asks = token?.caveats.find(({ name }) => name === "3P");
  if (!token || !proof || asks?.name !== "3P") throw new Error("no token");
  const messages = (caveats: readonly Caveat[]) => caveats.map((one) => Buffer.from(packed(one)));
  const fresh = messages(added.map((one) => caveatOf(one)));
  const own = [token.nonce.bytes, ...messages(token.caveats)];
  const others = [proof.nonce.bytes, ...messages(proof.caveats)];
  const [narrowing, twoHmacs, verifying, allHmacs, opening] = await inTurns(
    9,
    [
      () => attenuate(header, added),
      () => chain(token.tail, fresh),
      () => verify(narrower, key, trusted),
      () => [chain(key, own), chain(Buffer.from("proof-signature-finalization"), [chain(key, others)])],
      () => unseal(party.key, asks.body.Ticket),
    ].map(sample),
  );
  const against = (what: string, ours = Number.NaN, theirs = Number.NaN) =>
    row(what, ms(ours), ms(theirs), ours / theirs, "<=", 4);
  return [
    against(`${times} attenuations by two caveats, against their HMACs alone`, narrowing, twoHmacs),
    against(`${times} verifications with a discharge, against their HMACs alone`, verifying, allHmacs),
    {
      what: `of these, opening ${times} VerifierKeys or tickets (each verification opens two)`,
      ours: ms(opening ?? Number.NaN),
      against: "–",
      ratio: Number.NaN,
      bound: "–",
      holds: true,
    },
  ];
}
