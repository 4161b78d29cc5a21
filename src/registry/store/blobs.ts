/**
 * Artifacts, content-addressed: a file is named by the SHA-256 of its bytes, is complete when it has that name, and
 * never changes. Who may read it is decided by the rooms' own tables, never by knowing the digest.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Refusal } from "../caller.ts";
import { syncFile, syncFolder } from "./sync.ts";

export interface StoredBlob {
  /** `sha256:` and 64 hex digits. */
  digest: string;
  size: number;
}

export class Blobs {
  readonly #folder: string;

  /** @param folder absolute; made when missing, 0700 */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<this> {
    await mkdir(join(this.#folder, "sha256"), { recursive: true, mode: 0o700 });
    await mkdir(join(this.#folder, "incoming"), { recursive: true, mode: 0o700 });
    return this;
  }

  /** A fresh path for bytes that arrive in pieces; give it to `adopt` when they are complete. */
  incoming(name: string = randomUUID()): string {
    return join(this.#folder, "incoming", name);
  }

  /**
   * Stores bytes. @param limit the most that is taken, in bytes @throws Refusal 413
   */
  async put(source: Uint8Array | ReadableStream<Uint8Array>, limit: number): Promise<StoredBlob> {
    const path = this.incoming();
    try {
      const input =
        source instanceof Uint8Array ? Readable.from([source]) : Readable.fromWeb(source as never);
      await pipeline(input, limited(limit), createWriteStream(path, { mode: 0o600 }));
      return await this.adopt(path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /**
   * Moves a complete file to its place and makes it durable before it says so.
   * @param expected the digest that it has to have; otherwise the file stays where it is
   * @throws Refusal 400 DIGEST_INVALID
   */
  async adopt(path: string, expected?: string): Promise<StoredBlob> {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    const hex = hash.digest("hex");
    if (expected !== undefined && expected !== `sha256:${hex}`) {
      throw new Refusal(400, "DIGEST_INVALID", `The content has the digest sha256:${hex}.`);
    }
    await syncFile(path);
    await rename(path, this.#path(hex));
    await syncFolder(join(this.#folder, "sha256"));
    return { digest: `sha256:${hex}`, size };
  }

  /** Bytes `start` to `end`, both included, or all. */
  stream(digest: string, range?: { start: number; end: number }): ReadableStream<Uint8Array> {
    return Readable.toWeb(
      createReadStream(this.#path(hexOf(digest)), range),
    ) as unknown as ReadableStream<Uint8Array>;
  }

  /** In bytes; `undefined` when there is no such blob. */
  async size(digest: string): Promise<number | undefined> {
    return stat(this.#path(hexOf(digest))).then(
      (found) => found.size,
      () => undefined,
    );
  }

  #path(hex: string): string {
    return join(this.#folder, "sha256", hex);
  }
}

/** @throws Refusal 400 for anything but a SHA-256 digest, so that no path is made of what a client sends */
function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (!hex) throw new Refusal(400, "DIGEST_INVALID", "Only sha256 digests are known here.");
  return hex;
}

/** Passes bytes on until there are more than `limit`. */
export function limited(limit: number): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total > limit) done(new Refusal(413, "SIZE_INVALID", `More than ${limit} bytes.`));
      else done(null, chunk);
    },
  });
}
