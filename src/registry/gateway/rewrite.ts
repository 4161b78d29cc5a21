/** Documents on their way through: unpacked, the upstream's addresses replaced, packed again; never whole in memory. */
import { type Duplex, Transform, type TransformCallback } from "node:stream";
import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
} from "node:zlib";
import { pieces, type Replacement } from "./addresses.ts";

/**
 * The streams that a body goes through.
 * @param said its Content-Encoding, if it has one
 * @returns `undefined` when it cannot be unpacked
 */
export function rewriting(said: string | undefined, replacement: Replacement): Duplex[] | undefined {
  const coding = codingOf(said);
  return coding && [...coding.unpack(), new Replacing(replacement), ...coding.pack()];
}

/** The same without a replacement, and not packed again: to be read here. */
export function unpacking(said: string | undefined): Duplex[] | undefined {
  return codingOf(said)?.unpack();
}

interface Coding {
  unpack(): Duplex[];
  pack(): Duplex[];
}

const plain: Coding = { unpack: () => [], pack: () => [] };
const gzip: Coding = { unpack: () => [createGunzip()], pack: () => [createGzip()] };
const codings: Record<string, Coding | undefined> = {
  "": plain,
  identity: plain,
  gzip,
  "x-gzip": gzip,
  deflate: { unpack: () => [createInflate()], pack: () => [createDeflate()] },
  br: { unpack: () => [createBrotliDecompress()], pack: () => [createBrotliCompress(quickly)] },
};

function codingOf(said: string | undefined): Coding | undefined {
  const name = (said ?? "").trim().toLowerCase();
  return Object.hasOwn(codings, name) ? codings[name] : undefined;
}

/** Brotli's own default takes seconds for a large document. */
const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Bytes are read as Latin-1, one character each, so that every one that is not replaced comes out as it was. */
class Replacing extends Transform {
  readonly #replacement: Replacement;
  #rest = "";

  constructor(replacement: Replacement) {
    super();
    this.#replacement = replacement;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    const text = this.#rest + chunk.toString("latin1");
    const certain = Math.max(0, text.length - this.#replacement.longest);
    this.#rest = text.slice(this.#pass(text, certain));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pass(this.#rest, this.#rest.length);
    done();
  }

  /** @returns how much of the text has left */
  #pass(text: string, until: number): number {
    const found = pieces(text, until, this.#replacement);
    // In one piece: each would go over the wire by itself.
    let out = "";
    for (;;) {
      const { value, done } = found.next();
      if (done) {
        if (out !== "") this.push(Buffer.from(out, "latin1"));
        return value;
      }
      out += value;
    }
  }
}
