/** An edit from beginning to end: lock, read, plan, check, back up, note down, write. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../problem.ts";
import type { Run } from "../run.ts";
import { applyAll, missingFolders, type Write } from "./apply.ts";
import type { Change } from "./change.ts";
import { checkIgnored, checkSecrecy, checkWritable } from "./checks.ts";
import { diff } from "./diff.ts";
import type { Job, JournalFile, JournalRecord, Receipt } from "./disk.ts";
import { encode } from "./encoding.ts";
import { backupPath, removeRecord, saveBackup, writeRecord } from "./journal.ts";
import { withLocks } from "./lock.ts";
import { masksOf, secretsOf, sha256 } from "./mask.ts";
import { unwritable } from "./refusals.ts";
import { locate, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** What every act of the disk works with. */
export interface Workplace {
  /** The absolute folder of ours that holds locks, journal and backups; made when it is first needed. */
  state: string;
  run: Run;
  now: () => Date;
  /** Of this process; `undefined` where the system has none. */
  uid: number | undefined;
  /** How long to wait for a lock, in milliseconds. */
  lock_wait: number;
  newId: () => string;
}

/** A change with the file that it is for, as it is now. */
interface Planned {
  change: Change;
  snapshot: Snapshot;
  bytes: Buffer | null;
}

/** The contract is in disk.ts. */
export async function edit(job: Job, workplace: Workplace): Promise<Receipt> {
  return lockedFiles(job, workplace, async () => {
    const snapshots = job.files.map(takeSnapshot);
    const planned = plan(job, snapshots);
    const warnings: string[] = [];
    for (const { change, snapshot } of planned) {
      checkWritable(snapshot, workplace.uid);
      if (receivesSecret(change)) warnings.push(...(await checkSecrecy(snapshot, workplace.run, job.git)));
    }
    const changes = planned.map(({ change }) => ({ path: change.path, diff: preview(change) }));
    if (job.dry_run || planned.length === 0) return { changes, warnings };
    const record = await carryOut(job, planned, workplace);
    const backup = (index: number) => {
      const name = record.files[index]?.backup;
      return name === undefined ? {} : { backup: backupPath(workplace.state, record.id, name) };
    };
    return {
      restore_id: record.id,
      changes: changes.map((change, index) => ({ ...change, ...backup(index) })),
      warnings,
    };
  });
}

/**
 * Runs `act` while the files are locked, each under the path to which its symbolic links lead. A dry run makes no
 * folder for the locks: where there is none, nobody edits.
 */
export async function lockedFiles<T>(
  { files, dry_run }: Pick<Job, "files" | "dry_run">,
  { state, lock_wait }: Workplace,
  act: () => Promise<T>,
): Promise<T> {
  const places = files.map(locate);
  const folder = join(state, "locks");
  if (dry_run && !existsSync(folder)) return act();
  return withLocks(
    folder,
    places.map(({ real }) => real),
    lock_wait,
    act,
  );
}

function plan(job: Job, snapshots: readonly Snapshot[]): Planned[] {
  const changes = job.plan(new Map(snapshots.map(({ path, text }) => [path, text])));
  return changes
    .filter(({ before, after }) => before !== after)
    .map((change) => {
      const snapshot = snapshots.find(({ path }) => path === change.path);
      if (!snapshot || snapshot.text !== change.before) {
        throw new Problem(
          "internal",
          `A change of ${change.path} was planned from something else than the file.`,
          "Report this; nothing was changed.",
        );
      }
      return { change, snapshot, bytes: encoded(change.after, snapshot) };
    });
}

/** @throws Problem `file_unwritable` when the file's encoding has no way to write the text */
export function encoded(text: string | null, { path, encoding }: Snapshot): Buffer | null {
  if (text === null) return null;
  const bytes = encode(text, encoding);
  if (bytes) return bytes;
  throw unwritable(
    path,
    "it is not UTF-8, and the new text needs that",
    `Save ${path} as UTF-8 and try again.`,
  );
}

function receivesSecret({ entries }: Change): boolean {
  return entries.some(({ sensitive, bringsNone, after }) => sensitive && !bringsNone && after !== undefined);
}

function preview(change: Change): string {
  const secrets = secretsOf(change);
  return diff(change.before ?? "", change.after ?? "", () => secrets, change.plain);
}

async function carryOut(
  job: Job,
  planned: readonly Planned[],
  { state, now, newId, run }: Workplace,
): Promise<JournalRecord> {
  const id = newId();
  const files: JournalFile[] = [];
  const writes: Write[] = [];
  try {
    for (const [index, { change, snapshot, bytes }] of planned.entries()) {
      const folders = missingFolders(snapshot.real);
      const backup = snapshot.bytes
        ? { backup: await saveBackup(state, id, String(index), snapshot.bytes) }
        : {};
      files.push({
        ...journalFile(change, snapshot, bytes),
        ...backup,
        ...(folders.length > 0 && { folders }),
      });
      const ready = job.git === "ignore" && receivesSecret(change) && (() => checkIgnored(snapshot, run));
      writes.push({
        snapshot,
        bytes,
        folders,
        ...(change.executable && { mode: 0o700 }),
        ...(ready && { ready }),
      });
    }
    const record: JournalRecord = { id, at: now().toISOString(), state: "pending", ...job.purpose, files };
    await writeRecord(state, record);
    await applyAll(writes);
    // The files are written; a record that stays pending can be taken back just as well.
    await writeRecord(state, { ...record, state: "done" }).catch(() => {});
    return record;
  } catch (error) {
    const partlyDone = await isPartlyDone(writes).catch(() => true);
    if (!partlyDone) await removeRecord(state, id);
    throw error;
  }
}

/** Whether something of a failed edit is left, to be taken back later by its record. */
async function isPartlyDone(writes: readonly Write[]): Promise<boolean> {
  for (const { snapshot, bytes } of writes) {
    const now = takeSnapshot(snapshot.path);
    if (bytes === null ? now.bytes === null : now.bytes?.equals(bytes)) return true;
  }
  return false;
}

function journalFile(change: Change, snapshot: Snapshot, bytes: Buffer | null): JournalFile {
  const masks = masksOf(secretsOf(change));
  return {
    path: change.path,
    before: snapshot.bytes && sha256(snapshot.bytes),
    after: bytes && sha256(bytes),
    ...(snapshot.stat && { mode: snapshot.stat.mode }),
    ...(masks.length > 0 && { masks }),
    entries: change.entries.map(({ format, path, after, sensitive }) => ({
      format,
      path,
      written: after === undefined ? null : sha256(after),
      sensitive,
    })),
  };
}
