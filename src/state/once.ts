/**
 * THAT SOMETHING HAPPENS ONCE, agreed among all processes that share a store. Here the store is a folder: of many that
 * create the same file exclusively (`O_EXCL`; by NFS since version 3) one succeeds. A database with a unique key does the
 * same for machines that share no folder (database/once.ts).
 *
 * The files lie in a folder for each ten minutes in which they may go, so that what is old goes without being looked at.
 */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, unreadable, unwritable } from "../disk/refusals.ts";
import { flushFolder } from "../disk/replace.ts";

export interface Once {
  /**
   * @param id of what is used up
   * @param until when nobody would take it any more anyway, in milliseconds since 1970; the same for the same id
   * @returns `true` to exactly one of all who ask, whatever happens to them afterwards; `false` to all when it is too old
   * @throws Problem `file_unwritable`, `state_unavailable` when that cannot be known: then it must not be used
   */
  spend(id: string, until: number): Promise<boolean>;
  /** Whether somebody has. @throws Problem `file_unreadable`, `state_unavailable` */
  isSpent(id: string, until: number): Promise<boolean>;
}

/** Of time, for one folder; in milliseconds. */
const slot = 10 * 60_000;

/** How far the clocks of machines may differ: so much longer is kept what is used up. In milliseconds. */
export const patience = 60 * 60_000;

export class FolderOnce implements Once {
  readonly #folder: string;
  readonly #now: () => Date;

  /** @param folder absolute; made, 0700, by the first `spend` */
  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  async spend(id: string, until: number): Promise<boolean> {
    if (until <= this.#now().getTime()) return false;
    const folder = this.#slotOf(until);
    try {
      const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
      if (!(await isFirst(join(folder, nameOf(id))))) return false;
      // It must not be forgotten when the power fails.
      await flushFolder(folder);
      if (isNew) await this.#sweep();
      return true;
    } catch (error) {
      throw unwritable(
        folder,
        error,
        "Nothing was changed, since what a person agreed to could not be marked as used. Make room there, or point FLY_TOKENS_HOME to a folder that can be written.",
      );
    }
  }

  async isSpent(id: string, until: number): Promise<boolean> {
    const file = join(this.#slotOf(until), nameOf(id));
    try {
      await stat(file);
      return true;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw unreadable(file, error);
    }
  }

  async #sweep(): Promise<void> {
    await flushFolder(this.#folder);
    const oldest = this.#now().getTime() - patience;
    for (const name of await readdir(this.#folder)) {
      if (!/^\d+$/.test(name) || (Number(name) + 1) * slot > oldest) continue;
      // What stays does no harm, and the next one tries again.
      await rm(join(this.#folder, name), { recursive: true, force: true }).catch(() => {});
    }
  }

  #slotOf(until: number): string {
    return join(this.#folder, `${Math.floor(until / slot)}`);
  }
}

/** For a process that shares with nobody: nothing is written. */
export class MemoryOnce implements Once {
  readonly #spent = new Map<string, number>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  async spend(id: string, until: number): Promise<boolean> {
    const now = this.#now().getTime();
    for (const [old, end] of this.#spent) if (end <= now) this.#spent.delete(old);
    if (until <= now || this.#spent.has(id)) return false;
    this.#spent.set(id, until);
    return true;
  }

  async isSpent(id: string): Promise<boolean> {
    return this.#spent.has(id);
  }
}

async function isFirst(file: string): Promise<boolean> {
  try {
    await (await open(file, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** A caller may have chosen it. */
function nameOf(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
