/** Verifying, beyond the vectors: what an issuer, a third party or a holder could try. */
import { describe, expect, test } from "vitest";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { type Caveat, type CaveatJson, makeCaveat } from "../../src/macaroon/caveat.ts";
import { bindingId, firstTail, nextTail } from "../../src/macaroon/chain.ts";
import { formatHeader, macaroonsOf, parseHeader } from "../../src/macaroon/header.ts";
import { type Macaroon, makeMacaroon, makeNonce, permissionLocation } from "../../src/macaroon/macaroon.ts";
import { discharge, mint, openTicket } from "../../src/macaroon/mint.ts";
import { seal } from "../../src/macaroon/seal.ts";
import { verify } from "../../src/macaroon/verify.ts";

const key = Buffer.alloc(32, 1);
const party = { location: "https://auth.fly.io", key: Buffer.alloc(32, 2) };
const trusted = { [party.location]: [party.key] };
const organization: CaveatJson = { type: "Organization", body: { id: 1, mask: "r" } };
const user: CaveatJson = { type: "FlyioUserID", body: 7 };

/** The first outcome, in short: the names of the caveats that are left, or why it is not genuine. */
function outcome(macaroons: readonly Macaroon[], by: Parameters<typeof verify>[2] = trusted): unknown {
  const [first] = verify(formatHeader(macaroons), key, by).results;
  return first?.verified ? first.caveats.map(({ name }) => name) : first?.error;
}

function asking(parties = [party]): Macaroon {
  return mint({ key, nonce: { kid: Buffer.from("k") }, caveats: [organization], thirdParties: parties });
}

function ticketOf({ caveats }: Macaroon): Uint8Array {
  const [ticket] = caveats.flatMap((one) => (one.name === "3P" ? [one.body.Ticket] : []));
  if (!ticket) throw new Error("it asks for nobody");
  return ticket;
}

function agreed(token: Macaroon, caveats: CaveatJson[] = [], bindTo?: Macaroon): Macaroon {
  const proof = discharge(party, ticketOf(token), caveats, bindTo);
  if (!proof) throw new Error("no discharge");
  return proof;
}

/** A permission token with one third party's caveat, of which all is chosen. */
function forged(ticket: Uint8Array, dischargeKey: Uint8Array, times = 1): Macaroon {
  const nonce = makeNonce({ version: 1, kid: Buffer.from("k"), rnd: Buffer.alloc(16), proof: false });
  const caveats: Caveat[] = [];
  let tail: Uint8Array = firstTail(key, nonce);
  for (let n = 0; n < times; n++) {
    const one = makeCaveat("3P", {
      Location: party.location,
      VerifierKey: seal(tail, dischargeKey),
      Ticket: ticket,
    });
    caveats.push(one);
    tail = nextTail(tail, one);
  }
  return makeMacaroon({ nonce, location: permissionLocation, caveats, tail });
}

describe("a third party's ticket", () => {
  const rn = Buffer.alloc(32, 3);
  const answer = (ticket: Uint8Array, by: Uint8Array) =>
    mint({ key: by, nonce: { kid: ticket, proof: true }, location: party.location, caveats: [user] });

  test.each([
    ["is nothing", Buffer.alloc(0)],
    ["is text", Buffer.from("a2686f", "hex")],
    ["has no list of caveats", Buffer.concat([Buffer.from("91c420", "hex"), rn])],
    ["has another key", Buffer.concat([Buffer.from("92c420", "hex"), Buffer.alloc(32, 4), Buffer.of(0x90)])],
    ["has an odd list", Buffer.concat([Buffer.from("92c420", "hex"), rn, Buffer.from("9100", "hex")])],
  ])("that %s: refused where the party is known, and believed nothing where it is not", (_, plain) => {
    const ticket = seal(party.key, plain);
    const header = [forged(ticket, rn), answer(ticket, rn)];
    expect(outcome(header)).toBe("bad_discharge");
    expect(outcome(header, {})).toEqual([]);
  });

  test("that is nothing is no ticket for an empty key, either", () => {
    const ticket = seal(party.key, Buffer.alloc(0));
    const none = Buffer.alloc(0);
    expect(outcome([forged(ticket, none), answer(ticket, none)])).toBe("bad_discharge");
  });

  test("opens with its party's key alone", () => {
    const ticket = ticketOf(asking());
    expect(openTicket(party.key, ticket)?.caveats).toEqual([]);
    expect(openTicket(key, ticket)).toBeUndefined();
    expect(openTicket(Buffer.alloc(16), ticket)).toBeUndefined();
    expect(openTicket(party.key, ticket.subarray(0, 27))).toBeUndefined();
    expect(discharge({ ...party, key }, ticket)).toBeUndefined();
  });
});

