/** What the rooms are handed of the database, whichever it is: SQLite in the registry's folder, or PostgreSQL. */
import type { Kysely, Transaction } from "kysely";
import { Refusal } from "../caller.ts";
import type { Database, TokenRow, UserRow } from "./schema.ts";

/**
 * The reads that every request needs, to know who asks. They are never stale: what was revoked before a request came in,
 * by any process, is revoked here.
 */
export interface Lookup {
  /** @param hash SHA-256 (hex) of a token's value */
  token(hash: string): Awaitable<Readonly<TokenRow> | undefined>;
  /** @param hash SHA-256 (hex) of a user's key */
  user(hash: string): Awaitable<Readonly<UserRow> | undefined>;
}

type Awaitable<T> = T | Promise<T>;

export type RegistryDatabase = Kysely<Database> & {
  readonly lookup: Lookup;
  /**
   * Runs a transaction as if it were the only one: all or nothing, and what it has read still holds when it is committed.
   * @param act may be run several times; it changes nothing but the database
   * @throws Refusal 503 when others got in its way again and again; and what `act` throws
   */
  atomically<T>(act: (transaction: Transaction<Database>) => Promise<T>): Promise<T>;
};

/** What is answered while the database cannot be asked: never "unknown" or "revoked", which would be a wrong answer. */
export function unavailable(): Refusal {
  return new Refusal(503, "UNAVAILABLE", "The registry's database does not answer; try again in a moment.", {
    "retry-after": "2",
  });
}
