/** What is refused, and what is warned about, before anything is written. A dry run meets the same. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Problem } from "../problem.ts";
import type { Run } from "../run.ts";
import type { Job } from "./disk.ts";
import { gitState } from "./git.ts";
import { codeOf, unwritable } from "./refusals.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Whether a file can be replaced and stays what it was otherwise.
 *
 * @param uid of this process; `undefined` where the system has none
 * @throws Problem `file_unwritable`
 */
export function checkWritable(snapshot: Snapshot, uid: number | undefined): void {
  const { path, dangling, stat } = snapshot;
  if (dangling) {
    throw unwritable(
      path,
      "it is a symbolic link that leads nowhere",
      `Create what ${path} links to, or remove the link, and try again.`,
    );
  }
  if (stat && !stat.regular) throw unwritable(path, "it is not a regular file");
  if (stat && uid !== undefined && uid !== 0 && stat.uid !== uid) {
    throw unwritable(path, "it belongs to another user", `Give ${path} to this user, or run as its owner.`);
  }
  try {
    accessSync(existingFolder(dirname(snapshot.real)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Whether a secret may stand in a file.
 *
 * @param rule what to do where git would take it along; `ignore`: it is left alone until it is written
 * @returns warnings
 * @throws Problem `unsafe_location`
 */
export async function checkSecrecy(
  { path, real, stat }: Snapshot,
  run: Run,
  rule: Job["git"],
): Promise<string[]> {
  const warnings: string[] = [];
  const git = await gitState(real, run);
  if (git === "tracked" && rule !== "allow") throw trackedByGit(path, real, rule);
  if (git === "tracked")
    warnings.push(`${path} is tracked by git: the secret will be in the next commit unless it is taken out.`);
  if (git === "exposed" && rule === "refuse") throw exposedToGit(path, rule);
  if (git === "exposed" && rule !== "ignore")
    warnings.push(`${path} is in a git repository that does not ignore it; add it to .gitignore.`);
  if (git === "unknown")
    warnings.push(`${path} is in a git repository, but git did not say whether it tracks it.`);
  if (stat && (stat.mode & 0o077) !== 0 && process.platform !== "win32") {
    warnings.push(
      `${path} can be read or written by other users (mode ${stat.mode.toString(8).padStart(4, "0")}); run \`chmod 600 ${path}\`.`,
    );
  }
  return warnings;
}

/** At the last moment, with what the .gitignore says now. @throws Problem `unsafe_location` */
export async function checkIgnored({ path, real }: Snapshot, run: Run): Promise<void> {
  const git = await gitState(real, run);
  if (git === "tracked") throw trackedByGit(path, real, "ignore");
  if (git === "exposed") throw exposedToGit(path, "ignore");
}

const waysOut = {
  refuse:
    "Call again with deliver_git ignore, which adds it to .gitignore, or choose a path outside the repository.",
  ignore: "Choose a path outside the repository: git does not heed what was added to its .gitignore.",
};

function exposedToGit(path: string, rule: keyof typeof waysOut): Problem {
  return new Problem(
    "unsafe_location",
    `${path} would be in a git repository that does not ignore it: the secret would be in the next commit.`,
    waysOut[rule],
  );
}

/** @param real where git has it: that is not always where the client names it */
function trackedByGit(path: string, real: string, rule: Job["git"]): Problem {
  const linked = path === real ? "" : ` (as ${real})`;
  return new Problem(
    "unsafe_location",
    `${path} is tracked by git${linked}: the secret would be in the next commit.`,
    `Use a file outside the repository${rule ? "" : ' (scope "user"), a reference instead of the value'}, or \`git -C ${dirname(real)} rm --cached ${real}\` first.`,
  );
}

/** The nearest folder on the way that is there. */
function existingFolder(folder: string): string {
  try {
    statSync(folder);
    return folder;
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || folder === dirname(folder)) throw error;
    return existingFolder(dirname(folder));
  }
}
