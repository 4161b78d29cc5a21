/** Breaks headers in the ways in which bytes and text get broken, the same way for the same seed. */

import { decodeMacaroon, type Macaroon, makeMacaroon, makeNonce } from "../../src/macaroon/macaroon.ts";

/** Numbers from 0 up to a bound, without end (mulberry32). */
export type Dice = (below: number) => number;

export function dice(seed: number): Dice {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** First bytes of every family of MessagePack, and the ends of what they hold. */
const telling = [
  0x00, 0x01, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xc1, 0xc2,
  0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4,
  0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff, 0x0d, 0x0b, 0x1b,
];

type OnBytes = (roll: Dice, bytes: Buffer, other: Buffer) => Buffer;

const onBytes: readonly OnBytes[] = [
  (roll, bytes) => {
    const copy = Buffer.from(bytes);
    const at = roll(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << roll(8));
    return copy;
  },
  (roll, bytes) => {
    const copy = Buffer.from(bytes);
    copy[roll(copy.length)] = telling[roll(telling.length)] ?? 0;
    return copy;
  },
  (roll, bytes) => bytes.subarray(0, roll(bytes.length)),
  (roll, bytes) => bytes.subarray(roll(bytes.length)),
  (roll, bytes) => {
    const at = roll(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + roll(8))]);
  },
  (roll, bytes) => {
    const at = roll(bytes.length + 1);
    const more = Buffer.from(Array.from({ length: 1 + roll(8) }, () => telling[roll(telling.length)] ?? 0));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  (roll, bytes) => {
    const [at, length] = [roll(bytes.length), 1 + roll(64)];
    const slice = bytes.subarray(at, at + length);
    return Buffer.concat([bytes.subarray(0, at), ...Array(1 + roll(6)).fill(slice), bytes.subarray(at)]);
  },
  (roll, bytes, other) =>
    Buffer.concat([bytes.subarray(0, roll(bytes.length)), other.subarray(roll(other.length))]),
  (roll, bytes, other) => {
    const [at, from] = [roll(bytes.length), roll(other.length)];
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + roll(80)), bytes.subarray(at)]);
  },
  // A longer form of the first list, with a length of its own.
  (roll, bytes) => Buffer.concat([Buffer.of(0xdd, roll(2) * 0xff, 0, 0, roll(6)), bytes.subarray(1)]),
];

const pieces = [
  "fm2_",
  "fm1r_",
  "fm1a_",
  "fo1_x",
  "Bearer ",
  "FlyV1 ",
  ",",
  ",,",
  "=",
  "_",
  "\r\n",
  " ",
  "-",
  "\u00e9",
  "A",
  "\0",
];

type OnText = (roll: Dice, text: string, other: string) => string;

const onText: readonly OnText[] = [
  (roll, text) => {
    const at = roll(text.length + 1);
    return text.slice(0, at) + (pieces[roll(pieces.length)] ?? "") + text.slice(at);
  },
  (roll, text) => {
    const at = roll(text.length);
    return text.slice(0, at) + text.slice(at + 1 + roll(6));
  },
  (roll, text) => text.slice(0, roll(text.length)),
  (_, text, other) => `${text},${other}`,
  (roll, text, other) => text.slice(0, roll(text.length)) + other.slice(roll(other.length)),
  (_, text) => text.split(",").reverse().join(),
  (roll, text) => {
    const parts = text.split(",");
    return [...parts, parts[roll(parts.length)]].join();
  },
  (roll, text) => text.replace("fm2_", ["fm1r_", "fm1a_", "fm3_", "FM2_", "fo1_", ""][roll(6)] ?? ""),
  (roll, text) => text.replace(/.{40}/g, (part) => (roll(3) === 0 ? `${part}\n` : part)),
];

/** Reorders, drops, repeats and swaps what two macaroons are made of: what comes out is well-formed, and not signed. */
const onParts: readonly ((roll: Dice, one: Macaroon, other: Macaroon) => Partial<Macaroon>)[] = [
  (roll, { caveats }) => ({ caveats: caveats.toSpliced(roll(caveats.length + 1), 1) }),
  (roll, { caveats }, other) => ({
    caveats: caveats.toSpliced(
      roll(caveats.length + 1),
      roll(2),
      ...other.caveats.slice(roll(4)).slice(0, 2),
    ),
  }),
  (_, { caveats }) => ({ caveats: caveats.toReversed() }),
  (roll, { caveats }) => ({
    caveats: caveats.map((one) =>
      roll(2) ? { ...one, bytes: pick(roll, onBytes.slice(0, 2))(roll, one.bytes, one.bytes) } : one,
    ),
  }),
  (_, __, { tail }) => ({ tail }),
  (_, __, { nonce }) => ({ nonce }),
  (_, __, { location, place }) => ({ location, place }),
  (_, { nonce }) => ({ nonce: makeNonce({ ...nonce, version: 1, proof: !nonce.proof }) }),
  // For a third party's caveat, what another asked for.
  (_, { nonce }, { caveats }) => {
    const ticket = caveats.flatMap((one) => (one.name === "3P" ? [one.body.Ticket] : []))[0];
    return { nonce: makeNonce({ ...nonce, kid: ticket ?? nonce.kid }) };
  },
];

/** A header with one or two things broken. @param others headers to take parts of */
export function broken(roll: Dice, header: string, others: readonly string[]): string {
  let text = header;
  for (let left = roll(3) === 0 ? 2 : 1; left > 0; left--) {
    const other = others[roll(others.length)] ?? "";
    const how = roll(8);
    text =
      how === 0
        ? pick(roll, onText)(roll, text, other)
        : withBytes(roll, text, (bytes) =>
            how < 4
              ? pick(roll, onBytes)(roll, bytes, anyBytes(roll, other))
              : reassembled(roll, bytes, anyBytes(roll, other)),
          );
  }
  return text;
}

/** With the bytes of one of its tokens changed. */
function withBytes(roll: Dice, text: string, change: (bytes: Buffer) => Uint8Array): string {
  const parts = text.split(",");
  const at = roll(parts.length);
  const [, before = "", base64 = ""] = /^(.*?_)(.*)$/s.exec(parts[at] ?? "") ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0) return text;
  parts[at] = before + Buffer.from(change(bytes)).toString("base64");
  return parts.join();
}

function reassembled(roll: Dice, bytes: Buffer, other: Buffer): Uint8Array {
  try {
    const one = decodeMacaroon(bytes);
    return makeMacaroon({ ...one, ...pick(roll, onParts)(roll, one, decodeMacaroon(other)) }).bytes;
  } catch {
    return bytes;
  }
}

/** The bytes of one of a header's tokens. */
function anyBytes(roll: Dice, header: string): Buffer {
  const parts = header.split(",");
  return Buffer.from((parts[roll(parts.length)] ?? "").replace(/^.*_/s, ""), "base64");
}

function pick<Item>(roll: Dice, list: readonly Item[]): Item {
  return list[roll(list.length)] as Item;
}
