/** How the log ends, found from its end: it may be large. */
import { createHash } from "node:crypto";
import { fstatSync, readSync } from "node:fs";
import { type Link, longestLine, open, type SealedRecord, start } from "./chain.ts";

export interface Tail {
  /** Of the file, in bytes. */
  size: number;
  /** The last whole line; `undefined` when there is none, or it is not what was written. */
  last?: SealedRecord | undefined;
  /** Whether there is a whole line. */
  written: boolean;
  /** What stands behind it. */
  torn?: { bytes: number; sha256: string };
}

const chunk = 64 * 1024;

/** @param file open for reading @throws the file system's error */
export function readTail(file: number): Tail {
  const { size } = fstatSync(file);
  const end = lineFeedBefore(file, size);
  const torn = size - (end + 1);
  const broken = torn > 0 && { torn: { bytes: torn, sha256: sha256Of(file, end + 1, size) } };
  if (end < 0) return { size, written: false, ...broken };
  const from = lineFeedBefore(file, end) + 1;
  const last = end - from > longestLine ? undefined : open(bytesOf(file, from, end));
  return { size, written: true, last, ...broken };
}

/** Where the chain goes on; `undefined` when the last line is none of ours. */
export function linkOf({ last, written }: Tail): Link | undefined {
  return written ? last && { seq: last.seq, hash: last.hash } : start;
}

/** The offset of the last line feed before another offset; -1 when there is none. */
function lineFeedBefore(file: number, offset: number): number {
  for (let to = offset; to > 0; to -= chunk) {
    const from = Math.max(0, to - chunk);
    const at = bytesOf(file, from, to).lastIndexOf("\n");
    if (at >= 0) return from + at;
  }
  return -1;
}

function sha256Of(file: number, from: number, to: number): string {
  const hash = createHash("sha256");
  for (let at = from; at < to; at += chunk) hash.update(bytesOf(file, at, Math.min(to, at + chunk)));
  return hash.digest("hex");
}

function bytesOf(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, bytes.length - done, from + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
