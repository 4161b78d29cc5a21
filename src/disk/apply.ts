/** Writing: all files or none. */
import { mkdir, rmdir, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { Problem } from "../problem.ts";
import { changed, codeOf, unwritable } from "./refusals.ts";
import { flushFolder, replaceFile } from "./replace.ts";
import { isThere, type Snapshot, takeSnapshot } from "./snapshot.ts";

export interface Write {
  /** The file as it was when the bytes were planned; it is not written when it has changed since. */
  snapshot: Snapshot;
  /** `null`: the file is removed. */
  bytes: Buffer | null;
  /** Folders to be made first, outermost first. */
  folders: readonly string[];
  /** Permission bits for a new file; default 0600. */
  mode?: number | undefined;
  /** Called when those before it have been written; when it throws, they are put back. */
  ready?: () => Promise<void>;
}

/** The folders of a path that are not there, outermost first. */
export function missingFolders(file: string): string[] {
  const folder = dirname(file);
  return isThere(folder) || folder === file ? [] : [...missingFolders(folder), folder];
}

/**
 * Writes one file after the other. When one fails, those before it are put back.
 * @throws Problem `file_changed`, `file_unwritable`
 */
export async function applyAll(writes: readonly Write[]): Promise<void> {
  const done: Write[] = [];
  try {
    for (const write of writes) {
      await write.ready?.();
      await apply(write);
      done.push(write);
    }
  } catch (error) {
    for (const write of done.reverse()) await putBack(write);
    throw error;
  }
}

async function apply({ snapshot, bytes, folders, mode }: Write): Promise<void> {
  const { path, real, stat } = snapshot;
  const check = () => checkUnchanged(snapshot);
  const made: string[] = [];
  try {
    if (bytes === null) {
      await check();
      await unlink(real);
      await flushFolder(dirname(real));
      return;
    }
    for (const folder of folders) if (await makeFolder(folder)) made.push(folder);
    const attributes = stat
      ? { mode: stat.mode, owner: { uid: stat.uid, gid: stat.gid } }
      : { mode: mode ?? 0o600, exclusive: true };
    await replaceFile(real, bytes, { ...attributes, check });
  } catch (error) {
    await removeEmpty(made);
    if (error instanceof Problem) throw error;
    throw codeOf(error) === "EEXIST" ? changed(path) : unwritable(path, error);
  }
}

/** Whether it was this call that made the folder; another edit may need the same one at the same time. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** @throws Problem `file_changed` */
async function checkUnchanged({ path, real, bytes }: Snapshot): Promise<void> {
  const now = takeSnapshot(path);
  const same = bytes === null ? now.bytes === null : now.bytes?.equals(bytes);
  if (!same || now.real !== real) throw changed(path);
}

/** @throws Problem `file_unwritable`; the journal still has the edit then */
async function putBack(write: Write): Promise<void> {
  const { snapshot, bytes, folders } = write;
  try {
    const now = takeSnapshot(snapshot.path);
    const ours = bytes === null ? now.bytes === null : now.bytes?.equals(bytes);
    if (!ours) return;
    await apply({ snapshot: now, bytes: snapshot.bytes, folders: [], mode: snapshot.stat?.mode });
    if (snapshot.bytes === null) await removeEmpty(folders);
  } catch (error) {
    const fix = "Call restore_package_manager once the cause is removed.";
    throw new Problem(
      "file_unwritable",
      `${snapshot.path} was written, another file could not be, and it could not be put back.`,
      fix,
      { cause: error },
    );
  }
}

/** Removes folders that were made for a file, as far as nothing else is in them. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].reverse()) await rmdir(folder).catch(() => {});
}
