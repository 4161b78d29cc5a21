/** What would be written. Made by package managers without touching the disk; shown by a dry run; written by `apply`. */

/** The texts of files by absolute path; `null`: there is no such file. */
export type Texts = ReadonlyMap<string, string | null>;

/** One value inside a file. Lives in memory; the journal keeps its place and a hash, never its text. */
export interface Entry {
  /** A format's id. */
  format: string;
  /** Where in that format; holds no secret. */
  path: readonly string[];
  /** Source text before and after; `undefined`: absent. */
  before: string | undefined;
  after: string | undefined;
  /** The source text must not be shown. */
  sensitive: boolean;
  /** What is sensitive stood there before: the edit brings no secret into the file. */
  bringsNone?: true;
}

export interface Change {
  /** Absolute, as the client names it; symbolic links are followed when it is written. */
  path: string;
  before: string | null;
  /** `null`: the file is removed. */
  after: string | null;
  entries: readonly Entry[];
  /** Strings that may be shown although they stand where JSON could have a secret: they are ours, and hold none. */
  plain?: readonly string[] | undefined;
  /** A new file is a program: 0700 instead of 0600. */
  executable?: boolean | undefined;
}
