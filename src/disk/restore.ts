/** Taking one edit back: the former bytes where the file is still as we left it, else only what is still ours in it. */
import { basename, dirname } from "node:path";
import { Problem } from "../problem.ts";
import { applyAll, missingFolders, removeEmpty, type Write } from "./apply.ts";
import { checkWritable } from "./checks.ts";
import { diff } from "./diff.ts";
import type { AppliedChange, Disk, JournalFile, JournalRecord, Undo } from "./disk.ts";
import { encoded, lockedFiles, type Workplace } from "./edit.ts";
import { decode } from "./encoding.ts";
import { loadBackup, readRecord, writeRecord } from "./journal.ts";
import { forgetInLater } from "./later.ts";
import { findMasked, sha256 } from "./mask.ts";
import { removeLeftovers } from "./replace.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";

interface Step {
  file: JournalFile;
  snapshot: Snapshot;
  /** What the file is to be; `null`: removed. `undefined`: it stays as it is. */
  bytes: Buffer | null | undefined;
  skipped: readonly string[];
}

/** The contract is in disk.ts. */
export async function restore(
  id: string,
  undo: Undo,
  dry_run: boolean,
  workplace: Workplace,
): ReturnType<Disk["restore"]> {
  const { files } = await open(id, workplace);
  return lockedFiles({ files: files.map(({ path }) => path), dry_run }, workplace, async () => {
    const record = await open(id, workplace);
    const steps: Step[] = [];
    // The last file first: what came last goes first.
    for (const file of [...record.files].reverse()) steps.push(await plan(record.id, file, undo, workplace));
    const writes: Write[] = [];
    for (const { file, snapshot, bytes } of steps) {
      if (bytes === undefined) continue;
      checkWritable(snapshot, workplace.uid);
      writes.push({ snapshot, bytes, folders: missingFolders(snapshot.real), mode: file.mode });
    }
    if (!dry_run) {
      await carryOut(record, steps, writes, workplace);
      await forgetInLater(record, undo, workplace.state);
    }
    return { changes: steps.flatMap(change), skipped: steps.flatMap(({ skipped }) => skipped) };
  });
}

/** @throws Problem `not_found`, `conflict` */
async function open(id: string, { state }: Workplace): Promise<JournalRecord> {
  const record = await readRecord(state, id);
  if (!record) {
    throw new Problem(
      "not_found",
      "There is no edit of that name to take back.",
      "Call restore_package_manager with `manager`, or with a restore_id that configure_package_manager returned.",
    );
  }
  if (record.state === "restored") {
    throw new Problem(
      "conflict",
      `The edit ${id} was taken back before.`,
      "Nothing is left to do; choose another restore_id to take back another edit.",
    );
  }
  return record;
}

async function plan(id: string, file: JournalFile, undo: Undo, { state }: Workplace): Promise<Step> {
  const snapshot = takeSnapshot(file.path);
  const now = snapshot.bytes && sha256(snapshot.bytes);
  const step = { file, snapshot, skipped: [] };
  if (now === file.before) return { ...step, bytes: undefined };
  const original = await loadBackup(state, id, file);
  if (now === file.after) return { ...step, bytes: original };
  if (snapshot.text === null)
    return { ...step, bytes: undefined, skipped: [`${file.path} is not there any more.`] };
  const { text, skipped } = undo(file, original && (decode(original)?.text ?? null), snapshot.text);
  return { ...step, bytes: text === snapshot.text ? undefined : encoded(text, snapshot), skipped };
}

async function carryOut(
  record: JournalRecord,
  steps: readonly Step[],
  writes: readonly Write[],
  { state }: Workplace,
): Promise<void> {
  await applyAll(writes);
  for (const { file, snapshot, bytes } of steps) {
    // An edit that was killed may have left a draft, with the secret in it, and folders without their file.
    await removeLeftovers(dirname(snapshot.real), basename(snapshot.real)).catch(() => {});
    const isGone = bytes === null || (bytes === undefined && snapshot.bytes === null && file.before === null);
    if (isGone) await removeEmpty(file.folders ?? []);
  }
  await writeRecord(state, { ...record, state: "restored" });
}

function change({ file, snapshot, bytes }: Step): AppliedChange[] {
  if (bytes === undefined) return [];
  const text = bytes ? (decode(bytes)?.text ?? "") : "";
  const masks = file.masks ?? [];
  return [{ path: file.path, diff: diff(snapshot.text ?? "", text, (lines) => findMasked(lines, masks)) }];
}
