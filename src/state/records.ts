/** What we have to remember ourselves of things with a name. Here in a folder with one JSON file for each, whole at every moment, for us alone. */
import { mkdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import { withLocks } from "../disk/lock.ts";
import { codeOf, unreadable, unwritable } from "../disk/refusals.ts";
import { replaceFile } from "../disk/replace.ts";
import { parseJson } from "../json.ts";
import { Problem } from "../problem.ts";

export interface Records<Item> {
  /** @returns `undefined` when there is none @throws Problem `file_unreadable`, `state_unavailable` */
  read(name: string): Promise<Item | undefined>;
  /**
   * Every one, by name.
   * @param skipped told of each that cannot be read; without it the first of them is thrown
   * @throws Problem `file_unreadable`, `state_unavailable`
   */
  list(skipped?: (why: Problem) => void): Promise<Item[]>;
  /** Outlasts a power failure once it returns. @throws Problem `file_unwritable`, `state_unavailable` */
  write(name: string, item: Item): Promise<void>;
  /**
   * Runs `act` while nobody else does the same with that name.
   * @param wait how long to wait for it, in milliseconds
   * @throws Problem `file_locked`, `file_unwritable`, `state_unavailable`
   */
  locked<T>(name: string, wait: number, act: () => Promise<T>): Promise<T>;
}

export class FolderRecords<Item> implements Records<Item> {
  readonly #folder: string;
  readonly #shape: z.ZodType<Item>;

  /** @param folder absolute; made, 0700, by the first `write` */
  constructor(folder: string, shape: z.ZodType<Item>) {
    this.#folder = folder;
    this.#shape = shape;
  }

  async read(name: string): Promise<Item | undefined> {
    const file = this.#file(name);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw unreadable(file, error);
    }
    const { data, success } = this.#shape.safeParse(parseJson(text));
    if (success) return data;
    throw unreadable(file, "it is not what was written there");
  }

  async list(skipped?: (why: Problem) => void): Promise<Item[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw unreadable(this.#folder, error);
    });
    const ours = names.filter((name) => /^[\w-]+\.json$/.test(name)).sort();
    return readable(ours, (name) => this.read(name.slice(0, -5)), skipped);
  }

  async write(name: string, item: Item): Promise<void> {
    const file = this.#file(name);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      await replaceFile(file, Buffer.from(`${JSON.stringify(item, null, 2)}\n`));
    } catch (error) {
      throw unwritable(this.#folder, error, "Make room there, or point FLY_TOKENS_HOME elsewhere.");
    }
  }

  async locked<T>(name: string, wait: number, act: () => Promise<T>): Promise<T> {
    return withLocks(join(this.#folder, "locks"), [this.#file(name)], wait, act);
  }

  #file(name: string): string {
    checkName(name);
    return join(this.#folder, `${name}.json`);
  }
}

/** @throws RangeError for what could lead elsewhere as the name of a file */
export function checkName(name: string): void {
  if (!/^[\w-]+$/.test(name)) throw new RangeError("Not a name for a record.");
}

/** All that can be read. @param skipped as in `Records.list` */
export async function readable<From, Item>(
  all: readonly From[],
  read: (one: From) => Promise<Item | undefined>,
  skipped: ((why: Problem) => void) | undefined,
): Promise<Item[]> {
  const items = await Promise.all(
    all.map((one) =>
      read(one).catch((error: unknown) => {
        if (!skipped || !(error instanceof Problem)) throw error;
        skipped(error);
      }),
    ),
  );
  return items.flatMap((item) => (item ? [item] : []));
}
