/**
 * BLAKE2b with a digest of 256 bits (RFC 7693), which twine claims for every file; node:crypto has only 512 bits.
 * A 64-bit word is two 32-bit halves, the lower one first: with BigInt a large file would take minutes.
 */

const blockSize = 128;

const initial =
  "6a09e667f3bcc908 bb67ae8584caa73b 3c6ef372fe94f82b a54ff53a5f1d36f1 510e527fade682d1 9b05688c2b3e6c1f 1f83d9abfb41bd6b 5be0cd19137e2179"
    .split(" ")
    .flatMap((word) => [Number.parseInt(word.slice(8), 16), Number.parseInt(word.slice(0, 8), 16)]);

// RFC 7693 §2.7, a digit for each index; the last two of the twelve rounds are the first two again.
const schedule =
  "0123456789abcdef ea489fd61c02b753 b8c052fdae367194 7931dcbe265a40f8 905724afe1bc683d 2c6a0b834d75fe19 c51fed4a0763928b db7ec13950f4862a 6fe9b308c2d714a5 a2847615fb9e3cd0 0123456789abcdef ea489fd61c02b753"
    .split(" ")
    .map((round) => [...round].map((digit) => 2 * Number.parseInt(digit, 16)));

export class Blake2b256 {
  readonly #state = Uint32Array.from(initial);
  readonly #work = new Uint32Array(32);
  readonly #message = new Uint32Array(32);
  readonly #block = Buffer.alloc(blockSize);
  #filled = 0;
  #total = 0;

  constructor() {
    this.#state[0] = (this.#state[0] ?? 0) ^ 0x01010000 ^ 32; // no key, fan-out 1, depth 1, 32 bytes of digest
  }

  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length; ) {
      // A full block waits until it is known not to be the last.
      if (this.#filled === blockSize) this.#compress(false);
      const piece = bytes.subarray(at, at + blockSize - this.#filled);
      this.#block.set(piece, this.#filled);
      this.#filled += piece.length;
      this.#total += piece.length;
      at += piece.length;
    }
    return this;
  }

  /** 64 hex digits. Call it once. */
  digest(): string {
    this.#block.fill(0, this.#filled);
    this.#compress(true);
    const digest = Buffer.alloc(32);
    for (let word = 0; word < 8; word++) digest.writeUInt32LE(this.#state[word] ?? 0, 4 * word);
    return digest.toString("hex");
  }

  #compress(last: boolean): void {
    const [state, v, m] = [this.#state, this.#work, this.#message];
    for (let word = 0; word < 32; word++) m[word] = this.#block.readUInt32LE(4 * word);
    v.set(state);
    v.set(initial, 16);
    flip(v, 24, this.#total);
    flip(v, 25, Math.floor(this.#total / 2 ** 32));
    if (last) for (const word of [28, 29]) flip(v, word, 0xffffffff);
    for (const s of schedule) {
      mix(v, m, 0, 8, 16, 24, s[0], s[1]);
      mix(v, m, 2, 10, 18, 26, s[2], s[3]);
      mix(v, m, 4, 12, 20, 28, s[4], s[5]);
      mix(v, m, 6, 14, 22, 30, s[6], s[7]);
      mix(v, m, 0, 10, 20, 30, s[8], s[9]);
      mix(v, m, 2, 12, 22, 24, s[10], s[11]);
      mix(v, m, 4, 14, 16, 26, s[12], s[13]);
      mix(v, m, 6, 8, 18, 28, s[14], s[15]);
    }
    for (let word = 0; word < 16; word++) flip(state, word, (v[word] ?? 0) ^ (v[word + 16] ?? 0));
    this.#filled = 0;
  }
}

/** The mixing function G; `a` to `d` and `x`, `y` are the places of the words' lower halves. */
function mix(v: Uint32Array, m: Uint32Array, a: number, b: number, c: number, d: number, x = 0, y = 0): void {
  add(v, a, b, m, x);
  turn(v, d, a, 32);
  add(v, c, d, none, 0);
  turn(v, b, c, 24);
  add(v, a, b, m, y);
  turn(v, d, a, 16);
  add(v, c, d, none, 0);
  turn(v, b, c, 63);
}

const none = new Uint32Array(2);

/** a ← a + b + a word of the message, modulo 2⁶⁴. */
function add(v: Uint32Array, a: number, b: number, m: Uint32Array, word: number): void {
  const low = at(v, a) + at(v, b) + at(m, word);
  v[a + 1] = at(v, a + 1) + at(v, b + 1) + at(m, word + 1) + ((low / 2 ** 32) | 0);
  v[a] = low;
}

/** d ← (d ⊕ a) rotated to the right by `bits`. */
function turn(v: Uint32Array, d: number, a: number, bits: number): void {
  const low = at(v, d) ^ at(v, a);
  const high = at(v, d + 1) ^ at(v, a + 1);
  const swap = bits >= 32;
  const first = swap ? high : low;
  const second = swap ? low : high;
  const by = bits & 31;
  v[d] = by === 0 ? first : (first >>> by) | (second << (32 - by));
  v[d + 1] = by === 0 ? second : (second >>> by) | (first << (32 - by));
}

function at(words: Uint32Array, place: number): number {
  return words[place] ?? 0;
}

function flip(words: Uint32Array, word: number, by: number): void {
  words[word] = (words[word] ?? 0) ^ by;
}
