/**
 * Artifacts in a bucket. Bytes go through a file on this machine first: their hash, their length and the limit are known
 * before the bucket hears of them.
 */
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { type Artifacts, checkDigest, hexOf, type Span, type StoredBlob } from "../artifacts.ts";
import { type Incoming, measure } from "../incoming.ts";
import type { Objects } from "./objects.ts";
import { Pieces } from "./pieces.ts";
import { defaultSizes, type PartSizes, send } from "./send.ts";

export class BucketBlobs implements Artifacts {
  readonly pieces: Pieces;
  readonly #objects: Objects;
  readonly #prefix: string;
  readonly #incoming: Incoming;
  readonly #sizes: PartSizes;

  /** @param prefix of all objects; empty, or with a slash at its end */
  constructor(objects: Objects, prefix: string, incoming: Incoming, sizes: PartSizes = defaultSizes) {
    this.#objects = objects;
    this.#prefix = prefix;
    this.#incoming = incoming;
    this.#sizes = sizes;
    this.pieces = new Pieces(objects, prefix, sizes);
  }

  incoming(name?: string): string {
    return this.#incoming.path(name);
  }

  async put(source: Uint8Array | ReadableStream<Uint8Array>, limit: number): Promise<StoredBlob> {
    const path = await this.#incoming.receive(source, limit);
    try {
      return await this.adopt(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async adopt(path: string, expected?: string): Promise<StoredBlob> {
    const { hex, size } = await measure(path);
    checkDigest(hex, expected);
    const key = this.#key(hex);
    if ((await this.#objects.size(key)) !== size)
      await send(this.#objects, key, { path, size, hex }, this.#sizes);
    await rm(path);
    return { digest: `sha256:${hex}`, size };
  }

  async stream(digest: string, span?: Span): Promise<ReadableStream<Uint8Array>> {
    const bytes = await this.#objects.get(this.#key(hexOf(digest)), span);
    return Readable.toWeb(bytes) as unknown as ReadableStream<Uint8Array>;
  }

  async size(digest: string): Promise<number | undefined> {
    return this.#objects.size(this.#key(hexOf(digest)));
  }

  sweep(now: Date): Promise<void> {
    return this.#incoming.sweep(now);
  }

  /** Where a blob is in the bucket. */
  #key(hex: string): string {
    return `${this.#prefix}sha256/${hex}`;
  }
}
