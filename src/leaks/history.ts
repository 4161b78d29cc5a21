/** Every file that was ever in a repository, each content once, with the first commit that had it. */
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Problem } from "../problem.ts";
import type { Bounds, Skipped } from "./bounds.ts";
import { type Git, records } from "./git.ts";

export interface Blob {
  /** Where it stood, absolute; need not be there any more. */
  path: string;
  /** Hash of the commit; absent for what only a tag names. */
  commit?: string | undefined;
  bytes: Buffer;
}

interface Parts {
  git: Git;
  bounds: Bounds;
  skipped: Skipped;
}

const remedy = "A clone of one branch alone (`git clone --single-branch`) has less of it.";

type Named = Pick<Blob, "path" | "commit">;

/** What names a repository's history, the same for all its worktrees. `undefined`: git does not answer. */
export async function historyAt(root: string, { git }: Parts): Promise<string | undefined> {
  const { code, stdout } = await git(root, ["rev-parse", "--git-common-dir"]);
  return code === 0 ? realpath(resolve(root, stdout.replace(/\n$/, ""))) : undefined;
}

/**
 * Of all references, the stash and the reflog among them.
 * @param root of the repository @param take is handed one after the other
 */
export async function readHistory(root: string, take: (blob: Blob) => void, parts: Parts): Promise<void> {
  try {
    const named = await objectsOf(root, parts);
    await readBlobs(root, named, await blobsAmong(root, named, parts), take, parts);
  } catch (error) {
    // Out of time: what was found until then counts.
    if (!(error instanceof Problem) || parts.bounds.time > 0) throw error;
    parts.bounds.goesOn();
  }
}

async function objectsOf(root: string, { git, bounds, skipped }: Parts): Promise<Map<string, Named>> {
  const named = new Map<string, Named>();
  let commit: string | undefined;
  let commits = 0;
  const onStdout = records("\n", (line) => {
    const [id = "", name] = line.split(/ (.*)/s);
    if (id.startsWith("?")) skipped.add("Not all of the history is in this clone", root);
    else if (name === undefined) {
      commit = id;
      commits += 1;
    } else if (name !== "") named.set(id, { path: join(root, name), commit });
    if (named.size <= bounds.limits.objects) return "more";
    bounds.end(`${bounds.limits.objects.toLocaleString("en")} objects of git's history`, remedy);
    return "enough";
  });
  const args = [
    "rev-list",
    "--objects",
    "--in-commit-order",
    "--topo-order",
    "--reverse",
    "--all",
    "--reflog",
  ];
  const { code } = await git(root, [...args, "--missing=print"], { timeout: bounds.time, onStdout });
  bounds.commits = (bounds.commits ?? 0) + commits;
  if (code > 0) throw unanswered();
  return named;
}

/** Those that are files and not too large, as far as there is room for them. */
async function blobsAmong(root: string, named: Map<string, Named>, parts: Parts): Promise<string[]> {
  const { bounds, skipped } = parts;
  if (named.size === 0) return [];
  const blobs: string[] = [];
  let total = 0;
  const onStdout = records("\n", (line) => {
    const [id = "", type, size] = line.split(" ");
    if (type === "missing") skipped.add("Not in this clone of a repository", named.get(id)?.path);
    if (type !== "blob") return "more";
    if (Number(size) > bounds.limits.blob) {
      skipped.add(`In history, and over ${bounds.limits.blob / 1e6} MB`, named.get(id)?.path);
      return "more";
    }
    total += Number(size);
    if (total > bounds.limits.history) {
      bounds.end(`${bounds.limits.history / 1e6} MB of git's history`, remedy);
      return "enough";
    }
    blobs.push(id);
    return "more";
  });
  const input = `${[...named.keys()].join("\n")}\n`;
  const options = { input, timeout: bounds.time, onStdout };
  const { code } = await parts.git(root, ["cat-file", "--batch-check"], options);
  if (code > 0) throw unanswered();
  return blobs;
}

async function readBlobs(
  root: string,
  named: Map<string, Named>,
  ids: readonly string[],
  take: (blob: Blob) => void,
  { git, bounds }: Parts,
): Promise<void> {
  if (ids.length === 0) return;
  const onStdout = contents((id, bytes) => {
    const one = named.get(id);
    bounds.bytes += bytes.length;
    if (one) take({ ...one, bytes });
    return bounds.time > 0 ? "more" : "enough";
  });
  const input = `${ids.join("\n")}\n`;
  const { code } = await git(root, ["cat-file", "--batch"], { input, timeout: bounds.time, onStdout });
  if (bounds.time === 0) bounds.goesOn();
  else if (code > 0) throw unanswered();
}

/** Reads `ID blob SIZE`, a line's end, so many bytes and a line's end, over and over. */
function contents(
  take: (id: string, bytes: Buffer) => "more" | "enough",
): (bytes: Buffer) => "more" | "enough" {
  let held: Buffer[] = [];
  let length = 0;
  let wanted = 0;
  return (bytes) => {
    held.push(bytes);
    length += bytes.length;
    if (length < wanted) return "more";
    let rest = Buffer.concat(held);
    wanted = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const [id = "", type, size] = rest.toString("latin1", 0, end).split(" ");
      const until = type === "missing" ? end : end + 1 + Number(size);
      wanted = until + 1;
      if (rest.length < wanted) break;
      if (type !== "missing" && take(id, rest.subarray(end + 1, until)) === "enough") return "enough";
      rest = rest.subarray(wanted);
      wanted = 0;
    }
    held = [rest];
    length = rest.length;
    return "more";
  };
}

function unanswered(): Problem {
  return new Problem(
    "command_failed",
    "git could not read the repository's history.",
    "Run `git fsck` there, or call again without git_history.",
  );
}
