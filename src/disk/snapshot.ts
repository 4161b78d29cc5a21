/**
 * What a file is at one moment. Unreadable is not empty: only a file that does not exist is `null`.
 * It is read without giving way: the files are small, and a turn through the thread pool for each of the many steps
 * takes ten times as long as the steps themselves (docs/benchmarks.md).
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from "node:fs";
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
export function takeSnapshot(path: string): Snapshot {
  const place = { path, ...locate(path) };
  const content = readContent(place.real, path);
  if (content === null) return { ...place, bytes: null, text: null, encoding: "utf8" };
  const decoded = decode(content.bytes);
  if (!decoded) throw unreadable(path, "it is UTF-16; save it as UTF-8");
  return { ...place, ...content, ...decoded };
}

/**
 * Where a path leads, also when the end of it does not exist yet.
 * @throws Problem `file_unreadable`
 */
export function locate(path: string): { real: string; dangling: boolean } {
  try {
    return { real: realpathSync.native(path), dangling: false };
  } catch (error) {
    const code = codeOf(error);
    if ((code !== "ENOENT" && code !== "ENOTDIR") || path === dirname(path)) throw unreadable(path, error);
  }
  const parent = locate(dirname(path));
  const isLink = isSymbolicLink(path);
  return { real: join(parent.real, basename(path)), dangling: parent.dangling || isLink };
}

function isSymbolicLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // there is nothing
  }
}

function readContent(real: string, path: string) {
  const file = openIfThere(real, path);
  if (file === undefined) return null;
  try {
    const { mode, uid, gid, size } = fstatSync(file);
    const stat = { mode: mode & 0o7777, uid, gid, regular: (mode & constants.S_IFMT) === constants.S_IFREG };
    if ((mode & constants.S_IFMT) === constants.S_IFCHR && real === "/dev/null")
      return { bytes: Buffer.alloc(0), stat };
    if (!stat.regular) throw unreadable(path, "it is not a regular file");
    if (size > sizeLimit) throw unreadable(path, "it is larger than 5 MiB");
    return { bytes: readFileSync(file), stat };
  } catch (error) {
    throw error instanceof Problem ? error : unreadable(path, error);
  } finally {
    closeSync(file);
  }
}

// A pipe without a writer would keep an ordinary `open` waiting for ever.
function openIfThere(real: string, path: string): number | undefined {
  try {
    return openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
}

/** Whether there is something of this name, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // in a folder that may not be searched
  }
}
