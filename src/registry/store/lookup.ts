/**
 * Who asks, out of SQLite. These reads go around the query builder, and rows are kept for as long
 * as nothing at all is committed: SQLite's `data_version` tells a connection that another one, of this process or any
 * other, has changed the database. So a revocation counts at once, everywhere.
 */
import type { SqliteDatabase } from "kysely";
import type { TokenRow, UserRow } from "./schema.ts";

/** A `Lookup` that answers at once. */
interface SqliteLookup {
  token(hash: string): Readonly<TokenRow> | undefined;
  user(hash: string): Readonly<UserRow> | undefined;
}

/** Goes up when something may have been committed since the last look: by this process, or by another in an earlier turn. */
let generation = 0;

/** Says that something may be committed now. */
export function noteChange(): void {
  generation++;
}

/**
 * @param reader a connection that nobody writes through; with a `capacity` of 0 it may be any
 * @param capacity how many rows are kept
 */
export function openLookup(reader: Pick<SqliteDatabase, "prepare">, capacity: number): SqliteLookup {
  const dataVersion = reader.prepare("pragma data_version");
  const kept = new Map<string, unknown>();
  let version: number | undefined;
  let checked: number | undefined;

  /** Once in a turn of the event loop: what another process answers meanwhile, no client can act upon before the next. */
  function check(): void {
    if (checked === generation && kept.size < capacity) return;
    const { data_version: current } = dataVersion.all([])[0] as { data_version: number };
    if (current !== version || kept.size >= capacity) kept.clear();
    version = current;
    checked = generation;
    setImmediate(noteChange);
  }

  function lookup<Row>(sql: string): (hash: string) => Readonly<Row> | undefined {
    const statement = reader.prepare(sql);
    return (hash) => {
      check();
      const known = kept.get(hash) ?? statement.all([hash])[0];
      if (known) kept.set(hash, known);
      return known as Row | undefined;
    };
  }

  return {
    token: lookup("select * from tokens where hash = ?"),
    user: lookup("select * from users where key_hash = ?"),
  };
}
