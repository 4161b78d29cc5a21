/** A chunk of an upload, and the laws that its headers have to keep wherever the bytes go. */
import { Refusal } from "../caller.ts";
import { parseContentRange } from "./content-range.ts";

/** Bytes on their way in, with the headers that speak of them. */
export interface Chunk {
  body: ReadableStream<Uint8Array> | null;
  /** `Content-Range`, without which a chunk is appended where the upload stands. */
  range: string | null;
  /** `Content-Length`, where the client knows it. */
  length: string | null;
}

/** @param offset bytes received so far @throws Refusal 416 for a chunk that begins elsewhere */
export function checkStart({ range }: Chunk, offset: number): void {
  if (range === null || parseContentRange(range)?.start === offset) return;
  throw new Refusal(416, "BLOB_UPLOAD_INVALID", `The next chunk has to start at byte ${offset}.`, {
    Range: received(offset),
  });
}

/** @param size bytes of the chunk that came @throws Refusal 400 SIZE_INVALID when the headers announce another number */
export function checkLength({ range, length }: Chunk, size: number): void {
  const place = range === null ? undefined : parseContentRange(range);
  const expected = place ? place.end - place.start + 1 : length === null ? size : Number(length);
  if (size === expected) return;
  throw new Refusal(400, "SIZE_INVALID", `The chunk has ${size} bytes; its headers announce ${expected}.`);
}

/** The `Range` header of an upload that has so many bytes; without any it is `0-0`, as the distribution project writes it. */
export function received(size: number): string {
  return `0-${Math.max(0, size - 1)}`;
}

/** Somebody else has it in hand. */
export function beingWritten(): Refusal {
  return new Refusal(409, "BLOB_UPLOAD_INVALID", "Another request is writing to this upload.");
}

export function unknownUpload(): Refusal {
  return new Refusal(
    404,
    "BLOB_UPLOAD_UNKNOWN",
    "There is no such upload: it was never started, is complete, was cancelled or is older than a day.",
  );
}
