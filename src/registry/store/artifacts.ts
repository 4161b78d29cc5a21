/** Artifacts, content-addressed: the contract of the folder (blobs.ts) and of a bucket that speaks S3 (bucket/). */
import type { Secret } from "../../secret.ts";
import { Refusal } from "../caller.ts";
import type { Pieces } from "./bucket/pieces.ts";

export interface StoredBlob {
  /** `sha256:` and 64 hex digits. */
  digest: string;
  size: number;
}

/** Bytes of a blob, both ends included. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A blob is named by the SHA-256 of its bytes, is complete when it has that name, and never changes. What is answered is
 * durable. Who may read one is decided by the rooms' own tables, never by knowing its digest.
 */
export interface Artifacts {
  /** A fresh path on this machine for bytes that are still arriving; give it to `adopt` when they are complete. */
  incoming(name?: string): string;
  /** Stores bytes. @param limit the most that is taken, in bytes @throws Refusal 413 */
  put(source: Uint8Array | ReadableStream<Uint8Array>, limit: number): Promise<StoredBlob>;
  /**
   * Makes a blob of a complete file, which is gone then.
   * @param expected the digest that it has to have; otherwise the file stays where it is
   * @throws Refusal 400 DIGEST_INVALID
   */
  adopt(path: string, expected?: string): Promise<StoredBlob>;
  /** All bytes, or some. */
  stream(digest: string, span?: Span): Promise<ReadableStream<Uint8Array>>;
  /** In bytes; `undefined` when there is no such blob. */
  size(digest: string): Promise<number | undefined>;
  /** Removes what has been arriving for longer than a day: a killed process left it. */
  sweep(now: Date): Promise<void>;
  /** Of a bucket alone: where pieces of uploads wait, so that any replica can go on with them. */
  readonly pieces?: Pieces;
}

/** A bucket that speaks S3. */
export interface BucketOptions {
  bucket: string;
  /** What every key begins with; empty, or with a slash at its end. */
  prefix: string;
  /** Of another service than AWS; its buckets are addressed by path. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** Without it the client looks where AWS's own programs do. */
  credentials?:
    | { accessKeyId: string; secretAccessKey: Secret; sessionToken?: Secret | undefined }
    | undefined;
}

/** @throws Refusal 400 for anything but a SHA-256 digest, so that no path and no key is made of what a client sends */
export function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (!hex) throw new Refusal(400, "DIGEST_INVALID", "Only sha256 digests are known here.");
  return hex;
}

/** @throws Refusal 400 DIGEST_INVALID when a digest is expected and it is not this one */
export function checkDigest(hex: string, expected: string | undefined): void {
  if (expected !== undefined && expected !== `sha256:${hex}`)
    throw new Refusal(400, "DIGEST_INVALID", `The content has the digest sha256:${hex}.`);
}
