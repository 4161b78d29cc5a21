/** What is larger than any token, or lies about its length: an error of ours, before memory or stack are spent on it. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { type Caveat, type CaveatJson, caveatOf, makeCaveat, toJson } from "../../src/macaroon/caveat.ts";
import { bindingId, firstTail, nextTail } from "../../src/macaroon/chain.ts";
import { evaluateHeader } from "../../src/macaroon/evaluate.ts";
import { explain } from "../../src/macaroon/explain.ts";
import { MacaroonFault, type Reason } from "../../src/macaroon/fault.ts";
import { formatHeader, parseHeader } from "../../src/macaroon/header.ts";
import { type Macaroon, makeMacaroon, makeNonce, permissionLocation } from "../../src/macaroon/macaroon.ts";
import { mint } from "../../src/macaroon/mint.ts";
import { reportOn } from "../../src/macaroon/report.ts";
import { seal } from "../../src/macaroon/seal.ts";
import { verify } from "../../src/macaroon/verify.ts";

const key = Buffer.alloc(32, 1);
const now = new Date(1_700_000_000_000);
const mebibyte = 2 ** 20;

function reasonOf(act: () => unknown): Reason | undefined {
  try {
    act();
    return undefined;
  } catch (fault) {
    if (fault instanceof MacaroonFault) return fault.reason;
    throw fault;
  }
}

/** A token with the given bytes as its list of caveats. */
function withList(...parts: (string | Buffer)[]): string {
  const location = Buffer.concat([
    Buffer.of(0xa0 | permissionLocation.length),
    Buffer.from(permissionLocation),
  ]);
  const bytes = Buffer.concat([
    Buffer.from("9493c401aac401bbc2", "hex"),
    location,
    ...parts.map((part) => (typeof part === "string" ? Buffer.from(part, "hex") : part)),
    Buffer.from(`c420${"ab".repeat(32)}`, "hex"),
  ]);
  return `fm2_${bytes.toString("base64")}`;
}

function kindOf(header: string): string {
  const [token] = parseHeader(header);
  return token?.kind === "bad" ? token.fault.reason : String(token?.kind);
}

/** Everything that is done with a header: each ends with a result or an error of ours. */
function everything(header: string): (Reason | undefined)[] {
  return [
    () => JSON.stringify(reportOn(header)),
    () => explain(header, { now }),
    () => evaluateHeader(header, { action: "r", org: 1 }, now),
    () => verify(header, key, { "": [key] }),
    () => attenuate(header, [{ type: "Action", body: "r" }]),
  ].map(reasonOf);
}

describe("a header", () => {
  const small = formatHeader([
    mint({ key, nonce: { kid: Buffer.of(1), rnd: Buffer.of(2) }, caveats: [] }),
  ]).slice(6);

  test("has at most 256 KiB", () => {
    expect(parseHeader(`${small}${" ".repeat(256 * 1024 - small.length)}`)).toHaveLength(1);
    expect(reasonOf(() => parseHeader(`${small}${" ".repeat(256 * 1024 - small.length + 1)}`))).toBe(
      "too_large",
    );
    expect(everything("A".repeat(64 * mebibyte))).toEqual(Array(5).fill("too_large"));
  });

  test("has at most 256 tokens, those that cannot be read among them", () => {
    expect(parseHeader(Array(256).fill(small).join())).toHaveLength(256);
    expect(reasonOf(() => parseHeader(Array(257).fill(small).join()))).toBe("too_large");
    expect(reasonOf(() => parseHeader(Array(257).fill("x").join()))).toBe("too_large");
  });

  test.each([
    ["schemes", "bearer ".repeat(37_000)],
    ["schemes that are none", "bearer".repeat(43_000)],
    ["blanks behind a scheme", `bearer${" ".repeat(250_000)}x`],
    ["commas", ",".repeat(256 * 1024)],
    ["underscores", "_".repeat(256 * 1024)],
    ["padding", `fm2_${"=".repeat(250_000)}`],
    ["base64 that is wrong at its end", `fm2_${"A".repeat(250_000)}!`],
    ["line breaks", `fm2_${"\r\n".repeat(120_000)}AAAA`],
  ])("of nothing but %s ends with a result or an error of ours", (_, header) => {
    expect(everything(header)).toHaveLength(5);
  });
});

describe("lengths that lie", () => {
  test.each([
    ["a list of 4 billion", "ddffffffff"],
    ["a list of 2 billion, and odd", "dd7fffffff"],
    ["a list of 65535", "dcffff"],
    ["a map of 4 billion", "dfffffffff"],
    ["text of 4 billion", "dbffffffff"],
    ["bytes of 4 billion", "c6ffffffff"],
    ["an extension of 4 billion", "c9ffffffff01"],
    ["a set of 4 billion", "920391dfffffffff"],
    ["mutations by the billion", "920691ddffffffff"],
    ["caveats in a caveat by the billion", "920d92ddffffffff"],
    ["an unknown body of 4 billion", "92cd0400dfffffffff"],
  ])("%s: not whole", (_, hex) => {
    const before = process.memoryUsage();
    for (let n = 0; n < 200; n++) expect(kindOf(withList(hex))).toBe("bad_msgpack");
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(64 * mebibyte);
  });

  test.each(["ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff"])(
    "%s and nothing else",
    (hex) => {
      expect(kindOf(`fm2_${Buffer.from(hex, "hex").toString("base64")}`)).toBe("bad_msgpack");
    },
  );
});

