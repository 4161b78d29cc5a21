/** The contract of the only writer of users' files. */
import type { Change, Texts } from "./change.ts";

/** For whom and for what a file is edited; kept in the journal, so it holds no secret. */
export interface Purpose {
  /** Ids of the package managers. */
  managers: readonly string[];
  scope: "user" | "project";
  project_dir?: string | undefined;
  provider?: string | undefined;
  token_id?: string | undefined;
  /** How it was asked for, so that a rotation can ask the same. */
  npm_scope?: string | undefined;
  secret_style?: string | undefined;
}

export interface Job {
  purpose: Purpose;
  /** Every file that `plan` reads, absolute. All of them are locked while it runs. */
  files: readonly string[];
  plan(texts: Texts): readonly Change[];
  /**
   * What to do with a secret in a file that git would take along. By default a file that git tracks is refused, and one
   * that it does not ignore warned about; `refuse`: both are refused; `allow`: both are warned about; `ignore`: as
   * `refuse`, but at the moment of writing, when the .gitignore among the files has been written.
   */
  git?: "refuse" | "ignore" | "allow" | undefined;
  /** Everything but the writing: locks, reads, plans, and refuses what a real run would refuse. */
  dry_run?: boolean;
}

export interface AppliedChange {
  path: string;
  /** A line diff without context and with secrets masked. */
  diff: string;
  /** Where the former bytes are kept; absent when there was no file. */
  backup?: string | undefined;
}

export interface Receipt {
  /** Names this edit for `restore`; absent when nothing was written. */
  restore_id?: string | undefined;
  changes: AppliedChange[];
  warnings: string[];
}

export interface JournalEntry {
  format: string;
  path: readonly string[];
  /** SHA-256 (hex) of the source text that was written; `null`: the value was erased. */
  written: string | null;
  sensitive: boolean;
}

export interface JournalFile {
  path: string;
  /** SHA-256 (hex) of the bytes before and after; `null`: no file. */
  before: string | null;
  after: string | null;
  /** Permission bits before; absent when there was no file. */
  mode?: number | undefined;
  /** File in the backup folder that holds the former bytes. */
  backup?: string | undefined;
  /** Folders that were made for the file, outermost first. */
  folders?: readonly string[] | undefined;
  /** What a preview must not show of either text, found again by length (UTF-16 units) and SHA-256 (hex). */
  masks?: readonly { length: number; sha256: string }[] | undefined;
  entries: readonly JournalEntry[];
}

export interface JournalRecord extends Purpose {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  state: "pending" | "done" | "restored";
  files: readonly JournalFile[];
}

/** Takes an edit back inside a file that has changed since: puts back only the values that are still ours. */
export type Undo = (
  file: JournalFile,
  original: string | null,
  current: string,
) => { text: string | null; skipped: string[] };

export interface Disk {
  /** The texts of files, `null` for those that do not exist. @throws Problem `file_unreadable` */
  read(files: readonly string[]): Promise<Texts>;
  /**
   * Locks, reads, plans, checks, backs up, journals, writes; all files or none.
   * @throws Problem `file_unreadable`, `file_unwritable`, `file_changed`, `file_locked`, `unsafe_location`, and what `plan` throws
   */
  edit(job: Job): Promise<Receipt>;
  /**
   * The line that would have to stand in which .gitignore so that git leaves a file alone; `undefined` where it does
   * already, or where there is no repository. The file need not exist.
   */
  unignored(path: string): Promise<{ file: string; line: string } | undefined>;
  /** The journal, newest first; with `manager`, only those that were for it. */
  journal(filter?: { manager?: string; token_id?: string }): Promise<JournalRecord[]>;
  /**
   * Takes one edit back: the former bytes where the file is still as we left it, else `undo`.
   * @throws Problem `not_found`, `conflict` when it was restored before, and the same as `edit`
   */
  restore(
    id: string,
    undo: Undo,
    options?: { dry_run?: boolean },
  ): Promise<{ changes: AppliedChange[]; skipped: string[] }>;
}
