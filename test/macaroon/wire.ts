/**
 * Macaroons as another implementation could have written them: every freedom that MessagePack gives is taken, and beside
 * the bytes stands what a reader has to make of them. Shares no code with src/macaroon.
 */
import fc from "fast-check";
import type { CaveatName } from "../../src/macaroon/caveat.ts";

type Draw = fc.GeneratorValue;

/** Bytes, and the JSON that they mean. */
export interface Written {
  bytes: Buffer;
  json: unknown;
}

export interface WrittenCaveat extends Written {
  json: { type: string; body?: unknown; raw?: string };
}

export interface WrittenMacaroon {
  bytes: Buffer;
  nonce: { version: 0 | 1; kid: Buffer; rnd: Buffer; proof: boolean; bytes: Buffer };
  location: string;
  caveats: readonly WrittenCaveat[];
  tail: Buffer;
}

const letters = ["r", "w", "c", "d", "C"];
const lettersOf = (mask: number) => letters.filter((_, bit) => mask & (1 << bit)).join("");
const jsonOf = (value: bigint) =>
  value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : String(value);

function sized(first: number, width: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = first;
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  return Buffer.concat([bytes.subarray(0, 1), bytes.subarray(9 - width)]);
}

/** One of the forms that hold a value. */
function form(draw: Draw, forms: readonly (Buffer | false)[]): Buffer {
  const fitting = forms.filter((one) => one !== false);
  return fitting[draw(fc.nat, { max: fitting.length - 1 })] ?? Buffer.alloc(0);
}

function int(draw: Draw, value: bigint): Buffer {
  const fits = (bits: bigint) => value >= 0n && value < 1n << bits;
  const fitsSigned = (bits: bigint) => value >= -(1n << (bits - 1n)) && value < 1n << (bits - 1n);
  return form(draw, [
    value >= -32n && value < 128n && Buffer.of(Number(value) & 0xff),
    fits(8n) && sized(0xcc, 1, value),
    fits(16n) && sized(0xcd, 2, value),
    fits(32n) && sized(0xce, 4, value),
    fits(64n) && sized(0xcf, 8, value),
    fitsSigned(8n) && sized(0xd0, 1, value),
    fitsSigned(16n) && sized(0xd1, 2, value),
    fitsSigned(32n) && sized(0xd2, 4, value),
    fitsSigned(64n) && sized(0xd3, 8, value),
  ]);
}

/** A head with a length: `fixed` is its first byte where that can hold `below` lengths. */
function head(draw: Draw, length: number, firsts: readonly number[], fixed = 0, below = 0): Buffer {
  const [one = -1, two = -1, four = -1] = firsts;
  return form(draw, [
    length < below && Buffer.of(fixed | length),
    one >= 0 && length < 0x100 && sized(one, 1, BigInt(length)),
    length < 0x10000 && sized(two, 2, BigInt(length)),
    sized(four, 4, BigInt(length)),
  ]);
}

function str(draw: Draw, text: string): Buffer {
  if (text === "" && draw(fc.boolean)) return Buffer.of(0xc0);
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([head(draw, bytes.length, [0xd9, 0xda, 0xdb], 0xa0, 32), bytes]);
}

function bin(draw: Draw, bytes: Uint8Array): Buffer {
  if (bytes.length === 0 && draw(fc.boolean)) return Buffer.of(0xc0);
  return Buffer.concat([head(draw, bytes.length, [0xc4, 0xc5, 0xc6]), bytes]);
}

function array(draw: Draw, items: readonly Buffer[]): Buffer {
  return Buffer.concat([head(draw, items.length, [-1, 0xdc, 0xdd], 0x90, 16), ...items]);
}

function map(draw: Draw, pairs: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([head(draw, pairs.length, [-1, 0xde, 0xdf], 0x80, 16), ...pairs.flat()]);
}

/** Any value at all, text that is no UTF-8 among it. */
function anything(draw: Draw, depth = 0): Buffer {
  const bytes = () => Buffer.from(draw(fc.uint8Array, { maxLength: 40 }));
  const few = () => Array.from({ length: draw(fc.nat, { max: 3 }) }, () => anything(draw, depth + 1));
  switch (draw(fc.nat, { max: depth > 4 ? 7 : 9 })) {
    case 0:
      return Buffer.of(0xc0);
    case 1:
      return Buffer.of(draw(fc.boolean) ? 0xc3 : 0xc2);
    case 2:
      return int(draw, draw(fc.bigInt, { min: -(2n ** 63n), max: 2n ** 64n - 1n }));
    case 3: {
      const content = bytes();
      return Buffer.concat([head(draw, content.length, [0xd9, 0xda, 0xdb], 0xa0, 32), content]);
    }
    case 4:
      return bin(draw, bytes());
    case 5:
      return Buffer.concat([
        Buffer.of(0xca),
        Buffer.from(draw(fc.uint8Array, { minLength: 4, maxLength: 4 })),
      ]);
    case 6: {
      const content = bytes();
      return Buffer.concat([head(draw, content.length, [0xc7, 0xc8, 0xc9]), Buffer.of(7), content]);
    }
    case 7: {
      const power = draw(fc.nat, { max: 4 });
      return Buffer.concat([Buffer.of(0xd4 + power, 7), Buffer.alloc(1 << power, 5)]);
    }
    case 8:
      return array(draw, few());
    default:
      return map(
        draw,
        few().map((one) => [one, anything(draw, depth + 1)]),
      );
  }
}

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).filter((one) => !/\p{Surrogate}/u.test(one)),
  fc.constantFrom(
    "",
    "m1",
    "__proto__",
    "constructor",
    "\uFFFD",
    "\u{10000}",
    "x".repeat(40),
    "y".repeat(300),
  ),
);
const uints = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 127n, 128n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 300n }),
);
const sints = fc.oneof(
  uints.filter((one) => one < 2n ** 63n),
  fc.bigInt({ min: -(2n ** 63n), max: 0n }),
);
const masks = fc.oneof(fc.nat({ max: 31 }), fc.nat({ max: 0xffff }));
const blobs = fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one));

