/**
 * What we have to remember ourselves of many small things: a file that grows, one JSON object a line, for us alone. Each
 * entry has a line break on both sides, so that one that was cut off in the middle (a killed process, a full disk) spoils
 * no other. The oldest are dropped when there are many.
 */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type * as z from "zod";
import { withLocks } from "../disk/lock.ts";
import { codeOf, unreadable, unwritable } from "../disk/refusals.ts";
import { replaceFile } from "../disk/replace.ts";
import { parseJson } from "../json.ts";
import { Problem } from "../problem.ts";

/** Milliseconds; nobody holds the lock for longer than a small file takes. */
const patience = 2000;

export interface Lines<Item> {
  /** Those in whose line a text occurs, the oldest first. @throws Problem `file_unreadable`, `state_unavailable` */
  mentioning(text: string): Promise<Item[]>;
  /** @throws Problem `file_unwritable`, `file_locked`, `state_unavailable` */
  append(item: Item): Promise<void>;
}

export class FileLines<Item> implements Lines<Item> {
  readonly #file: string;
  readonly #shape: z.ZodType<Item>;
  readonly #most: number;

  /**
   * @param file absolute; made, 0600, by the first `append`
   * @param most how many are kept at least, never more than twice as many; `Infinity` for all
   */
  constructor(file: string, shape: z.ZodType<Item>, most: number) {
    this.#file = file;
    this.#shape = shape;
    this.#most = most;
  }

  async mentioning(text: string): Promise<Item[]> {
    return (await this.#lines()).filter((line) => line.includes(text)).flatMap((line) => this.#itemIn(line));
  }

  async append(item: Item): Promise<void> {
    const folder = dirname(this.#file);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const add = () => appendFile(this.#file, `\n${JSON.stringify(item)}\n`, { mode: 0o600 });
      if (this.#most === Number.POSITIVE_INFINITY) await add();
      // An entry that another process appends while this one drops old ones would be lost.
      else
        await withLocks(join(folder, "locks"), [this.#file], patience, async () => {
          await add();
          await this.#dropOld();
        });
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw unwritable(this.#file, error, "Make room there, or correct its permissions.");
    }
  }

  async #dropOld(): Promise<void> {
    const lines = await this.#lines();
    if (lines.length <= 2 * this.#most) return;
    const whole = lines.filter((line) => this.#itemIn(line).length > 0).slice(-this.#most);
    await replaceFile(this.#file, Buffer.from(whole.map((line) => `${line}\n`).join("")));
  }

  async #lines(): Promise<string[]> {
    try {
      return (await readFile(this.#file, "utf8")).split("\n").filter(Boolean);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw unreadable(this.#file, error);
    }
  }

  #itemIn(line: string): Item[] {
    const { data, success } = this.#shape.safeParse(parseJson(line));
    return success ? [data] : [];
  }
}
