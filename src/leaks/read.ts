/** Opens files that anybody may have put there: never anything but a plain one, and never through a link. */
import { constants, type FileHandle, open } from "node:fs/promises";
import type { Piece } from "./look.ts";

interface Opened extends AsyncDisposable {
  size: number;
  /** Nobody but its owner may read it. */
  isPrivate: boolean;
  pieces(): AsyncGenerator<Piece>;
}

/** What stands around a piece: before it what may not stand before a token, behind it the longest token in any encoding. */
const margin = { before: 64, behind: 64 * 1024 };

// Of a pipe nobody may ever write into the other end.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * @param length bytes of a piece, an even number
 * @returns `undefined` for what is no plain file @throws what the system says
 */
export async function openFile(path: string, length: number): Promise<Opened | undefined> {
  const file = await open(path, flags);
  try {
    const stat = await file.stat();
    if (stat.isFile())
      return {
        size: stat.size,
        isPrivate: (stat.mode & 0o077) === 0,
        pieces: () => piecesOf(file, stat.size, length),
        [Symbol.asyncDispose]: () => file.close(),
      };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function* piecesOf(file: FileHandle, size: number, length: number): AsyncGenerator<Piece> {
  for (let start = 0; start < size; start += length) {
    const first = Math.max(0, start - margin.before);
    const buffer = Buffer.alloc(Math.min(size, start + length + margin.behind) - first);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, first);
    const bytes = buffer.subarray(0, bytesRead);
    yield { bytes, from: start - first, to: Math.min(start - first + length, bytesRead) };
  }
}
