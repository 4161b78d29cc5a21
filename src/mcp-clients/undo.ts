/** Takes a server out of a file that was edited since. */
import { createHash } from "node:crypto";
import type { JournalFile, Undo } from "../disk/disk.ts";
import { undo } from "../package-managers/undo.ts";
import type { McpClient } from "./mcp-client.ts";

/**
 * As `undo` of the package managers, with two rules more. A client may have written its file anew, in another layout:
 * an entry that says what we wrote is still ours. And what belongs to one server goes or stays together: half an entry
 * would be worse than either whole.
 */
export function undoFor({ notation }: McpClient): Undo {
  return (file, original, current) => {
    const text = notation.nests ? laidOut(file, original ?? "", current) : current;
    const result = undo(file, original, text);
    if (result.skipped.length === 0) return result;
    const kept = file.entries.map(
      ({ path }) =>
        `${path.join(" ")} in ${file.path}: the entry was changed since, and all of it is left as it is.`,
    );
    return { text: current, skipped: kept };
  };

  /** The text with our values as we laid them out, where they say the same. */
  function laidOut({ entries }: JournalFile, original: string, current: string): string {
    return entries.reduce((text, { path, written }) => {
      const source = readable(() => notation.format.read(text, path));
      if (source === undefined || hash(source) === written) return text;
      const value: unknown = readable(() => notation.data(`{"value": ${source}}`).value);
      const ours = [original, "{\n  "].map((style) => notation.source(value, path, style));
      const same = ours.find((one) => hash(one) === written);
      return same === undefined ? text : notation.format.write(text, path, same);
    }, current);
  }
}

/** What does not parse is refused by `undo`, which names the line. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
