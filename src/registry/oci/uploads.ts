/** Uploads in progress: the contract, whether the pieces are in a folder or in a bucket. */
import { createHash } from "node:crypto";
import type { RoomDeps } from "../room.ts";
import type { StoredBlob } from "../store/artifacts.ts";
import { BucketUploads } from "./bucket-uploads.ts";
import type { Chunk } from "./chunk.ts";
import { FolderUploads } from "./folder-uploads.ts";

/** Laws: a chunk counts whole or not at all · of two that write at once, one is refused · what is unfinished goes after a day. */
export interface Uploads {
  /** @returns the id of a new and empty upload */
  start(repository: string): Promise<string>;
  /** Bytes received so far. @throws Refusal 404 BLOB_UPLOAD_UNKNOWN, 409 while another request writes */
  size(repository: string, id: string): Promise<number>;
  /**
   * Takes the next chunk. @returns bytes received so far
   * @throws Refusal 404, 409; 416 for a chunk out of order; 400 SIZE_INVALID; 413
   */
  append(repository: string, id: string, chunk: Chunk): Promise<number>;
  /**
   * Takes the last chunk, if there is one, and makes a blob of the upload. With the wrong digest nothing is kept.
   * @throws Refusal as `append`, and 400 DIGEST_INVALID
   */
  finish(repository: string, id: string, digest: string, chunk: Chunk): Promise<StoredBlob>;
  /** @throws Refusal 404 BLOB_UPLOAD_UNKNOWN, 409 while another request writes */
  cancel(repository: string, id: string): Promise<void>;
  /** Removes what has not been written to for 24 hours, and what a killed process left. */
  sweep(now: Date): Promise<void>;
}

/** @param limit the largest blob, in bytes */
export function openUploads({ blobs, db, now }: RoomDeps, limit: number): Uploads {
  return blobs.pieces
    ? new BucketUploads({ blobs, pieces: blobs.pieces, db, now, nameOf }, limit)
    : new FolderUploads(blobs, nameOf, limit);
}

/** What an upload is kept by: found only with the repository that it was started in, and never a path of a client's making. */
function nameOf(repository: string, id: string): string {
  return createHash("sha256").update(`${repository}:${id}`).digest("hex");
}
