/** Paths as people and agents write them. */
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