type Body = (draw: Draw, depth: number) => Written;

const number =
  (values: fc.Arbitrary<bigint>): Body =>
  (draw) => {
    const value = draw(() => values);
    return { bytes: int(draw, value), json: jsonOf(value) };
  };
const mask: Body = (draw) => {
  const value = draw(() => masks);
  return { bytes: int(draw, BigInt(value)), json: lettersOf(value) };
};
const text: Body = (draw) => {
  const value = draw(() => texts);
  return { bytes: str(draw, value), json: value };
};
const blob: Body = (draw) => {
  const value = draw(() => blobs);
  return { bytes: bin(draw, value), json: value.toString("base64") };
};
const flag: Body = (draw) => {
  const value = draw(fc.boolean);
  return { bytes: Buffer.of(value ? 0xc3 : 0xc2), json: value };
};
const list =
  (item: Body): Body =>
  (draw, depth) => {
    if (draw(fc.nat, { max: 5 }) === 0) return { bytes: Buffer.of(0xc0), json: [] };
    const items = Array.from({ length: draw(fc.nat, { max: 4 }) }, () => item(draw, depth));
    return {
      bytes: array(
        draw,
        items.map(({ bytes }) => bytes),
      ),
      json: items.map(({ json }) => json),
    };
  };
const struct =
  (fields: Record<string, Body>): Body =>
  (draw, depth) => {
    const written = Object.entries(fields).map(([key, body]) => [key, body(draw, depth)] as const);
    return {
      bytes: array(
        draw,
        written.map(([, { bytes }]) => bytes),
      ),
      json: Object.fromEntries(written.map(([key, { json }]) => [key, json])),
    };
  };
/** In any order, and now and then with the wildcard beside other ids: a reader takes it, whoever decides refuses. */
const set = (key: string, id: fc.Arbitrary<string | bigint>): Body =>
  struct({
    [key]: (draw, depth) => {
      if (draw(fc.nat, { max: 5 }) === 0) return { bytes: Buffer.of(0xc0), json: {} };
      const ids = draw(() => fc.uniqueArray(id, { maxLength: draw(fc.boolean) ? 3 : 20 }));
      const pairs = ids.map((one) => {
        const { bytes, json } = mask(draw, depth);
        return {
          key: typeof one === "string" ? str(draw, one) : int(draw, one),
          bytes,
          entry: [String(one), json],
        };
      });
      return {
        bytes: map(
          draw,
          pairs.map(({ key, bytes }) => [key, bytes] as const),
        ),
        json: Object.fromEntries(pairs.map(({ entry }) => entry)),
      };
    },
  });

const command: Body = (draw, depth) => {
  const { bytes, json } = struct({ args: list(text), exact: flag })(draw, depth);
  const { args, exact } = json as { args: unknown; exact: boolean };
  return { bytes, json: exact ? { args, exact } : { args } };
};

const numbers: Record<CaveatName, number> = {
  Organization: 0,
  Volumes: 2,
  Apps: 3,
  ValidityWindow: 4,
  FeatureSet: 5,
  Mutations: 6,
  Machines: 7,
  ConfineUser: 8,
  ConfineOrganization: 9,
  IsUser: 10,
  "3P": 11,
  BindToParentToken: 12,
  IfPresent: 13,
  MachineFeatureSet: 14,
  FromMachineSource: 15,
  Clusters: 16,
  ConfineGoogleHD: 19,
  ConfineGitHubOrg: 20,
  MaxValidity: 21,
  IsMember: 22,
  FlyioUserID: 23,
  GitHubUserID: 24,
  GoogleUserID: 25,
  Action: 26,
  Commands: 27,
  AppFeatureSet: 28,
  StorageObjects: 29,
  AllowedRoles: 30,
  FlySrc: 31,
};

