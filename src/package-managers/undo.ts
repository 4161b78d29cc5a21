/** Takes single values back inside a file that was edited since. */
import { createHash } from "node:crypto";
import type { JournalEntry, Undo } from "../disk/disk.ts";
import { type Format, formats } from "../formats/index.ts";
import { parsing } from "./edit.ts";

/**
 * Puts back every value that is still as we wrote it, and leaves those that somebody has changed since. Login and
 * password of one netrc machine are one thing: half of them would be worse than either whole.
 *
 * @throws Problem `file_unparsable`
 */
export const undo: Undo = (file, original, current) => {
  const isOurs = (entry: JournalEntry) =>
    hash(parsing(file.path, () => formatOf(entry)?.read(current, entry.path))) === entry.written;
  const changed = file.entries.filter((entry) => !isOurs(entry));
  const skipped = file.entries.filter((entry) => changed.some((other) => belongTogether(entry, other)));

  const text = file.entries
    .filter((entry) => !skipped.includes(entry))
    .reduceRight((text, entry) => putBack(file.path, text, original, entry), current);
  return {
    text: original === null && isEmpty(text) ? null : text,
    skipped: skipped.map(
      ({ path }) => `${path.join(" ").trim()} in ${file.path} was changed since and is left as it is.`,
    ),
  };
};

function putBack(file: string, text: string, original: string | null, entry: JournalEntry): string {
  const format = formatOf(entry);
  if (!format) return text;
  return parsing(file, () => {
    const before = original === null ? undefined : format.read(original, entry.path);
    return before === undefined ? format.erase(text, entry.path) : format.write(text, entry.path, before);
  });
}

function belongTogether(a: JournalEntry, b: JournalEntry): boolean {
  return a === b || (a.format === "netrc" && b.format === "netrc" && a.path[0] === b.path[0]);
}

function formatOf(entry: JournalEntry): Format | undefined {
  return Object.values(formats).find(({ id }) => id === entry.format);
}

function hash(source: string | undefined): string | null {
  return source === undefined ? null : createHash("sha256").update(source).digest("hex");
}

/** A file that only we have filled: nothing is left but what its format needs. */
function isEmpty(text: string): boolean {
  return /^\uFEFF?\s*(\{\s*\})?\s*$/.test(text);
}
