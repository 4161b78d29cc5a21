/**
 * One lock for each real path, as a file in a folder of ours. It is made with `link`, so that it is never there
 * without saying whose it is; the lock of a process that has died is broken, also by several contenders at once.
 */
import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../problem.ts";
import { isRunning, startOf } from "./process.ts";
import { codeOf } from "./refusals.ts";
import { draftOf, removeLeftovers } from "./replace.ts";

interface Holder {
  pid: number;
  host: string;
  /** As `startOf` has it. */
  started?: string;
  id: string;
}

/** Nobody edits for longer; tells a dead lock of another machine, whose processes cannot be asked. */
const longestEdit = 10 * 60_000;

/**
 * Runs `act` while every path is locked; in one order for everybody, so that no two wait for each other.
 *
 * @param folder where the locks are kept; it is made if need be
 * @param paths real paths
 * @param wait how long to wait for each, in milliseconds
 * @throws Problem `file_locked`
 */
export async function withLocks<T>(
  folder: string,
  paths: readonly string[],
  wait: number,
  act: () => Promise<T>,
): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(folder);
  const draft = await writeHolder(folder);
  const held: string[] = [];
  try {
    for (const path of [...new Set(paths)].sort()) {
      const file = join(folder, createHash("sha256").update(path).digest("hex"));
      await acquire(draft, file, path, Date.now() + wait);
      held.push(file);
    }
    return await act();
  } finally {
    for (const file of [draft, ...held]) rmSync(file, { force: true });
  }
}

/** Who takes the locks, once for all of them: each lock is another name of this file. */
async function writeHolder(folder: string): Promise<string> {
  ownStart ??= startOf(process.pid);
  const started = await ownStart;
  const own: Holder = { pid: process.pid, host: hostname(), id: randomUUID(), ...(started && { started }) };
  const draft = draftOf(join(folder, own.id));
  writeFileSync(draft, JSON.stringify(own), { flag: "wx", mode: 0o600 });
  return draft;
}

let ownStart: ReturnType<typeof startOf> | undefined;

async function acquire(draft: string, file: string, path: string, deadline: number): Promise<void> {
  while (!claim(draft, file)) {
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (await isDead(holder, file)) await breakLock(draft, file, path, holder, deadline);
    else if (Date.now() >= deadline) throw locked(file, path, holder);
    else await sleep(10 + Math.random() * 20);
  }
}

function claim(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Whoever holds the lock's own lock may remove it, and only while it is still that of the dead process: without
 * this step, the second of two contenders would remove the lock that the first has just taken.
 */
async function breakLock(
  draft: string,
  file: string,
  path: string,
  dead: Holder,
  deadline: number,
): Promise<void> {
  const breaking = `${file}.break`;
  await acquire(draft, breaking, path, deadline);
  try {
    if ((await readHolder(file))?.id === dead.id) await unlink(file);
  } finally {
    await unlink(breaking);
  }
}

/** `undefined`: released meanwhile. A lock that says nothing is what a power failure leaves. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const nobody = { pid: 0, host: "", id: text };
  try {
    const holder: unknown = JSON.parse(text);
    return isHolder(holder) ? holder : nobody;
  } catch {
    return nobody;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null && "pid" in value && "host" in value && "id" in value;
}

async function isDead({ pid, host, started }: Holder, file: string): Promise<boolean> {
  if (pid === 0) return true;
  if (host === hostname()) return !(await isRunning(pid, started));
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > longestEdit;
}

function locked(file: string, path: string, { pid, host }: Holder): Problem {
  return new Problem(
    "file_locked",
    `${path} is being edited by process ${pid} on ${host}.`,
    `Try again when that process is done; if there is no such process, remove ${file}.`,
  );
}
