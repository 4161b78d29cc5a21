/** THE ONLY WRITER of users' files. */
import { Problem } from "../problem.ts";
import type { Run } from "../run.ts";
import type { Disk } from "./disk.ts";
import { edit, type Workplace } from "./edit.ts";
import { unignored } from "./git.ts";
import { idSource, listRecords } from "./journal.ts";
import { codeOf, unwritable } from "./refusals.ts";
import { restore } from "./restore.ts";
import { locate, takeSnapshot } from "./snapshot.ts";

export interface DiskOptions {
  /** The absolute folder of ours for locks, journal and backups; made, 0700, by the first edit. */
  state: string;
  run: Run;
  now: () => Date;
  /** Of this process. */
  uid?: number | undefined;
  /** How long to wait for a file that another process edits, in milliseconds; default 10,000. */
  lock_wait?: number;
}

/** Opens the disk; touches nothing yet. */
export function openDisk({
  state,
  run,
  now,
  uid = process.getuid?.(),
  lock_wait = 10_000,
}: DiskOptions): Disk {
  const workplace: Workplace = { state, run, now, uid, lock_wait, newId: idSource(now) };
  return {
    async read(files) {
      const snapshots = files.map(takeSnapshot);
      return new Map(snapshots.map(({ path, text }) => [path, text]));
    },
    edit: (job) => inState(state, () => edit(job, workplace)),
    async journal({ manager, token_id } = {}) {
      const records = await listRecords(state);
      return records.filter(
        (record) =>
          (manager === undefined || record.managers.includes(manager)) &&
          (token_id ?? record.token_id) === record.token_id,
      );
    },
    restore: (id, undo, { dry_run = false } = {}) =>
      inState(state, () => restore(id, undo, dry_run, workplace)),
    unignored: (path) => unignored(locate(path).real, run),
  };
}

/** The files' own failures are Problems already; what is left came from the folder of ours. */
async function inState<T>(state: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Problem || codeOf(error) === undefined) throw error;
    throw unwritable(
      state,
      error,
      "Make room there, or point FLY_TOKENS_HOME to a folder that can be written; nothing was changed.",
    );
  }
}
