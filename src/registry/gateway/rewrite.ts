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
  const replacing = new Replacing(replacement);
  const coding = (said ?? "").trim().toLowerCase();
  if (coding === "" || coding === "identity") return [replacing];
  if (coding === "gzip" || coding === "x-gzip") return [createGunzip(), replacing, createGzip()];
  if (coding === "deflate") return [createInflate(), replacing, createDeflate()];
  if (coding === "br") return [createBrotliDecompress(), replacing, createBrotliCompress(quickly)];
  return undefined;
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
    for (;;) {
      const { value, done } = found.next();
      if (done) return value;
      if (value !== "") this.push(Buffer.from(value, "latin1"));
    }
  }
}
