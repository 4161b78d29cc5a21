/**
 * What was done, so that it can be taken back: one JSON file for each edit, and beside it the former bytes of each
 * file. The journal holds no secret; the former bytes may, so both are ours alone to read.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JournalFile, JournalRecord } from "./disk.ts";
import { sha256 } from "./mask.ts";
import { codeOf, unreadable } from "./refusals.ts";
import { replaceFile } from "./replace.ts";

const idPattern = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/;

/** Names for edits that sort by time, those of one process also within a millisecond. */
export function idSource(now: () => Date): () => string {
  let last = 0;
  return () => {
    last = Math.max(now().getTime(), last + 1);
    return `${new Date(last).toISOString().replace(/[-:.]/g, "")}-${randomBytes(4).toString("hex")}`;
  };
}

export async function writeRecord(state: string, record: JournalRecord): Promise<void> {
  mkdirSync(journalFolder(state), { recursive: true, mode: 0o700 });
  // What must outlast a power failure is how to take the edit back, and that is there before the edit begins.
  const durable = record.state === "pending";
  await replaceFile(recordFile(state, record.id), Buffer.from(`${JSON.stringify(record, null, 2)}\n`), {
    durable,
  });
}

/** `undefined` when there is no such edit. @throws Problem `file_unreadable` */
export async function readRecord(state: string, id: string): Promise<JournalRecord | undefined> {
  if (!idPattern.test(id)) return undefined;
  const file = recordFile(state, id);
  try {
    const record: unknown = JSON.parse(await readFile(file, "utf8"));
    if (isRecord(record)) return record;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unreadable(file, error instanceof SyntaxError ? "it is not the JSON that was written" : error);
  }
  throw unreadable(file, "it is not a record of an edit");
}

/** Every edit, newest first. @throws Problem `file_unreadable` */
export async function listRecords(state: string): Promise<JournalRecord[]> {
  const names = await readdir(journalFolder(state)).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw unreadable(journalFolder(state), error);
  });
  const ids = names.map((name) => name.replace(/\.json$/, "")).filter((id) => idPattern.test(id));
  const records = await Promise.all(
    ids
      .sort()
      .reverse()
      .map((id) => readRecord(state, id)),
  );
  return records.filter((record) => record !== undefined);
}

/** Forgets an edit that did not take place. */
export async function removeRecord(state: string, id: string): Promise<void> {
  await rm(recordFile(state, id), { force: true });
  await rm(backupFolder(state, id), { recursive: true, force: true });
}

/** Keeps the former bytes of a file of an edit; returns their name. */
export async function saveBackup(state: string, id: string, name: string, bytes: Buffer): Promise<string> {
  const folder = backupFolder(state, id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, name), bytes);
  return name;
}

/** The former bytes of a file; `null` when there was none. @throws Problem `file_unreadable` */
export async function loadBackup(state: string, id: string, file: JournalFile): Promise<Buffer | null> {
  if (file.before === null) return null;
  const path = backupPath(state, id, file.backup ?? "");
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (sha256(bytes) !== file.before) throw unreadable(path, "its content is not what was saved");
  return bytes;
}

export function backupPath(state: string, id: string, name: string): string {
  return join(backupFolder(state, id), name);
}

function backupFolder(state: string, id: string): string {
  return join(state, "backups", id);
}

function journalFolder(state: string): string {
  return join(state, "journal");
}

function recordFile(state: string, id: string): string {
  return join(journalFolder(state), `${id}.json`);
}

function isRecord(value: unknown): value is JournalRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    "state" in value &&
    "files" in value &&
    Array.isArray(value.files)
  );
}