const bodies: Record<CaveatName, Body> = {
  Organization: struct({ id: number(uints), mask }),
  Volumes: set("volumes", texts),
  Apps: set("apps", uints),
  ValidityWindow: struct({ not_before: number(sints), not_after: number(sints) }),
  FeatureSet: set("features", texts),
  Mutations: struct({ mutations: list(text) }),
  Machines: set("machines", texts),
  ConfineUser: struct({ id: number(uints) }),
  ConfineOrganization: struct({ id: number(uints) }),
  IsUser: struct({ uint64: number(uints) }),
  "3P": struct({ Location: text, VerifierKey: blob, Ticket: blob }),
  BindToParentToken: blob,
  IfPresent: struct({ ifs: caveatList, else: mask }),
  MachineFeatureSet: set("features", texts),
  FromMachineSource: struct({ id: text }),
  Clusters: set("clusters", texts),
  ConfineGoogleHD: text,
  ConfineGitHubOrg: number(uints),
  MaxValidity: number(uints),
  IsMember: struct({}),
  FlyioUserID: number(uints),
  GitHubUserID: number(uints),
  GoogleUserID(draw) {
    const value = draw(() => fc.bigInt({ min: 0n, max: 2n ** 80n }));
    const digits = value === 0n ? "" : value.toString(16);
    const zeros = "00".repeat(draw(fc.nat, { max: 2 }));
    const bytes = Buffer.from(zeros + (digits.length % 2 ? "0" : "") + digits, "hex");
    return { bytes: bin(draw, bytes), json: jsonOf(value) };
  },
  Action: mask,
  Commands: list(command),
  AppFeatureSet: set("features", texts),
  StorageObjects: set("storage_objects", texts),
  AllowedRoles: number(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n })),
  FlySrc: struct({ organization: text, app: text, instance: text }),
};

export const names = Object.keys(numbers) as CaveatName[];

/** A caveat of the given type, or of any; `bytes`: type and body. */
export function caveat(draw: Draw, depth = 0, wanted?: CaveatName): WrittenCaveat {
  const name = wanted ?? draw(() => fc.constantFrom(...names, undefined, undefined));
  if (name === undefined) {
    const known = new Set(Object.values(numbers).map(BigInt));
    const type = draw(() => uints.filter((one) => !known.has(one)));
    const raw = anything(draw);
    return {
      bytes: Buffer.concat([int(draw, type), raw]),
      json: { type: String(type), raw: raw.toString("hex") },
    };
  }
  const { bytes, json } = bodies[name](draw, depth + 1);
  return {
    bytes: Buffer.concat([int(draw, BigInt(numbers[name])), bytes]),
    json: { type: name, body: json },
  };
}

function caveatList(draw: Draw, depth: number): Written {
  if (draw(fc.nat, { max: 5 }) === 0) return { bytes: Buffer.of(0xc0), json: [] };
  const length = depth > 3 ? 0 : draw(fc.nat, { max: 3 });
  const inner = Array.from({ length }, () => caveat(draw, depth));
  return { bytes: flat(draw, inner), json: inner.map(({ json }) => json) };
}

/** The list of a macaroon or of an IfPresent: type and body count as two. */
function flat(draw: Draw, caveats: readonly WrittenCaveat[]): Buffer {
  const length = head(draw, caveats.length * 2, [-1, 0xdc, 0xdd], 0x90, 16);
  return Buffer.concat([length, ...caveats.map(({ bytes }) => bytes)]);
}

/** @param caveats those in it; any unless given */
export function macaroon(draw: Draw, caveats = anyCaveats(draw)): WrittenMacaroon {
  const kid = draw(() => blobs);
  const rnd = Buffer.from(draw(fc.uint8Array, { minLength: 16, maxLength: 16 }));
  const version = draw(fc.boolean) ? 1 : 0;
  const proof = version === 1 && draw(fc.boolean);
  const fields = [bin(draw, kid), bin(draw, rnd)];
  const nonce = array(draw, version === 1 ? [...fields, Buffer.of(proof ? 0xc3 : 0xc2)] : fields);
  const location = draw(() =>
    fc.oneof(
      fc.constant("https://api.fly.io/v1"),
      fc.constantFrom("https://auth.fly.io", "", "\u202Eevil\u0007"),
      texts,
    ),
  );
  const tail = Buffer.from(draw(fc.uint8Array, { minLength: 32, maxLength: 32 }));
  const noCaveats = caveats.length === 0 && draw(fc.boolean);
  const list = noCaveats ? Buffer.of(0xc0) : flat(draw, caveats);
  return {
    bytes: array(draw, [nonce, str(draw, location), list, bin(draw, tail)]),
    nonce: { version, kid, rnd, proof, bytes: nonce },
    location,
    caveats,
    tail,
  };
}

function anyCaveats(draw: Draw): WrittenCaveat[] {
  return Array.from({ length: draw(fc.nat, { max: 10 }) }, () => caveat(draw));
}

export function headerOf(macaroons: readonly { bytes: Uint8Array }[]): string {
  return `FlyV1 ${macaroons.map(({ bytes }) => `fm2_${Buffer.from(bytes).toString("base64")}`).join(",")}`;
}
