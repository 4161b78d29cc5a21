/**
 * Uploads in progress, kept as files alone, so that any process over the same folder can go on with them.
 * Laws: the length of the file is the offset of the upload · whoever writes has renamed the file first, so nobody else
 * holds it open when it becomes a blob · a chunk counts whole or not at all.
 */
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { intact } from "../body.ts";
import { Refusal } from "../caller.ts";
import { type Blobs, limited, type StoredBlob } from "../store/blobs.ts";
import { parseContentRange } from "./content-range.ts";

/** Bytes on their way in, with the headers that speak of them. */
export interface Chunk {
  body: ReadableStream<Uint8Array> | null;
  /** `Content-Range`, without which a chunk is appended where the upload stands. */
  range: string | null;
  /** `Content-Length`, where the client knows it. */
  length: string | null;
}

const day = 24 * 60 * 60 * 1000;

export class Uploads {
  readonly #blobs: Blobs;
  readonly #limit: number;

  /** @param limit the largest blob, in bytes */
  constructor(blobs: Blobs, limit: number) {
    this.#blobs = blobs;
    this.#limit = limit;
  }

  /** @returns the id of a new and empty upload */
  async start(repository: string): Promise<string> {
    const id = randomUUID();
    await writeFile(this.#path(repository, id), "", { flag: "wx", mode: 0o600 });
    return id;
  }

  /** Bytes received so far. @throws Refusal 404 BLOB_UPLOAD_UNKNOWN, 409 while another request writes */
  async size(repository: string, id: string): Promise<number> {
    const path = this.#path(repository, id);
    return stat(path).then(
      ({ size }) => size,
      () => unavailable(path),
    );
  }

  /**
   * Takes the next chunk. @returns bytes received so far
   * @throws Refusal 404, 409; 416 for a chunk out of order; 400 SIZE_INVALID; 413
   */
  append(repository: string, id: string, chunk: Chunk): Promise<number> {
    return this.#claim(repository, id, (path) => this.#write(path, chunk));
  }

  /**
   * Takes the last chunk, if there is one, and makes a blob of the upload. With the wrong digest nothing is kept.
   * @throws Refusal as `append`, and 400 DIGEST_INVALID
   */
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

  /** @throws Refusal 404 BLOB_UPLOAD_UNKNOWN, 409 while another request writes */
  cancel(repository: string, id: string): Promise<void> {
    return this.#claim(repository, id, (path) => rm(path));
  }

  /** Removes what has not been written to for 24 hours, and what a killed process left. */
  async sweep(now: Date): Promise<void> {
    const folder = dirname(this.#blobs.incoming());
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const written = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      );
      if (written !== undefined && now.getTime() - written > day) await rm(path, { force: true });
    }
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

  async #write(path: string, { body, range, length }: Chunk): Promise<number> {
    const { size: offset } = await stat(path);
    const place = range === null ? undefined : parseContentRange(range);
    if (range !== null && place?.start !== offset) {
      throw new Refusal(416, "BLOB_UPLOAD_INVALID", `The next chunk has to start at byte ${offset}.`, {
        Range: received(offset),
      });
    }
    try {
      if (body) {
        await pipeline(
          Readable.from(intact(body)),
          limited(this.#limit - offset),
          createWriteStream(path, { flags: "r+", start: offset }),
        );
      }
      const { size } = await stat(path);
      const expected = place ? place.end - place.start + 1 : length === null ? size - offset : Number(length);
      if (size - offset === expected) return size;
      throw new Refusal(
        400,
        "SIZE_INVALID",
        `The chunk has ${size - offset} bytes; its headers announce ${expected}.`,
      );
    } catch (error) {
      await truncate(path, offset);
      throw error;
    }
  }

  /** Found only with the repository that the upload was started in. */
  #path(repository: string, id: string): string {
    return this.#blobs.incoming(`oci-${createHash("sha256").update(`${repository}:${id}`).digest("hex")}`);
  }
}

/** The `Range` header of an upload that has so many bytes; without any it is `0-0`, as the distribution project writes it. */
export function received(size: number): string {
  return `0-${Math.max(0, size - 1)}`;
}

async function unavailable(path: string): Promise<never> {
  const busy = await stat(`${path}.busy`).then(
    () => true,
    () => false,
  );
  if (busy) throw new Refusal(409, "BLOB_UPLOAD_INVALID", "Another request is writing to this upload.");
  throw new Refusal(
    404,
    "BLOB_UPLOAD_UNKNOWN",
    "There is no such upload: it was never started, is complete, was cancelled or is older than a day.",
  );
}