/** IfPresent in IfPresent, as bytes. */
function nested(depth: number): string {
  return `${"920d92".repeat(depth)}90${"01".repeat(depth)}`;
}

function nestedJson(depth: number, inside: CaveatJson = { type: "Action", body: "r" }): CaveatJson {
  let json = inside;
  for (let n = 0; n < depth; n++) json = { type: "IfPresent", body: { ifs: [json], else: "r" } };
  return json;
}

describe("nesting", () => {
  test("of values goes 128 deep, and no deeper", () => {
    const body = (depth: number) => `92cd0400${"91".repeat(depth)}c0`;
    // The macaroon, its list and the body.
    expect(kindOf(withList(body(126)))).toBe("permission");
    expect(kindOf(withList(body(127)))).toBe("too_large");
    expect(kindOf(withList(body(180_000)))).toBe("too_large");
    expect(kindOf(withList("81".repeat(180_000)))).toBe("too_large");
    expect(kindOf(`fm2_${Buffer.alloc(180_000, 0x91).toString("base64")}`)).toBe("too_large");
  });

  test("of caveats goes 31 deep, and no deeper", () => {
    expect(kindOf(withList(nested(31)))).toBe("permission");
    expect(kindOf(withList(nested(32)))).toBe("too_large");
    expect(kindOf(withList(nested(30_000)))).toBe("too_large");
    expect(everything(withList(nested(31)))).toEqual(Array(5).fill(undefined));
  });

  test("of caveats in JSON is the same", () => {
    const header = formatHeader([mint({ key, nonce: { kid: Buffer.of(1) }, caveats: [] })]);
    expect(everything(attenuate(header, [nestedJson(31)]))).toEqual(Array(5).fill(undefined));
    for (const depth of [32, 1_000, 100_000])
      expect(
        reasonOf(() => attenuate(header, [nestedJson(depth)])),
        String(depth),
      ).toBe("too_large");
    expect(reasonOf(() => mint({ key, nonce: { kid: Buffer.of(1) }, caveats: [nestedJson(32)] }))).toBe(
      "too_large",
    );
    expect(reasonOf(() => caveatOf(nestedJson(50_000, { type: "?", body: 1 })))).toBe("too_large");
  });

  test("of lists in a body that is to be none is refused where it begins", () => {
    let lists: unknown = [];
    for (let n = 0; n < 100_000; n++) lists = [lists];
    for (const type of ["Action", "Commands", "Mutations", "IsUser", "Apps", "3P", "BindToParentToken"])
      expect(
        reasonOf(() => caveatOf({ type, body: lists })),
        type,
      ).toBe("bad_caveat");
  });
});

describe("what is to be added", () => {
  const header = formatHeader([mint({ key, nonce: { kid: Buffer.of(1) }, caveats: [] })]);
  /** Each of about 300 bytes. */
  const domains = (count: number): CaveatJson[] =>
    Array.from({ length: count }, (_, id) => ({ type: "ConfineGoogleHD", body: `${id}.`.padEnd(300, "x") }));

  test("has text of at most 256 KiB", () => {
    const long = "A".repeat(256 * 1024 + 4);
    for (const [type, body] of [
      ["BindToParentToken", long],
      ["ConfineGoogleHD", long],
      ["Mutations", { mutations: [long] }],
      ["Machines", { machines: { [long]: "r" } }],
    ] as const)
      expect(
        reasonOf(() => caveatOf({ type, body })),
        type,
      ).toBe("too_large");
    expect(reasonOf(() => caveatOf({ type: "999", raw: "c0".repeat(16 * mebibyte) }, { raw: true }))).toBe(
      "too_large",
    );
    expect(reasonOf(() => caveatOf({ type: "IsUser", body: { uint64: "1".repeat(mebibyte) } }))).toBe(
      "bad_caveat",
    );
  });

  test("makes no header that could not be read again", () => {
    const large = attenuate(header, domains(600));
    expect(parseHeader(large)).toHaveLength(1);
    expect(reasonOf(() => attenuate(large, domains(700)))).toBe("too_large");
    expect(reasonOf(() => attenuate(header, domains(700)))).toBe("too_large");
    const bag = Array(100).fill(header.slice(6)).join();
    expect(parseHeader(attenuate(bag, domains(5)))).toHaveLength(100);
    expect(reasonOf(() => attenuate(bag, domains(10)))).toBe("too_large");
  });

  test("is at most 1024 caveats", () => {
    const many = Array(1024).fill({ type: "Action", body: "r" });
    expect(attenuate(header, many)).toBe(attenuate(header, many.slice(0, 1)));
    expect(reasonOf(() => attenuate(header, [...many, many[0]]))).toBe("too_large");
    expect(reasonOf(() => attenuate(header, Array(1_000_000).fill({ type: "?" })))).toBe("too_large");
  });
});

