/**
 * Uploads in progress where the artifacts are in a bucket, so that any replica can go on with them: a piece is an object,
 * and what an upload consists of is a row.
 * Laws: a piece counts when the row says so · the row changes only from what the writer has read, so that of two that
 * write at once one is refused · a blob is made before the row goes, so that who is cut off can ask again.
 */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { intact } from "../body.ts";
import { Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import type { Artifacts, StoredBlob } from "../store/artifacts.ts";
import type { Piece, Pieces } from "../store/bucket/pieces.ts";
import { day, limited } from "../store/incoming.ts";
import { beingWritten, type Chunk, checkLength, checkStart, unknownUpload } from "./chunk.ts";
import type { Uploads } from "./uploads.ts";

interface Deps extends Pick<RoomDeps, "db" | "now"> {
  blobs: Artifacts;
  pieces: Pieces;
  nameOf(repository: string, id: string): string;
}

/** An upload as a writer has read it. */
interface Upload {
  name: string;
  size: number;
  pieces: readonly Piece[];
  /** The row's text of them. */
  parts: string;
}

/** The row grows with them, and is written with each. */
const mostPieces = 10_000;
/** Milliseconds between two looks into the bucket for what a killed process left. */
const sweepInterval = 60 * 60 * 1000;

export class BucketUploads implements Uploads {
  readonly #deps: Deps;
  readonly #limit: number;
  /** Those that this process is writing to; what other replicas do is found when the row is changed. */
  readonly #busy = new Set<string>();
  #swept = 0;

  /** @param limit the largest blob, in bytes */
  constructor(deps: Deps, limit: number) {
    this.#deps = deps;
    this.#limit = limit;
  }

  async start(repository: string): Promise<string> {
    const { db, now, nameOf } = this.#deps;
    const id = randomUUID();
    const row = { id: nameOf(repository, id), size: 0, parts: "[]", written_at: now().getTime() };
    await db.insertInto("oci_uploads").values(row).execute();
    return id;
  }

  async size(repository: string, id: string): Promise<number> {
    const name = this.#deps.nameOf(repository, id);
    if (this.#busy.has(name)) throw beingWritten();
    return (await this.#read(name)).size;
  }

  append(repository: string, id: string, chunk: Chunk): Promise<number> {
    return this.#claim(repository, id, (upload) =>
      this.#receive(upload, chunk, async (path, size) => {
        if (upload.pieces.length >= mostPieces)
          throw new Refusal(413, "SIZE_INVALID", `More than ${mostPieces} chunks; send larger ones.`);
        const { pieces } = this.#deps;
        const piece = size > 0 ? [await pieces.put(upload.name, path)] : [];
        try {
          await this.#change(upload, [...upload.pieces, ...piece], upload.size + size);
        } catch (error) {
          await pieces.remove(upload.name, piece);
          throw error;
        }
        return upload.size + size;
      }),
    );
  }

  finish(repository: string, id: string, digest: string, chunk: Chunk): Promise<StoredBlob> {
    return this.#claim(repository, id, (upload) =>
      this.#receive(upload, chunk, async (path, size) => {
        try {
          const blob = await this.#assemble(upload, { path, size }, digest);
          await this.#end(upload);
          return blob;
        } catch (error) {
          if (error instanceof Refusal && error.code === "DIGEST_INVALID") await this.#end(upload);
          // Another replica has finished it meanwhile, and removed the pieces.
          else if ((await this.#find(upload.name))?.parts !== upload.parts) throw beingWritten();
          throw error;
        }
      }),
    );
  }

  cancel(repository: string, id: string): Promise<void> {
    return this.#claim(repository, id, (upload) => this.#end(upload));
  }

  async sweep(now: Date): Promise<void> {
    const { blobs, db, pieces } = this.#deps;
    await blobs.sweep(now);
    await db
      .deleteFrom("oci_uploads")
      .where("written_at", "<", now.getTime() - day)
      .execute();
    if (now.getTime() - this.#swept < sweepInterval) return;
    this.#swept = now.getTime();
    const isGoingOn = async (name: string) => (await this.#find(name)) !== undefined;
    // Whoever begins an upload has nothing to do with what others left, nor with whether it can be removed.
    await pieces.sweep(now, isGoingOn).catch(() => {});
  }

  async #claim<T>(repository: string, id: string, use: (upload: Upload) => Promise<T>): Promise<T> {
    const name = this.#deps.nameOf(repository, id);
    if (this.#busy.has(name)) throw beingWritten();
    this.#busy.add(name);
    try {
      return await use(await this.#read(name));
    } finally {
      this.#busy.delete(name);
    }
  }

  /** Takes a chunk into a file of this machine, and hands it on. */
  async #receive<T>(
    upload: Upload,
    chunk: Chunk,
    use: (path: string, size: number) => Promise<T>,
  ): Promise<T> {
    checkStart(chunk, upload.size);
    const path = this.#deps.blobs.incoming(`${randomUUID()}.busy`);
    try {
      const bytes = chunk.body ? intact(chunk.body) : [];
      await pipeline(
        Readable.from(bytes),
        limited(this.#limit - upload.size),
        createWriteStream(path, { mode: 0o600 }),
      );
      const { size } = await stat(path);
      checkLength(chunk, size);
      return await use(path, size);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** @param last what came with the request, after all pieces */
  async #assemble(
    { name, pieces }: Upload,
    last: { path: string; size: number },
    digest: string,
  ): Promise<StoredBlob> {
    const { blobs, pieces: kept } = this.#deps;
    const [first, ...others] = pieces;
    if (!first) return blobs.adopt(last.path, digest);
    if (others.length === 0 && last.size === 0) {
      const blob = await kept.adopt(name, first, digest);
      if (blob) return blob;
    }
    const whole = blobs.incoming(`${randomUUID()}.busy`);
    try {
      await pipeline(Readable.from(kept.read(name, pieces)), createWriteStream(whole, { mode: 0o600 }));
      await pipeline(createReadStream(last.path), createWriteStream(whole, { flags: "a" }));
      return await blobs.adopt(whole, digest);
    } finally {
      await rm(whole, { force: true });
    }
  }

  async #find(name: string) {
    return this.#deps.db.selectFrom("oci_uploads").selectAll().where("id", "=", name).executeTakeFirst();
  }

  /** @throws Refusal 404 */
  async #read(name: string): Promise<Upload> {
    const row = await this.#find(name);
    if (!row) throw unknownUpload();
    return { name, size: row.size, parts: row.parts, pieces: JSON.parse(row.parts) as Piece[] };
  }

  /** @throws Refusal 409 when the row is no longer what was read */
  async #change({ name, parts }: Upload, pieces: readonly Piece[], size: number): Promise<void> {
    const { numUpdatedRows } = await this.#deps.db
      .updateTable("oci_uploads")
      .set({ size, parts: JSON.stringify(pieces), written_at: this.#deps.now().getTime() })
      .where("id", "=", name)
      .where("parts", "=", parts)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw beingWritten();
  }

  /** @throws Refusal 409 when the row is no longer what was read */
  async #end({ name, parts, pieces }: Upload): Promise<void> {
    const { numDeletedRows } = await this.#deps.db
      .deleteFrom("oci_uploads")
      .where("id", "=", name)
      .where("parts", "=", parts)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw beingWritten();
    await this.#deps.pieces.remove(name, pieces);
  }
}
