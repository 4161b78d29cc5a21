/** Writes MessagePack in the one form that Fly.io's own library gives it: every number and length as short as it can be. */
import type { Integer } from "./reader.ts";

export class Writer {
  #bytes: Buffer;
  #length = 0;

  /** @param room bytes that will do, most likely */
  constructor(room = 64) {
    this.#bytes = Buffer.allocUnsafe(room);
  }

  /** All that was written; nothing may be written after it. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Bytes that are MessagePack already. */
  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  nil(): this {
    return this.#byte(0xc0);
  }

  boolean(value: boolean): this {
    return this.#byte(value ? 0xc3 : 0xc2);
  }

  integer(value: Integer): this {
    if (value >= -32 && value < 0x80) return this.#byte(Number(value) & 0xff);
    if (value >= 0x80) return this.#sized(value, [0xcc, 0xcd, 0xce, 0xcf]);
    const width = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x80000000 ? 2 : 3;
    return this.#sized(BigInt.asUintN(8 << width, BigInt(value)), [0xd0, 0xd1, 0xd2, 0xd3], width);
  }

  text(value: string): this {
    const bytes = Buffer.from(value, "utf8");
    if (bytes.length < 32) this.#byte(0xa0 | bytes.length);
    else this.#sized(bytes.length, [0xd9, 0xda, 0xdb]);
    return this.raw(bytes);
  }

  binary(bytes: Uint8Array): this {
    return this.#sized(bytes.length, [0xc4, 0xc5, 0xc6]).raw(bytes);
  }

  array(length: number): this {
    return length < 16 ? this.#byte(0x90 | length) : this.#sized(length, [-1, 0xdc, 0xdd]);
  }

  map(length: number): this {
    return length < 16 ? this.#byte(0x80 | length) : this.#sized(length, [-1, 0xde, 0xdf]);
  }

  #byte(byte: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = byte;
    return this;
  }

  /** First bytes for one, two, four and eight bytes of length or value; -1 where there is no such form. */
  #sized(value: Integer, firsts: readonly number[], width = widthOf(value)): this {
    const form = firsts[width] === -1 ? width + 1 : width;
    const at = this.#grow(1 + (1 << form));
    this.#bytes[at] = firsts[form] ?? 0;
    if (form === 3) this.#bytes.writeBigUInt64BE(BigInt(value), at + 1);
    else this.#bytes.writeUIntBE(Number(value), at + 1, 1 << form);
    return this;
  }

  /** Makes room. @returns where it begins */
  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

function widthOf(value: Integer): number {
  return value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
}
