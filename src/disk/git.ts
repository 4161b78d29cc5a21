/** Whether git would carry a file, and the secret in it, away. */
import { dirname, join, relative, sep } from "node:path";
import { Problem } from "../problem.ts";
import type { Run } from "../run.ts";
import { isThere } from "./snapshot.ts";

/**
 * `tracked`: in the next commit. `exposed`: in a repository, and not ignored there, so that `git add .` takes it.
 * `unknown`: in a repository that git does not answer for.
 */
export type GitState = "outside" | "ignored" | "exposed" | "tracked" | "unknown";

/** @param file a real path; the file need not exist */
export async function gitState(file: string, run: Run): Promise<GitState> {
  const root = repositoryOf(dirname(file));
  if (root === undefined) return "outside";
  // A repository's own configuration may name a program to be started for every look at its files.
  const git = async (...args: string[]) => {
    const options = {
      cwd: root,
      env: { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined },
    };
    return (await run("git", ["-c", "core.fsmonitor=false", ...args, "--", file], options)).code;
  };
  try {
    const tracked = await git("ls-files", "--error-unmatch");
    if (tracked !== 1) return tracked === 0 ? "tracked" : "unknown";
    const ignored = await git("check-ignore", "--quiet");
    if (ignored > 1) return "unknown";
    return ignored === 0 ? "ignored" : "exposed";
  } catch (error) {
    if (error instanceof Problem) return "unknown"; // no git on this machine
    throw error;
  }
}

/**
 * The contract is in disk.ts. Of several the .gitignore that is nearest to the file: what it says last is what counts.
 *
 * @param file a real path
 */
export async function unignored(file: string, run: Run): Promise<{ file: string; line: string } | undefined> {
  const root = repositoryOf(dirname(file));
  if (root === undefined || (await gitState(file, run)) !== "exposed") return undefined;
  let folder = dirname(file);
  while (folder !== root && !isThere(join(folder, ".gitignore"))) folder = dirname(folder);
  const steps = relative(folder, file).split(sep).join("/");
  return { file: join(folder, ".gitignore"), line: `/${steps.replace(/[\\*?[]| $/g, "\\$&")}` };
}

/** The nearest folder with a `.git` in it. */
function repositoryOf(folder: string): string | undefined {
  if (isThere(join(folder, ".git"))) return folder;
  return folder === dirname(folder) ? undefined : repositoryOf(dirname(folder));
}
