/**
 * Uploads in progress, kept as files alone, so that any process over the same folder can go on with them.
 * Laws: the length of the file is the offset of the upload · whoever writes has renamed the file first, so nobody else
 * holds it open when it becomes a blob · a chunk counts whole or not at all.
 */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { intact } from "../body.ts";
import type { Artifacts, StoredBlob } from "../store/artifacts.ts";
import { limited } from "../store/incoming.ts";
import { beingWritten, type Chunk, checkLength, checkStart, unknownUpload } from "./chunk.ts";
import type { Uploads } from "./uploads.ts";

export class FolderUploads implements Uploads {
  readonly #blobs: Artifacts;
  readonly #nameOf: (repository: string, id: string) => string;
  readonly #limit: number;

  /** @param limit the largest blob, in bytes */
  constructor(blobs: Artifacts, nameOf: (repository: string, id: string) => string, limit: number) {
    this.#blobs = blobs;
    this.#nameOf = nameOf;
    this.#limit = limit;
  }

  async start(repository: string): Promise<string> {
    const id = randomUUID();
    await writeFile(this.#path(repository, id), "", { flag: "wx", mode: 0o600 });
    return id;
  }

  async size(repository: string, id: string): Promise<number> {
    const path = this.#path(repository, id);
    return stat(path).then(
      ({ size }) => size,
      () => unavailable(path),
    );
  }

  append(repository: string, id: string, chunk: Chunk): Promise<number> {
    return this.#claim(repository, id, (path) => this.#write(path, chunk));
  }

  finish(repository: string, id: string, digest: string, chunk: Chunk): Promise<StoredBlob> {
    return this.#claim(repository, id, async (path) => {
      await this.#write(path, chunk);
      try {
        return await this.#blobs.adopt(path, digest);
      } finally {
        await rm(path, { force: true });
      }
    });
  }

  cancel(repository: string, id: string): Promise<void> {
    return this.#claim(repository, id, (path) => rm(path));
  }

  sweep(now: Date): Promise<void> {
    return this.#blobs.sweep(now);
  }

  async #claim<T>(repository: string, id: string, use: (path: string) => Promise<T>): Promise<T> {
    const free = this.#path(repository, id);
    const claimed = `${free}.busy`;
    await rename(free, claimed).catch(() => unavailable(free));
    try {
      return await use(claimed);
    } finally {
      await rename(claimed, free).catch(() => {}); // gone when the upload is over
    }
  }

  async #write(path: string, chunk: Chunk): Promise<number> {
    const { size: offset } = await stat(path);
    checkStart(chunk, offset);
    try {
      if (chunk.body) {
        await pipeline(
          Readable.from(intact(chunk.body)),
          limited(this.#limit - offset),
          createWriteStream(path, { flags: "r+", start: offset }),
        );
      }
      const { size } = await stat(path);
      checkLength(chunk, size - offset);
      return size;
    } catch (error) {
      await truncate(path, offset);
      throw error;
    }
  }

  #path(repository: string, id: string): string {
    return this.#blobs.incoming(`oci-${this.#nameOf(repository, id)}`);
  }
}

async function unavailable(path: string): Promise<never> {
  const busy = await stat(`${path}.busy`).then(
    () => true,
    () => false,
  );
  throw busy ? beingWritten() : unknownUpload();
}
