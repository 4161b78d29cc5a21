/**
 * Edits in the journal that came later than one that is taken back. What they found in a file, and would give back some
 * day, may be what that one had written: it goes from there, too, or a secret would return that nobody takes away again.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { JournalFile, JournalRecord, Undo } from "./disk.ts";
import { decode, encode } from "./encoding.ts";
import { backupPath, listRecords, loadBackup, saveBackup, writeRecord } from "./journal.ts";
import { sha256 } from "./mask.ts";

/**
 * To be called while the edit's files are locked. A record that cannot be read stays as it is: its own restore says so.
 *
 * @param taken the edit that was taken back
 */
export async function forgetInLater(taken: JournalRecord, undo: Undo, state: string): Promise<void> {
  const records = await listRecords(state).catch(() => []);
  for (const later of records) {
    if (later.id <= taken.id || later.state === "restored") continue;
    await forgetIn(later, taken, undo, state).catch(() => {});
  }
}

async function forgetIn(
  later: JournalRecord,
  taken: JournalRecord,
  undo: Undo,
  state: string,
): Promise<void> {
  const files: JournalFile[] = [];
  for (const file of later.files) {
    const gone = taken.files.find(({ path }) => path === file.path);
    const changed = gone ? await without(gone, taken.id, file, later.id, undo, state) : file;
    files.push(withFolders(changed, taken));
  }
  const old = later.files.filter((file) => !files.includes(file));
  if (old.length === 0) return;
  // First the new bytes, under a name of their own, then the record that names them: each is whole at every moment.
  await writeRecord(state, { ...later, files });
  const kept = new Set(files.map(({ backup }) => backup));
  for (const { backup } of old)
    if (backup !== undefined && !kept.has(backup)) await rm(backupPath(state, later.id, backup));
}

/** A folder that was made for the earlier edit, and could not go with it, goes with the last file in it. */
function withFolders(file: JournalFile, { files }: JournalRecord): JournalFile {
  const own = file.folders ?? [];
  const made = files
    .flatMap(({ folders = [] }) => folders)
    .filter((folder) => !own.includes(folder) && file.path.startsWith(join(folder, "/")));
  return file.before === null && made.length > 0 ? { ...file, folders: [...new Set(made), ...own] } : file;
}

/** A file of a later edit, as if the earlier one had never been. */
async function without(
  gone: JournalFile,
  goneId: string,
  file: JournalFile,
  id: string,
  undo: Undo,
  state: string,
): Promise<JournalFile> {
  const found = await loadBackup(state, id, file);
  const decoded = found && decode(found);
  if (!found || !decoded) return file;
  const original = await loadBackup(state, goneId, gone);
  const text = () => undo(gone, original && (decode(original)?.text ?? null), decoded.text).text;
  const bytes = sha256(found) === gone.after ? original : encodeOrNull(text(), decoded.encoding);
  if (bytes === undefined || bytes?.equals(found)) return file;
  const { backup, mode, folders = [], ...rest } = file;
  const masks = [...(file.masks ?? []), ...(gone.masks ?? [])];
  const common = { ...rest, ...(masks.length > 0 && { masks }) };
  if (bytes === null) return { ...common, before: null, ...(folders.length > 0 && { folders }) };
  const before = sha256(bytes);
  return {
    ...common,
    before,
    ...(mode !== undefined && { mode }),
    ...(folders.length > 0 && { folders }),
    backup: await saveBackup(state, id, `${backup}-${before.slice(0, 16)}`, bytes),
  };
}

/** `undefined` where the encoding has no way to write the text. */
function encodeOrNull(
  text: string | null,
  encoding: Parameters<typeof encode>[1],
): Buffer | null | undefined {
  return text === null ? null : (encode(text, encoding) ?? undefined);
}
