/** Bytes on their way in: files in a folder of this machine, until they are complete or refused. */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Refusal } from "../caller.ts";
import type { Span } from "./artifacts.ts";

/** Milliseconds: after it, nobody is writing any more. */
export const day = 24 * 60 * 60 * 1000;

export class Incoming {
  readonly #folder: string;

  /** @param folder absolute */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder when it is missing, 0700. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  path(name: string = randomUUID()): string {
    return join(this.#folder, name);
  }

  /** Writes all of it to a fresh file, or leaves none. @param limit in bytes @returns its path @throws Refusal 413 */
  async receive(source: Uint8Array | ReadableStream<Uint8Array>, limit: number): Promise<string> {
    const path = this.path();
    try {
      const input =
        source instanceof Uint8Array ? Readable.from([source]) : Readable.fromWeb(source as never);
      await pipeline(input, limited(limit), createWriteStream(path, { mode: 0o600 }));
      return path;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Removes what has not been written to for 24 hours. */
  async sweep(now: Date): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = this.path(name);
      const written = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      );
      if (written !== undefined && now.getTime() - written > day) await rm(path, { force: true });
    }
  }
}

/** SHA-256 (hex) and size (bytes) of a file, or of some of it. */
export async function measure(path: string, span?: Span): Promise<{ hex: string; size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(path, span)) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { hex: hash.digest("hex"), size };
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
