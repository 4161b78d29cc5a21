/** That something happens once, over all replicas: of many that insert the same row one succeeds. */
import { createHash } from "node:crypto";
import { Problem } from "../../problem.ts";
import type { Once } from "../once.ts";
import { patience } from "../once.ts";
import type { SharedDatabase } from "./database.ts";

/** Milliseconds between two looks at what may go. */
const sweepsEvery = 10 * 60_000;

export class DatabaseOnce implements Once {
  readonly #database: SharedDatabase;
  readonly #room: string;
  readonly #now: () => Date;
  #swept = Number.NEGATIVE_INFINITY;

  constructor(database: SharedDatabase, room: string, now: () => Date) {
    this.#database = database;
    this.#room = room;
    this.#now = now;
  }

  async spend(id: string, until: number): Promise<boolean> {
    if (until <= this.#now().getTime()) return false;
    const row = { id: this.#nameOf(id), until };
    return this.#changingNothing(async () => {
      const inserted = await this.#database.ask((db) =>
        db
          .insertInto("spent")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .returning("id")
          .executeTakeFirst(),
      );
      await this.#sweep();
      return inserted !== undefined;
    });
  }

  async isSpent(id: string): Promise<boolean> {
    return this.#changingNothing(() =>
      this.#database.ask(async (db) => {
        const row = db.selectFrom("spent").select("id").where("id", "=", this.#nameOf(id));
        return (await row.executeTakeFirst()) !== undefined;
      }),
    );
  }

  async #changingNothing<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw error.told({
        sentence: `${error.message} Nothing was changed, since what a person agreed to could not be marked as used.`,
      });
    }
  }

  async #sweep(): Promise<void> {
    const now = this.#now().getTime();
    if (now - this.#swept < sweepsEvery) return;
    this.#swept = now;
    // What stays does no harm, and the next one tries again.
    await this.#database
      .ask((db) =>
        db
          .deleteFrom("spent")
          .where("until", "<", now - patience)
          .execute(),
      )
      .catch(() => {});
  }

  /** A caller may have chosen it, and a reader of the database is told nothing. */
  #nameOf(id: string): string {
    return createHash("sha256").update(`${this.#room}\n${id}`).digest("hex");
  }
}
