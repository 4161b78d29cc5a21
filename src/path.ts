/** Paths as people and agents write them. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Problem } from "./problem.ts";

/**
 * The absolute path of what was given: below the working folder, or behind `~/` below the home folder, as a shell has it.
 * @throws Problem `invalid_input` when it holds a line break or another control character
 */
export function absolute(given: string, { cwd, home }: { cwd: string; home: string }): string {
  if (/\p{Cc}/u.test(given))
    throw new Problem(
      "invalid_input",
      "The path holds a line break or another control character.",
      "Give the path of a file or folder.",
    );
  return /^~(?=[/\\]|$)/.test(given) ? join(home, given.slice(1)) : resolve(cwd, given);
}

/** @throws Problem `invalid_input` when there is no such folder: a mistyped one must not come into being */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory())
    throw new Problem(
      "invalid_input",
      `There is no folder ${path}.`,
      "Give the path of a folder that exists.",
      { argument: "project_dir" },
    );
}
