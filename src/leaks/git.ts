/**
 * Asks git about a repository that anybody may have made: its configuration may name programs for every occasion, and
 * servers to fetch from. None of them is started or asked.
 */
import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { RunOptions } from "../run.ts";

export type Git = (
  folder: string,
  args: readonly string[],
  options?: Pick<RunOptions, "input" | "timeout" | "onStdout">,
) => Promise<{ code: number; stdout: string }>;

const overrides = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false"];

/** @returns what asks; it throws `not_found` where git is not installed, and has another code than 0 where git refuses */
export function gitOf({ run, env }: Pick<Context, "run" | "env">): Git {
  const kept = Object.entries(env).filter(
    ([name]) => !/^GIT_(?!CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)$)/i.test(name),
  );
  const hardened = {
    ...Object.fromEntries(kept),
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    // What a partial clone lacks stays away, by the one for git since 2.45 and by the other for all.
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_NO_REPLACE_OBJECTS: "1",
    LC_ALL: "C",
  };
  return (folder, args, options = {}) => {
    const all = ["--no-pager", ...overrides.flatMap((one) => ["-c", one]), ...args];
    return run("git", all, { ...options, cwd: folder, env: hardened });
  };
}

/** The nearest folder with a `.git` in it, from this one upwards. */
export async function repositoryOf(folder: string): Promise<string | undefined> {
  if (await hasGit(folder)) return folder;
  return folder === dirname(folder) ? undefined : repositoryOf(dirname(folder));
}

export async function hasGit(folder: string): Promise<boolean> {
  return lstat(join(folder, ".git")).then(
    () => true,
    () => false,
  );
}

/**
 * What git lists, each name absolute.
 * @param most names; what is beyond is left out
 * @returns `undefined` where git does not answer for the folder
 */
export async function listed(
  git: Git,
  folder: string,
  args: readonly string[],
  { timeout, most }: { timeout: number; most: number },
): Promise<Set<string> | undefined> {
  const names = new Set<string>();
  const onStdout = records("\0", (name) => {
    const path = join(folder, name);
    if (path.startsWith(join(folder, "/"))) names.add(path.replace(/[/\\]$/, ""));
    return names.size < most ? "more" : "enough";
  });
  try {
    const { code } = await git(folder, ["--literal-pathspecs", "ls-files", "-z", ...args], {
      timeout,
      onStdout,
    });
    return code === 0 || names.size >= most ? names : undefined;
  } catch (error) {
    if (error instanceof Problem) return undefined; // no git on this machine, or no answer in time
    throw error;
  }
}

/** Cuts what a program prints into records, of UTF-8. */
export function records(
  end: string,
  take: (record: string) => "more" | "enough",
): NonNullable<RunOptions["onStdout"]> {
  let held = "";
  return (bytes) => {
    const parts = (held + bytes.toString("latin1")).split(end);
    held = parts.pop() ?? "";
    for (const part of parts) if (take(Buffer.from(part, "latin1").toString()) === "enough") return "enough";
    return "more";
  };
}
