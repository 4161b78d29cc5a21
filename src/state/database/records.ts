/**
 * Things by name, in a table that replicas share. Secrets are sealed with the operator's key, which is not in the
 * database: its backups, its logs and whoever may read it get nothing that opens anything.
 */
import type * as z from "zod";
import { parseJson } from "../../json.ts";
import { Problem } from "../../problem.ts";
import type { Seal } from "../../seal.ts";
import { checkName, type Records, readable } from "../records.ts";
import type { SharedDatabase } from "./database.ts";

interface Options<Item> {
  database: SharedDatabase;
  seal: Seal;
  room: string;
  shape: z.ZodType<Item>;
  secrets: readonly (keyof Item & string)[];
  now: () => Date;
}

/** The end of time, as far as a seal can say it: they are good as long as the record is there. */
const forever = 2 ** 48 - 1;

export class DatabaseRecords<Item extends object> implements Records<Item> {
  readonly #options: Options<Item>;
  /** By name, of what is locked here: throws when the lock is lost. */
  readonly #locks = new Map<string, () => void>();

  constructor(options: Options<Item>) {
    this.#options = options;
  }

  async read(name: string): Promise<Item | undefined> {
    checkName(name);
    const { database, room } = this.#options;
    const row = await database.ask((db) =>
      db
        .selectFrom("records")
        .select("document")
        .where("room", "=", room)
        .where("name", "=", name)
        .executeTakeFirst(),
    );
    return row && this.#opened(name, row.document);
  }

  async list(skipped?: (why: Problem) => void): Promise<Item[]> {
    const { database, room } = this.#options;
    const rows = await database.ask((db) =>
      db
        .selectFrom("records")
        .select(["name", "document"])
        .where("room", "=", room)
        .orderBy("name")
        .execute(),
    );
    return readable(rows, async ({ name, document }) => this.#opened(name, document), skipped);
  }

  async write(name: string, item: Item): Promise<void> {
    checkName(name);
    const { database, room, now } = this.#options;
    // Somebody else may be at it by now, and would be overwritten.
    this.#locks.get(name)?.();
    const changed = { document: this.#closed(name, item), written_at: now().getTime() };
    await database.ask((db) =>
      db
        .insertInto("records")
        .values({ room, name, ...changed })
        .onConflict((conflict) => conflict.columns(["room", "name"]).doUpdateSet(changed))
        .execute(),
    );
  }

  async locked<T>(name: string, wait: number, act: () => Promise<T>): Promise<T> {
    checkName(name);
    const { database, room } = this.#options;
    return database.locked(`${room}\n${name}`, wait, async (stillOurs) => {
      this.#locks.set(name, stillOurs);
      try {
        return await act();
      } finally {
        if (this.#locks.get(name) === stillOurs) this.#locks.delete(name);
      }
    });
  }

  #closed(name: string, item: Item): string {
    const { seal, secrets } = this.#options;
    const entries = Object.entries(item).filter(([, value]) => value !== undefined);
    const isSecret = ([key]: [string, unknown]) => secrets.some((one) => one === key);
    const hidden = entries.filter(isSecret);
    const open = Object.fromEntries(entries.filter((entry) => !isSecret(entry)));
    const sealed =
      hidden.length > 0 ? seal.seal(Object.fromEntries(hidden), forever, this.#bound(name)) : undefined;
    return JSON.stringify({ open, sealed });
  }

  #opened(name: string, document: string): Item {
    const { seal, shape, now } = this.#options;
    const held = parseJson(document) as { open?: object; sealed?: string } | undefined;
    const hidden =
      typeof held?.sealed === "string"
        ? seal.open(held.sealed, now().getTime(), this.#bound(name))
        : { value: {} };
    if (!hidden) throw unreadable("it was sealed with another FLY_TOKENS_HTTP_KEY");
    const { data, success } = shape.safeParse({ ...held?.open, ...(hidden.value as object) });
    if (!success) throw unreadable("it is not what was written there");
    return data;
  }

  #bound(name: string) {
    return { purpose: "records", to: [this.#options.room, name] };
  }
}

function unreadable(why: string): Problem {
  return new Problem(
    "file_unreadable",
    `A record in the database that replicas share cannot be read: ${why}.`,
    "Give every replica the same FLY_TOKENS_HTTP_KEY, and the same version of fly-tokens; nothing was changed.",
  );
}
