/**
 * Which files are looked at. Inside a repository those that git tracks, or would take along with `git add .`; elsewhere
 * all of them. Links are not followed, so that nothing is looked at twice, or outside of what was asked for.
 */
import { lstat, readdir, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type Bounds, reasonOf, type Skipped } from "./bounds.ts";
import { type Git, hasGit, listed, repositoryOf } from "./git.ts";

export interface Scope {
  git: Git;
  bounds: Bounds;
  skipped: Skipped;
  include_ignored: boolean;
  /** Those that were come across, by their top folders. */
  repositories: Set<string>;
  /** Folders of our own, which hold what they are meant to hold; real paths. */
  ours: readonly string[];
}

export interface File {
  /** A real path. */
  path: string;
  /** By git; `undefined` outside of a repository, and where git does not say. */
  tracked?: boolean | undefined;
}

interface Entry {
  path: string;
  isFolder: boolean;
}

type Tracked = ReadonlySet<string> | undefined;

/** What is at a path that was asked for by name, ignored or not. @param path a real one */
export async function* filesAt(path: string, scope: Scope): AsyncGenerator<File> {
  if ((await lstat(path)).isDirectory()) {
    yield* filesIn(path, scope);
    return;
  }
  const folder = dirname(path);
  const root = await repositoryOf(folder);
  if (root !== undefined) scope.repositories.add(root);
  const tracked =
    root !== undefined ? await list(scope, folder, "--cached", "--", relative(folder, path)) : undefined;
  yield { path, tracked: tracked?.has(path) };
}

async function* filesIn(top: string, scope: Scope): AsyncGenerator<File> {
  const folders: { path: string; tracked?: Tracked }[] = [{ path: top }];
  for (let next = folders.pop(); next && scope.bounds.goesOn(); next = folders.pop()) {
    const { entries, tracked } = await enter(next.path, next.path === top, next.tracked, scope);
    for await (const { path, isFolder } of entries) {
      if (isWithin(path, scope.ours)) continue;
      // In a repository it is another one: a submodule, or one that has nothing to do with it.
      if (isFolder) folders.push({ path, tracked });
      else yield { path, tracked: tracked?.has(path) };
    }
  }
}

/** @param isTop whether a repository around it counts @param around what git tracks around it */
async function enter(path: string, isTop: boolean, around: Tracked, scope: Scope) {
  const plain = (tracked: Tracked) => ({ entries: entriesOf(path, scope.skipped), tracked });
  const root = isTop ? await repositoryOf(path) : (await hasGit(path)) ? path : undefined;
  if (root === undefined) return plain(around);
  scope.repositories.add(root);
  const known = await inRepository(path, root, scope);
  return known?.files
    ? { entries: listedEntries(known.files), tracked: known.tracked }
    : plain(known?.tracked);
}

/** @returns `undefined` where git does not answer; without `files` where all of them are wanted */
async function inRepository(
  folder: string,
  root: string,
  scope: Scope,
): Promise<{ tracked: ReadonlySet<string>; files?: ReadonlySet<string> } | undefined> {
  const tracked = await list(scope, folder, "--cached");
  if (!tracked) {
    scope.skipped.add("Git did not answer, so that what it ignores was looked at too", folder);
    return undefined;
  }
  // Who names an ignored folder means it.
  if (scope.include_ignored || (folder !== root && (await isIgnored(folder, scope.git)))) return { tracked };
  const others = await list(scope, folder, "--others", "--exclude-standard");
  return { tracked, files: new Set([...tracked, ...(others ?? [])]) };
}

async function isIgnored(folder: string, git: Git): Promise<boolean> {
  return (await git(dirname(folder), ["check-ignore", "-q", "--", folder])).code === 0;
}

function list({ git, bounds }: Scope, folder: string, ...args: string[]) {
  // One more than are looked at, so that it is noticed when there are more.
  return listed(git, folder, args, { timeout: bounds.time, most: bounds.limits.files + 1 });
}

async function* listedEntries(paths: Iterable<string>): AsyncGenerator<Entry> {
  for (const path of paths) {
    const stat = await lstat(path).catch(() => undefined);
    if (!stat && hasOddName(path)) yield { path, isFolder: false };
    if (stat?.isDirectory()) yield { path, isFolder: true };
    if (stat?.isFile() && (await isReal(dirname(path)))) yield { path, isFolder: false };
  }
}

async function* entriesOf(folder: string, skipped: Skipped): AsyncGenerator<Entry> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    skipped.add(`Not readable (${reasonOf(error)})`, folder);
    return [];
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== ".git") yield { path, isFolder: true };
    if (entry.isFile()) yield { path, isFolder: false };
  }
}

/** Not in UTF-8: it cannot be named, and what it was named by is lost. */
export function hasOddName(path: string): boolean {
  return path.includes("\uFFFD");
}

/** What git has listed under a folder may by now be a link to somewhere else. */
async function isReal(folder: string): Promise<boolean> {
  return (await realpath(folder).catch(() => undefined)) === folder;
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder + sep));
}
