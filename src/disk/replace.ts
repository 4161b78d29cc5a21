/** One file, whole or not at all: written beside its place, flushed to the disk, then renamed. */
import { createHash } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { isRunning } from "./process.ts";
import { codeOf } from "./refusals.ts";

export interface ReplaceOptions {
  /** Permission bits; default 0600. */
  mode?: number;
  owner?: { uid: number; gid: number };
  /** Called at the last moment; when it throws, nothing has happened. */
  check?: () => Promise<void>;
  /** Whether it has to outlast a power failure; default true. It is whole in any case. */
  durable?: boolean;
  /** The file must not exist yet. @throws EEXIST */
  exclusive?: boolean;
}

/**
 * @param file a real path: a symbolic link would be replaced, not followed
 * @throws the file system's error, and what `check` throws
 */
export async function replaceFile(file: string, bytes: Buffer, options: ReplaceOptions = {}): Promise<void> {
  await removeLeftovers(dirname(file), basename(file));
  const draft = draftOf(file);
  try {
    await writeDraft(draft, bytes, options);
    await options.check?.();
    (options.exclusive ? move : renameSync)(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  if (options.durable !== false) await flushFolder(dirname(file));
}

/** Makes a removal or a new name durable. */
export async function flushFolder(folder: string): Promise<void> {
  const file = openFolder(folder);
  if (file === undefined) return;
  await flush(file).catch(() => {});
  closeSync(file);
}

/** `undefined` on Windows, which has no way to open one. */
function openFolder(folder: string): number | undefined {
  try {
    return openSync(folder, "r");
  } catch {
    return undefined;
  }
}

/** The one step that can take long, so the one that gives way. */
const flush = promisify(fsync);

/** Tells machines and containers that share a folder apart: their processes have the same numbers. */
const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** Of a draft of another machine, in milliseconds: nobody writes for longer. */
const longestDraft = 10 * 60_000;

/** The name under which this process writes before it renames. */
export function draftOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.fly-tokens-${process.pid}-${machine}`);
}

/** Removes the drafts of processes that were killed: those of one file, or of all in a folder. */
export async function removeLeftovers(folder: string, file?: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const [, of, pid, host = machine] = /^\.(.*)\.fly-tokens-(\d+)(?:-([0-9a-f]{8}))?$/s.exec(name) ?? [];
    if (pid === undefined || (file !== undefined && of !== file)) continue;
    const path = join(folder, name);
    if (await (host === machine ? isRunning(Number(pid)) : isYoung(path))) continue;
    await rm(path, { force: true });
  }
}

async function isYoung(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < longestDraft;
}

async function writeDraft(
  draft: string,
  bytes: Buffer,
  { mode = 0o600, owner, durable = true }: ReplaceOptions,
): Promise<void> {
  rmSync(draft, { force: true }); // of a killed process that had our number
  const file = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(file, bytes);
    // Where the group cannot be kept, the new one must not get the old one's rights.
    fchmodSync(file, !owner || giveTo(file, owner) ? mode : mode & ~0o070);
    if (durable) await flush(file);
  } finally {
    closeSync(file);
  }
}

function giveTo(file: number, { uid, gid }: { uid: number; gid: number }): boolean {
  try {
    fchownSync(file, uid, gid);
    return true;
  } catch {
    return false;
  }
}

/** A rename that never replaces; on file systems without hard links, one that did not when it was looked at. */
function move(draft: string, file: string): void {
  try {
    linkSync(draft, file);
    unlinkSync(draft);
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error) ?? "")) throw error;
    renameSync(draft, file);
  }
}
