/** Things in the order of time, in a table that replicas share. The oldest are dropped when there are many. */
import type * as z from "zod";
import { parseJson } from "../../json.ts";
import type { RegistryDatabase } from "../../registry/store/database.ts";
import type { Lines } from "../lines.ts";
import type { SharedDatabase } from "./database.ts";

export class DatabaseLines<Item> implements Lines<Item> {
  readonly #database: SharedDatabase;
  readonly #room: string;
  readonly #shape: z.ZodType<Item>;
  readonly #most: number;

  /** @param most how many are kept at least; never many more than twice as many */
  constructor(database: SharedDatabase, room: string, shape: z.ZodType<Item>, most: number) {
    this.#database = database;
    this.#room = room;
    this.#shape = shape;
    this.#most = most;
  }

  async mentioning(text: string): Promise<Item[]> {
    const rows = await this.#database.ask((db) =>
      db
        .selectFrom("lines")
        .select("line")
        .where("room", "=", this.#room)
        .where((is) => is(is.fn<number>("strpos", ["line", is.val(text)]), ">", 0))
        .orderBy("id")
        .execute(),
    );
    return rows.flatMap(({ line }) => {
      const { data, success } = this.#shape.safeParse(parseJson(line));
      return success ? [data] : [];
    });
  }

  async append(item: Item): Promise<void> {
    await this.#database.ask(async (db) => {
      await db
        .insertInto("lines")
        .values({ room: this.#room, line: JSON.stringify(item) })
        .execute();
      await this.#dropOld(db);
    });
  }

  async #dropOld(db: RegistryDatabase): Promise<void> {
    if (this.#most === Number.POSITIVE_INFINITY) return;
    const before = (place: number) =>
      db
        .selectFrom("lines")
        .select("id")
        .where("room", "=", this.#room)
        .orderBy("id", "desc")
        .offset(place)
        .limit(1)
        .executeTakeFirst();
    if (!(await before(2 * this.#most))) return;
    const last = await before(this.#most);
    if (last)
      await db.deleteFrom("lines").where("room", "=", this.#room).where("id", "<=", last.id).execute();
  }
}