describe("discharges", () => {
  test("are tried in turn: one that holds is enough", () => {
    const token = asking();
    const wrong = mint({ key, nonce: { kid: ticketOf(token) }, location: party.location, caveats: [] });
    expect(outcome([token, wrong, agreed(token, [user])])).toEqual(["Organization", "FlyioUserID"]);
    expect(outcome([token, wrong])).toBe("bad_discharge");
  });

  test("are listed once, for however many caveats they are", () => {
    const rn = Buffer.alloc(32, 3);
    const ticket = seal(party.key, Buffer.concat([Buffer.from("92c420", "hex"), rn, Buffer.of(0x90)]));
    const proof = mint({
      key: rn,
      nonce: { kid: ticket, proof: true },
      location: party.location,
      caveats: [user],
    });
    expect(outcome([forged(ticket, rn, 3), proof])).toEqual(["FlyioUserID"]);
  });

  test("that ask for a third party themselves do not hold, even with its discharge beside them", () => {
    const token = asking();
    const open = openTicket(party.key, ticketOf(token));
    if (!open) throw new Error("no ticket");
    const other = { location: "https://other.example", key: Buffer.alloc(32, 5) };
    const asks = mint({
      key: open.key,
      nonce: { kid: ticketOf(token), proof: true },
      location: party.location,
      caveats: [],
      thirdParties: [other],
    });
    const inner = discharge(other, ticketOf(asks));
    if (!inner) throw new Error("no discharge");
    expect(outcome([token, asks, inner])).toBe("bad_discharge");
  });

  test("that are no proofs say nothing about users", () => {
    const token = asking();
    const key = openTicket(party.key, ticketOf(token))?.key;
    if (!key) throw new Error("no ticket");
    const plain = (caveats: CaveatJson[]) =>
      mint({ key, nonce: { kid: ticketOf(token) }, location: party.location, caveats });
    expect(outcome([token, plain([])])).toEqual(["Organization"]);
    expect(outcome([token, plain([user])])).toBe("bad_discharge");
    expect(outcome([token, plain([user])], {})).toBe("bad_discharge");
  });

  test("of a party whose name every object has are believed nothing", () => {
    for (const location of ["__proto__", "constructor", "toString"]) {
      const other = { location, key: party.key };
      const token = asking([other]);
      const proof = discharge(other, ticketOf(token), [user]);
      expect(proof && outcome([token, proof]), location).toEqual(["Organization"]);
    }
  });

  test("that one has to pay for by the thousand do not hold", () => {
    const rn = Buffer.alloc(32, 3);
    const ticket = Buffer.from("t");
    const action: Caveat[] = Array(300).fill(makeCaveat("Action", 1));
    const nonce = makeNonce({ version: 1, kid: ticket, rnd: Buffer.alloc(16), proof: false });
    const bad = makeMacaroon({ nonce, location: "", caveats: action, tail: Buffer.alloc(32) });
    const good = mint({ key: rn, nonce: { kid: ticket, proof: true }, location: "", caveats: [] });
    const crowd = Array<Macaroon>(60).fill(bad);
    expect(outcome([forged(ticket, rn, 5), ...crowd, good])).toEqual([]);
    expect(outcome([forged(ticket, rn, 500), ...crowd, good])).toBe("bad_discharge");
  });
});

describe("a discharge that is bound", () => {
  const bind = (prefix: Uint8Array): CaveatJson => ({
    type: "BindToParentToken",
    body: Buffer.from(prefix).toString("base64"),
  });
  const token = asking();
  const narrowed = macaroonsOf(
    parseHeader(attenuate(formatHeader([token]), [{ type: "Action", body: "r" }])),
  );
  const id = bindingId(token.tail);

  test("goes with the token and with what is made of it", () => {
    for (const parent of [token, ...narrowed])
      expect(outcome([parent, agreed(token, [], token)])).toContain("Organization");
  });

  test.each<[string, CaveatJson[], unknown]>([
    ["by all of its id", [bind(id)], ["Organization"]],
    ["by one byte of it", [bind(id.subarray(0, 1))], ["Organization"]],
    ["by nothing", [bind(Buffer.alloc(0))], ["Organization"]],
    ["twice", [bind(id), bind(id.subarray(0, 16))], ["Organization"]],
    ["by more than the id", [bind(Buffer.concat([id, id]))], "bad_discharge"],
    ["to the tail itself", [bind(token.tail)], "bad_discharge"],
    ["to what was made of it", [bind(bindingId(narrowed[0]?.tail ?? id))], "bad_discharge"],
    ["once to it and once to another", [bind(id), bind(Buffer.alloc(16))], "bad_discharge"],
  ])("%s", (_, caveats, expected) => {
    expect(outcome([token, agreed(token, caveats)])).toEqual(expected);
  });
});

test("the key is chosen by the token's kid", () => {
  const header = formatHeader([
    asking([]),
    mint({ key: party.key, nonce: { kid: Buffer.from("other") }, caveats: [] }),
  ]);
  const keys = new Map([["k", key]]);
  const { verified, results } = verify(header, (kid) => keys.get(Buffer.from(kid).toString()));
  expect([verified, ...results.map((one) => one.verified)]).toEqual([true, true, false]);
  expect(verify(header, () => undefined).results).toMatchObject([
    { error: "bad_signature" },
    { error: "bad_signature" },
  ]);
});
