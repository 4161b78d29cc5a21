/**
 * A macaroon of Fly.io: `[nonce, location, caveats, tail]` in MessagePack. What was read keeps its bytes, so that
 * decoding and encoding is the identity.
 */
import { createHash } from "node:crypto";
import { type Caveat, caveatList } from "./caveat.ts";
import { MacaroonFault } from "./fault.ts";
import { Reader } from "./reader.ts";
import { binary, text } from "./shape.ts";
import { Writer } from "./writer.ts";

/** Where the tokens belong that permit something. The location is not signed: never a proof of origin. */
export const permissionLocation = "https://api.fly.io/v1";
export const tailLength = 32;

export interface Nonce {
  /** 0: without the flag `proof`. */
  version: 0 | 1;
  kid: Uint8Array;
  rnd: Uint8Array;
  /** A discharge whose tail is finalized: nobody can add to it. */
  proof: boolean;
  /** As it is signed. */
  bytes: Uint8Array;
}

export interface Macaroon {
  nonce: Nonce;
  location: string;
  /** The location as it was encoded. */
  place: Uint8Array;
  caveats: readonly Caveat[];
  tail: Uint8Array;
  bytes: Uint8Array;
}

/** @throws MacaroonFault `bad_msgpack`, `bad_structure`, `too_large` */
export function decodeMacaroon(bytes: Uint8Array): Macaroon {
  const reader = new Reader(bytes);
  if (reader.array() !== 4) throw new MacaroonFault("bad_structure");
  const nonce = readNonce(reader);
  const start = reader.at;
  const location = text.read(reader, 0);
  const place = reader.since(start);
  const caveats = caveatList.read(reader, 0) ?? [];
  const tail = reader.binary();
  if (tail.length !== tailLength) throw new MacaroonFault("bad_structure");
  return { nonce, location, place, caveats, tail, bytes };
}

function readNonce(reader: Reader): Nonce {
  const start = reader.at;
  const fields = reader.array();
  if (fields !== 2 && fields !== 3) throw new MacaroonFault("bad_structure");
  const kid = binary.read(reader, 0);
  const rnd = binary.read(reader, 0);
  const proof = fields === 3 && reader.boolean();
  return { version: fields === 3 ? 1 : 0, kid, rnd, proof, bytes: reader.since(start) };
}

/** @param parts of version 0 without `proof` */
export function makeNonce({ version, kid, rnd, proof }: Omit<Nonce, "bytes">): Nonce {
  const writer = new Writer()
    .array(version === 0 ? 2 : 3)
    .binary(kid)
    .binary(rnd);
  if (version === 1) writer.boolean(proof);
  return { version, kid, rnd, proof, bytes: writer.finish() };
}

/** A macaroon of its parts. Nonce, place and caveats keep the bytes that they have. */
export function makeMacaroon(parts: Omit<Macaroon, "bytes" | "place"> & { place?: Uint8Array }): Macaroon {
  const { nonce, location, caveats, tail, place = new Writer().text(location).finish() } = parts;
  const room = caveats.reduce((sum, { bytes }) => sum + bytes.length, 64 + nonce.bytes.length + place.length);
  const writer = new Writer(room).array(4).raw(nonce.bytes).raw(place);
  caveatList.write(writer, caveats);
  return { nonce, location, place, caveats, tail, bytes: writer.binary(tail).finish() };
}

const namespace = Buffer.from("968fc2c6a94f4988a5442ad72b02f222", "hex");

/**
 * Which token it is, without a secret: UUIDs of version 5 (RFC 9562) over kid and rnd. It survives attenuation, and is
 * the name of the token as a caller: `<uuid>@tokens.fly.io`.
 */
export function uuidOf({ kid, rnd }: Pick<Nonce, "kid" | "rnd">): string {
  const hex = uuid5(uuid5(namespace, kid), rnd).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function uuid5(space: Uint8Array, name: Uint8Array): Buffer {
  const hash = createHash("sha1").update(space).update(name).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash;
}

/** When it ends by its own words, in unix seconds: the earliest end of its windows, wherever they stand; `null`: never. */
export function expiryOf(caveats: readonly Caveat[]): number | bigint | null {
  return earliest(
    caveats.map((caveat) => {
      if (caveat.name === "ValidityWindow") return caveat.body.not_after;
      return caveat.name === "IfPresent" ? expiryOf(caveat.body.ifs ?? []) : null;
    }),
  );
}

export function earliest(moments: readonly (number | bigint | null)[]): number | bigint | null {
  return moments.reduce(
    (first, one) => (one !== null && (first === null || one < first) ? one : first),
    null,
  );
}
