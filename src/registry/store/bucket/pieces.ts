/** Pieces of uploads in progress, as objects below `incoming/`, where every replica can go on with them. */
import { randomUUID } from "node:crypto";
import { checkDigest, type StoredBlob } from "../artifacts.ts";
import { day, measure } from "../incoming.ts";
import type { Objects } from "./objects.ts";
import { type PartSizes, send } from "./send.ts";

/** What an upload consists of so far, in order: the name of each piece, and its size in bytes. */
export type Piece = readonly [name: string, size: number];

/** CopyObject takes no more, in bytes. */
const mostCopied = 5 * 1024 ** 3;

export class Pieces {
  readonly #objects: Objects;
  readonly #prefix: string;
  readonly #sizes: PartSizes;

  /** @param prefix of all objects of the registry */
  constructor(objects: Objects, prefix: string, sizes: PartSizes) {
    this.#objects = objects;
    this.#prefix = prefix;
    this.#sizes = sizes;
  }

  /** @param upload its name @param path of a file with the bytes */
  async put(upload: string, path: string): Promise<Piece> {
    const { hex, size } = await measure(path);
    const name = `${randomUUID()}.${hex}`;
    await send(this.#objects, this.#key(upload, name), { path, size, hex }, this.#sizes);
    return [name, size];
  }

  /** The bytes of several, one after the other. */
  async *read(upload: string, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
    for (const [name] of pieces) yield* this.#objects.read(this.#key(upload, name));
  }

  /**
   * Makes a blob of a single piece inside the bucket: its hash was taken when it came in, and no byte is sent again.
   * @throws Refusal 400 DIGEST_INVALID
   * @returns `undefined` when it is too large for that
   */
  async adopt(upload: string, [name, size]: Piece, digest: string): Promise<StoredBlob | undefined> {
    const hex = name.slice(-64);
    checkDigest(hex, digest);
    if (size > mostCopied) return undefined;
    await this.#objects.copy(this.#key(upload, name), `${this.#prefix}sha256/${hex}`);
    return { digest, size };
  }

  /** What cannot be removed now is found by `sweep`. */
  async remove(upload: string, pieces: readonly Piece[]): Promise<void> {
    await Promise.all(pieces.map(([name]) => this.#objects.remove(this.#key(upload, name)).catch(() => {})));
  }

  /**
   * Removes what is older than a day and belongs to nothing that is going on: a killed process left it.
   * @param isGoingOn whether there is an upload of this name
   */
  async sweep(now: Date, isGoingOn: (upload: string) => Promise<boolean>): Promise<void> {
    const isOld = (date: Date) => now.getTime() - date.getTime() > day;
    const folder = `${this.#prefix}incoming/`;
    for await (const { key, writtenAt } of this.#objects.list(folder)) {
      const [upload = ""] = key.slice(folder.length).split("/");
      if (isOld(writtenAt) && !(await isGoingOn(upload))) await this.#objects.remove(key);
    }
    for (const { key, id, begunAt } of await this.#objects.unfinished(this.#prefix))
      if (isOld(begunAt)) await this.#objects.abandon(key, id);
  }

  #key(upload: string, name: string): string {
    return `${this.#prefix}incoming/${upload}/${name}`;
  }
}
