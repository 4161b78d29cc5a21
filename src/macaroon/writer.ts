/** Writes MessagePack in the one form that Fly.io's own library gives it: every number and length as short as it can be. */
import type { Integer } from "./reader.ts";

export class Writer {
  readonly #parts: Uint8Array[] = [];

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** Bytes that are MessagePack already. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  nil(): this {
    return this.#bytes(0xc0);
  }

  boolean(value: boolean): this {
    return this.#bytes(value ? 0xc3 : 0xc2);
  }

  integer(value: Integer): this {
    if (value >= -32 && value < 0x80) return this.#bytes(Number(value) & 0xff);
    if (value >= 0x80) return this.#sized(value, [0xcc, 0xcd, 0xce, 0xcf]);
    const width = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x80000000 ? 2 : 3;
    return this.#sized(BigInt.asUintN(8 << width, BigInt(value)), [0xd0, 0xd1, 0xd2, 0xd3], width);
  }

  text(value: string): this {
    const bytes = Buffer.from(value, "utf8");
    if (bytes.length < 32) this.#bytes(0xa0 | bytes.length);
    else this.#sized(bytes.length, [0xd9, 0xda, 0xdb]);
    return this.raw(bytes);
  }

  binary(bytes: Uint8Array): this {
    return this.#sized(bytes.length, [0xc4, 0xc5, 0xc6]).raw(bytes);
  }

  array(length: number): this {
    return length < 16 ? this.#bytes(0x90 | length) : this.#sized(length, [-1, 0xdc, 0xdd]);
  }

  map(length: number): this {
    return length < 16 ? this.#bytes(0x80 | length) : this.#sized(length, [-1, 0xde, 0xdf]);
  }

  #bytes(...bytes: number[]): this {
    return this.raw(Uint8Array.from(bytes));
  }

  /** First bytes for one, two, four and eight bytes of length or value; -1 where there is no such form. */
  #sized(value: Integer, firsts: readonly number[], width = this.#widthOf(value)): this {
    const at = firsts[width] === -1 ? width + 1 : width;
    const bytes = Buffer.alloc(1 + (1 << at));
    bytes[0] = firsts[at] ?? 0;
    if (at === 3) bytes.writeBigUInt64BE(BigInt(value), 1);
    else bytes.writeUIntBE(Number(value), 1, 1 << at);
    return this.raw(bytes);
  }

  #widthOf(value: Integer): number {
    return value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
  }
}
