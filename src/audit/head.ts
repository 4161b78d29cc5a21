/** What the last line of the log is, kept beside it, so that it is noticed when the log is cut. It is there before the first. */
import { readFile } from "node:fs/promises";
import { codeOf, unreadable } from "../disk/refusals.ts";
import { replaceFile } from "../disk/replace.ts";
import type { Link } from "./chain.ts";

/** @returns `undefined`: there is none; `null`: it is not what was written @throws Problem `file_unreadable` */
export async function readHead(file: string): Promise<Link | null | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unreadable(file, error);
  });
  if (text === undefined) return undefined;
  const [, seq, hash] = /^(\d{1,15}) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return seq !== undefined && hash !== undefined ? { seq: Number(seq), hash } : null;
}

/** @throws the file system's error */
export async function writeHead(file: string, { seq, hash }: Link): Promise<void> {
  await replaceFile(file, Buffer.from(`${seq} ${hash}\n`));
}
