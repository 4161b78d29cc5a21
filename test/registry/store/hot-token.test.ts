/** A token that very many use at once, on PostgreSQL: in SQLite nobody gets between a look and the write that follows. */
import { sql } from "kysely";
import { expect, inject, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { postgresUrl } from "../../support/store.ts";

test.skipIf(inject("postgres") === undefined)(
  "a token that many requests bring at once is written once, and not by each of them",
  async () => {
    await using registry = await startRegistry({ database: postgresUrl() });
    const { value } = await registry.mint();
    const db = await registry.openDatabase();
    for (const statement of [
      "create function note() returns trigger language plpgsql as 'begin insert into spent values (random()::text, 0); return new; end'",
      "create trigger noted after update of last_used_at on tokens for each row execute function note()",
    ])
      await sql.raw(statement).execute(db);
    const headers = { authorization: `Bearer ${value}` };
    const ask = () => registry.fetch("/artifactory/api/npm/npm/-/whoami", { headers });
    // All of them have found it old before the first can write.
    const asked = await db.transaction().execute(async (transaction) => {
      await transaction.updateTable("tokens").set({ name: "held" }).execute();
      const all = Array.from({ length: 6 }, ask);
      const waiting = sql`select 1 from pg_locks where not granted and relation = 'tokens'::regclass`;
      await expect
        .poll(async () => (await waiting.execute(transaction)).rows.length, { timeout: 10_000 })
        .toBeGreaterThanOrEqual(3);
      return all;
    });
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    const writes = await db.selectFrom("spent").selectAll().execute();
    await db.destroy();
    expect(writes).toHaveLength(1);
  },
);
