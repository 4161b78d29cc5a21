/** Artifacts in a folder: one file for each, named by its digest. */
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Artifacts, checkDigest, hexOf, type Span, type StoredBlob } from "./artifacts.ts";
import { Incoming, measure } from "./incoming.ts";
import { syncFile, syncFolder } from "./sync.ts";

export class Blobs implements Artifacts {
  readonly #folder: string;
  readonly #incoming: Incoming;

  /** @param folder absolute; made when missing, 0700 */
  constructor(folder: string) {
    this.#folder = folder;
    this.#incoming = new Incoming(join(folder, "incoming"));
  }

  async open(): Promise<this> {
    await mkdir(join(this.#folder, "sha256"), { recursive: true, mode: 0o700 });
    await this.#incoming.open();
    return this;
  }

  incoming(name?: string): string {
    return this.#incoming.path(name);
  }

  async put(source: Uint8Array | ReadableStream<Uint8Array>, limit: number): Promise<StoredBlob> {
    const path = await this.#incoming.receive(source, limit);
    try {
      return await this.adopt(path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Moves the file to its place and makes it durable before it says so. */
  async adopt(path: string, expected?: string): Promise<StoredBlob> {
    const { hex, size } = await measure(path);
    checkDigest(hex, expected);
    await syncFile(path);
    await rename(path, this.#path(hex));
    await syncFolder(join(this.#folder, "sha256"));
    return { digest: `sha256:${hex}`, size };
  }

  async stream(digest: string, span?: Span): Promise<ReadableStream<Uint8Array>> {
    return Readable.toWeb(
      createReadStream(this.#path(hexOf(digest)), span),
    ) as unknown as ReadableStream<Uint8Array>;
  }

  async size(digest: string): Promise<number | undefined> {
    return stat(this.#path(hexOf(digest))).then(
      (found) => found.size,
      () => undefined,
    );
  }

  sweep(now: Date): Promise<void> {
    return this.#incoming.sweep(now);
  }

  #path(hex: string): string {
    return join(this.#folder, "sha256", hex);
  }
}