/** A macaroon signed with a key. */
function signed(signer: Uint8Array, location: string, kid: Uint8Array, caveats: readonly Caveat[]): Macaroon {
  const nonce = makeNonce({ version: 1, kid, rnd: randomBytes(16), proof: false });
  const tail = caveats.reduce<Uint8Array>(nextTail, firstTail(signer, nonce));
  return makeMacaroon({ nonce, location, caveats, tail });
}

/** The same for caveats of which each is made with the tail before it. */
function grown(count: number, make: (tail: Uint8Array) => Caveat): Macaroon {
  const nonce = makeNonce({ version: 1, kid: Buffer.of(1), rnd: Buffer.of(2), proof: false });
  const caveats: Caveat[] = [];
  let tail: Uint8Array = firstTail(key, nonce);
  for (let n = 0; n < count; n++) {
    const one = make(tail);
    caveats.push(one);
    tail = nextTail(tail, one);
  }
  return makeMacaroon({ nonce, location: permissionLocation, caveats, tail });
}

const action = makeCaveat("Action", 1);
const empty = Buffer.alloc(0);
const asksForNothing = makeCaveat("3P", { Location: "", VerifierKey: empty, Ticket: empty });
const partyKey = Buffer.alloc(32, 3);

/** The largest headers there can be, each made to cost as much as it can: everything is done before the test's time is up. */
describe("a header as large as it may be", () => {
  test.each<[string, () => Macaroon[]]>([
    ["caveats", () => [signed(key, permissionLocation, empty, Array(95_000).fill(action))]],
    [
      "third parties that all ask for one discharge of many caveats",
      () => [
        signed(key, permissionLocation, Buffer.of(1), Array(13_000).fill(asksForNothing)),
        signed(key, "", empty, Array(45_000).fill(action)),
      ],
    ],
    [
      "third parties without a discharge, among many discharges",
      () => [
        signed(key, permissionLocation, Buffer.of(1), Array(12_000).fill(asksForNothing)),
        ...Array.from({ length: 200 }, () => signed(key, "", Buffer.of(1), [])),
      ],
    ],
    [
      "third parties whose discharge is the last of many",
      () => [
        grown(1_200, (tail) =>
          makeCaveat("3P", { Location: "", VerifierKey: seal(tail, partyKey), Ticket: empty }),
        ),
        ...Array.from({ length: 60 }, () => signed(key, "", empty, Array(600).fill(action))),
        signed(partyKey, "", empty, []),
      ],
    ],
    [
      "steps, and a discharge that may be bound to any of them",
      () => {
        const token = grown(40_000, () => action);
        const party = makeCaveat("3P", {
          Location: "",
          VerifierKey: seal(token.tail, partyKey),
          Ticket: empty,
        });
        const tail = nextTail(token.tail, party);
        const bind = makeCaveat("BindToParentToken", bindingId(tail).subarray(0, 1));
        return [
          makeMacaroon({ ...token, caveats: [...token.caveats, party], tail }),
          signed(partyKey, "", empty, Array(20_000).fill(bind)),
        ];
      },
    ],
    [
      "digits",
      () => [signed(key, permissionLocation, empty, [makeCaveat("GoogleUserID", (1n << 1_500_000n) - 1n)])],
    ],
    [
      "apps",
      () => [
        signed(key, permissionLocation, empty, [
          makeCaveat("Apps", { apps: Array.from({ length: 30_000 }, (_, id) => [id + 70_000, 1] as const) }),
        ]),
      ],
    ],
  ])("of %s", (_, make) => {
    const header = formatHeader(make());
    expect(header.length).toBeLessThanOrEqual(256 * 1024);
    expect(header.length).toBeGreaterThan(100 * 1024);
    expect(everything(header)).toEqual(Array(5).fill(undefined));
  });

  test("is still verified, where it is honest", () => {
    const token = signed(key, permissionLocation, empty, [
      caveatOf({ type: "Organization", body: { id: 1, mask: "r" } }),
      ...Array<Caveat>(90_000).fill(action),
    ]);
    const { results } = verify(formatHeader([token]), key);
    expect(results[0]?.verified && results[0].caveats.slice(0, 2).map(toJson)).toEqual([
      { type: "Organization", body: { id: 1, mask: "r" } },
      { type: "Action", body: "r" },
    ]);
    expect(evaluateHeader(formatHeader([token]), { action: "r", org: 1 }, now).allowed).toBe(true);
  });

  test("says in one sentence what has endless digits", () => {
    const [, , sentence = ""] = explain(
      formatHeader([signed(key, permissionLocation, empty, [makeCaveat("GoogleUserID", 1n << 100_000n)])]),
      { now },
    ).sentences;
    expect(sentence.length).toBeLessThan(200);
  });
});
