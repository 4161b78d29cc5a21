/**
 * Reads MessagePack where it lies, since the exact bytes are what is signed. Strict where Go's reader is lenient: text is
 * not bytes, a struct is no map. Integers may have any width; nil may stand for an array, a map, text or bytes.
 */
import { isUtf8 } from "node:buffer";
import { MacaroonFault } from "./fault.ts";
import { deepestValue } from "./limits.ts";

/** An integer: a `bigint` only where a `number` would not be exact. */
export type Integer = number | bigint;

export class Reader {
  readonly bytes: Buffer;
  at = 0;

  /** @throws MacaroonFault `bad_msgpack` unless the bytes are exactly one value */
  constructor(bytes: Uint8Array) {
    this.bytes = bufferOf(bytes);
    if (skip(this.bytes, 0, 0) !== bytes.length) throw new MacaroonFault("bad_msgpack");
  }

  /** The bytes from a place to here, not copied. */
  since(start: number): Buffer {
    return this.bytes.subarray(start, this.at);
  }

  /** Goes behind the next value, whatever it is. */
  skip(): void {
    this.at = skip(this.bytes, this.at, 0);
  }

  /** Goes behind a nil, if one is next. */
  nil(): boolean {
    if (this.bytes[this.at] !== 0xc0) return false;
    this.at += 1;
    return true;
  }

  array(): number {
    return this.#length(0x90, 0x0f, 0xdc, 0xdd);
  }

  map(): number {
    return this.#length(0x80, 0x0f, 0xde, 0xdf);
  }

  text(): string {
    const length = this.#length(0xa0, 0x1f, 0xda, 0xdb, 0xd9);
    const start = this.at;
    this.at += length;
    const text = this.bytes.toString("utf8", start, this.at);
    // What is no UTF-8 reads as U+FFFD, and two texts would be one.
    if (text.includes("\uFFFD") && !isUtf8(this.since(start))) throw new MacaroonFault("bad_structure");
    return text;
  }

  binary(): Buffer {
    const length = this.#length(-1, 0, 0xc5, 0xc6, 0xc4);
    const start = this.at;
    this.at += length;
    return this.since(start);
  }

  boolean(): boolean {
    const byte = this.bytes[this.at];
    if (byte !== 0xc2 && byte !== 0xc3) throw new MacaroonFault("bad_structure");
    this.at += 1;
    return byte === 0xc3;
  }

  integer(): Integer {
    const { bytes, at } = this;
    const byte = bytes[at] ?? 0xc1;
    if (byte < 0x80 || byte >= 0xe0) {
      this.at += 1;
      return byte < 0x80 ? byte : byte - 0x100;
    }
    if (byte < 0xcc || byte > 0xd3) throw new MacaroonFault("bad_structure");
    const width = 1 << (byte & 3);
    this.at += 1 + width;
    if (width === 8)
      return exact(byte === 0xcf ? bytes.readBigUInt64BE(at + 1) : bytes.readBigInt64BE(at + 1));
    return byte < 0xd0 ? bytes.readUIntBE(at + 1, width) : bytes.readIntBE(at + 1, width);
  }

  /** The length of the next value of one family; `fixed` with its `mask` is the form whose first byte holds it. */
  #length(fixed: number, mask: number, two: number, four: number, one = -1): number {
    const { bytes, at } = this;
    const byte = bytes[at] ?? 0xc1;
    if (fixed >= 0 && (byte & ~mask) === fixed) {
      this.at += 1;
      return byte & mask;
    }
    const width = byte === one ? 1 : byte === two ? 2 : byte === four ? 4 : 0;
    if (width === 0) throw new MacaroonFault("bad_structure");
    this.at += 1 + width;
    return bytes.readUIntBE(at + 1, width);
  }
}

/** The same bytes, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function exact(value: bigint): Integer {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Bytes behind the first one, by first byte from 0xc0 to 0xdf; for what has a length, the width of that. */
const sizes = [
  0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17, 1, 2, 4, 2, 4, 2, 4,
] as const;

/** Where the value that begins at a place ends. @throws MacaroonFault `bad_msgpack`, `too_large` */
function skip(bytes: Buffer, start: number, depth: number): number {
  if (depth > deepestValue) throw new MacaroonFault("too_large");
  let at = behindHead(bytes, start);
  let items = itemsOf(bytes, start);
  // Every item has at least one byte: a length that lies is found out before anything is done with it.
  if (at + items > bytes.length) throw new MacaroonFault("bad_msgpack");
  for (; items > 0; items--) at = skip(bytes, at, depth + 1);
  return at;
}

/** Where the items of an array or a map begin; for all others, where the value ends. */
function behindHead(bytes: Buffer, start: number): number {
  const byte = bytes[start] ?? 0xc1;
  const at = start + 1;
  if (byte < 0xa0 || byte >= 0xe0) return at;
  if (byte < 0xc0) return at + (byte & 0x1f);
  const size = sizes[byte - 0xc0] ?? 0;
  if (byte === 0xc1 || at + size > bytes.length) throw new MacaroonFault("bad_msgpack");
  const isExtension = byte >= 0xc7 && byte <= 0xc9;
  const hasLength = isExtension || (byte >= 0xc4 && byte <= 0xc6) || (byte >= 0xd9 && byte <= 0xdb);
  // An extension has one byte more, which names its type.
  return at + size + (hasLength ? bytes.readUIntBE(at, size) + (isExtension ? 1 : 0) : 0);
}

/** How many values an array or a map holds, whose head is whole. */
function itemsOf(bytes: Buffer, start: number): number {
  const byte = bytes[start] ?? 0;
  if (byte < 0x80 || byte >= 0xe0) return 0;
  if (byte < 0x90) return (byte & 0x0f) * 2;
  if (byte < 0xa0) return byte & 0x0f;
  if (byte < 0xdc) return 0;
  return bytes.readUIntBE(start + 1, sizes[byte - 0xc0] ?? 0) * (byte >= 0xde ? 2 : 1);
}
