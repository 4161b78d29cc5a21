/** What a file is at one moment. Unreadable is not empty: only a file that does not exist is `null`. */
import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Problem } from "../problem.ts";
import { decode, type Encoding } from "./encoding.ts";
import { codeOf, unreadable } from "./refusals.ts";

export interface Snapshot {
  /** As the client names it. */
  path: string;
  /** After all symbolic links; what would be there if it does not exist yet. */
  real: string;
  /** A symbolic link on the way leads nowhere. */
  dangling: boolean;
  bytes: Buffer | null;
  text: string | null;
  encoding: Encoding;
  /** Permission bits and owner; absent when there is no file. */
  stat?: { mode: number; uid: number; gid: number; regular: boolean };
}

const sizeLimit = 5 * 1024 * 1024;

/** @throws Problem `file_unreadable` */
export async function takeSnapshot(path: string): Promise<Snapshot> {
  const place = { path, ...(await locate(path)) };
  const content = await readContent(place.real, path);
  if (content === null) return { ...place, bytes: null, text: null, encoding: "utf8" };
  const decoded = decode(content.bytes);
  if (!decoded) throw unreadable(path, "it is UTF-16; save it as UTF-8");
  return { ...place, ...content, ...decoded };
}

/**
 * Where a path leads, also when the end of it does not exist yet.
 * @throws Problem `file_unreadable`
 */
export async function locate(path: string): Promise<{ real: string; dangling: boolean }> {
  try {
    return { real: await realpath(path), dangling: false };
  } catch (error) {
    const code = codeOf(error);
    if ((code !== "ENOENT" && code !== "ENOTDIR") || path === dirname(path)) throw unreadable(path, error);
  }
  const parent = await locate(dirname(path));
  const isLink = await lstat(path).then(
    (stat) => stat.isSymbolicLink(),
    () => false,
  );
  return { real: join(parent.real, basename(path)), dangling: parent.dangling || isLink };
}

async function readContent(real: string, path: string) {
  // A pipe without a writer would keep an ordinary `open` waiting for ever.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null;
    throw unreadable(path, error);
  });
  if (!file) return null;
  try {
    const { mode, uid, gid, size } = await file.stat();
    const stat = { mode: mode & 0o7777, uid, gid, regular: (mode & constants.S_IFMT) === constants.S_IFREG };
    if ((mode & constants.S_IFMT) === constants.S_IFCHR && real === "/dev/null")
      return { bytes: Buffer.alloc(0), stat };
    if (!stat.regular) throw unreadable(path, "it is not a regular file");
    if (size > sizeLimit) throw unreadable(path, "it is larger than 5 MiB");
    return { bytes: await file.readFile(), stat };
  } catch (error) {
    throw error instanceof Problem ? error : unreadable(path, error);
  } finally {
    await file.close();
  }
}
