/** How a file becomes an object: at once, or in parts when it is large. Nothing has the object's name before all of it is there. */
import { measure } from "../incoming.ts";
import type { Objects } from "./objects.ts";

const mebibyte = 1024 ** 2;

/** In bytes. */
export interface PartSizes {
  /** The largest object that is sent at once. */
  whole: number;
  part: number;
}

/** A part is at least 5 MiB, and an object has 10,000 at most: S3's own limits. */
export const defaultSizes: PartSizes = { whole: 64 * mebibyte, part: 16 * mebibyte };
const mostParts = 10_000;

/** @param file with the SHA-256 of its bytes @returns when the bucket has said that it keeps it */
export async function send(
  objects: Objects,
  key: string,
  file: { path: string; size: number; hex: string },
  sizes: PartSizes,
): Promise<void> {
  const { path, size } = file;
  if (size <= sizes.whole) {
    await objects.put(key, { ...file, start: 0, end: size - 1 });
    return;
  }
  const part = Math.max(sizes.part, Math.ceil(size / mostParts));
  const id = await objects.begin(key);
  try {
    const tags: string[] = [];
    for (let start = 0; start < size; start += part) {
      const span = { start, end: Math.min(start + part, size) - 1 };
      tags.push(
        await objects.sendPart(key, id, tags.length + 1, { path, ...span, ...(await measure(path, span)) }),
      );
    }
    await objects.complete(key, id, tags);
  } catch (error) {
    // Until it is abandoned, what has arrived is kept, and costs money. What is left all the same: pieces.ts.
    await objects.abandon(key, id).catch(() => {});
    throw error;
  }
}
