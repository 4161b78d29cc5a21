/** What the rooms rely on, whichever database it is. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { RegistryDatabase } from "../../../src/registry/store/database.ts";
import type { TokenRow } from "../../../src/registry/store/schema.ts";
import { mint } from "../../../src/registry/tokens.ts";
import { describeStores, openStore, storeOpener } from "../../support/store.ts";

const admin = { kind: "key", username: "admin", role: "admin" } as const;

function tokenRow(more: Partial<TokenRow> = {}): TokenRow {
  const { token } = mint({ name: "x", permission: "read_only", expires_at: null }, admin, new Date(0));
  return { ...token, ...more };
}

const environment = { name: "a", description: "", created_by: "admin", created_at: 0 };

describeStores("the store", (store) => {
  const withStore = (title: string, act: (db: RegistryDatabase) => Promise<void>) =>
    test(title, async () => {
      const db = await openStore(store);
      await act(db).finally(() => db.destroy());
    });

  test("a token that one connection revokes is revoked for the next read of another", async () => {
    const open = await storeOpener(store);
    const [here, there] = [await open(), await open()];
    const token = tokenRow();
    await here.insertInto("tokens").values(token).execute();
    expect(await there.lookup.token(token.hash)).toMatchObject({ ...token, expires_at: null });
    await here.updateTable("tokens").set({ revoked_at: 1_800_000_000_000, revoked_by: "admin" }).execute();
    expect(await there.lookup.token(token.hash)).toMatchObject({ revoked_at: 1_800_000_000_000 });
  });

  test("many that open a new one at once agree on its tables", async () => {
    const open = await storeOpener(store);
    const all = await Promise.all(Array.from({ length: 8 }, open));
    for (const db of all) expect(await db.selectFrom("tokens").selectAll().execute()).toEqual([]);
  });

  withStore("unique keys are kept, those of two columns too, and of nulls there may be many", async (db) => {
    const keyed = tokenRow({ idempotency_key: "k" });
    await db.insertInto("tokens").values([keyed, tokenRow(), tokenRow()]).execute();
    for (const other of [
      tokenRow({ id: keyed.id }),
      tokenRow({ hash: keyed.hash }),
      tokenRow({ idempotency_key: "k" }),
    ])
      await expect(db.insertInto("tokens").values(other).execute()).rejects.toThrow();
    await db
      .insertInto("tokens")
      .values(tokenRow({ idempotency_key: "k", created_by: "ann" }))
      .execute();
    expect(await db.selectFrom("tokens").select("id").execute()).toHaveLength(4);
  });

  withStore(
    "what was inserted, updated and deleted is counted; what was there already is not",
    async (db) => {
      const insert = () =>
        db
          .insertInto("environments")
          .values(environment)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
      expect((await insert()).numInsertedOrUpdatedRows).toBe(1n);
      expect((await insert()).numInsertedOrUpdatedRows).toBe(0n);
      const upserted = await db
        .insertInto("environments")
        .values(environment)
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ description: "new" }))
        .executeTakeFirst();
      expect(upserted.numInsertedOrUpdatedRows).toBe(1n);
      const update = db.updateTable("environments").set({ description: "b" });
      expect((await update.where("name", "=", "a").executeTakeFirst()).numUpdatedRows).toBe(1n);
      expect((await update.where("name", "=", "z").executeTakeFirst()).numUpdatedRows).toBe(0n);
      const remove = () => db.deleteFrom("environments").where("name", "=", "a").executeTakeFirst();
      expect((await remove()).numDeletedRows).toBe(1n);
      expect((await remove()).numDeletedRows).toBe(0n);
    },
  );

  withStore("references hold, and what belongs to a row goes with it", async (db) => {
    await expect(
      db
        .insertInto("tokens")
        .values(tokenRow({ environment: "nowhere" }))
        .execute(),
    ).rejects.toThrow();
    await db.insertInto("environments").values(environment).execute();
    const token = tokenRow({ environment: "a" });
    await db.insertInto("tokens").values(token).execute();
    await expect(db.deleteFrom("environments").execute()).rejects.toThrow();
    const access = { hash: "h", token_id: token.id, scope: "", expires_at: 1 };
    await db.insertInto("oci_access_tokens").values(access).execute();
    await expect(
      db
        .insertInto("oci_access_tokens")
        .values({ ...access, hash: "i", token_id: "tok_none" })
        .execute(),
    ).rejects.toThrow();
    await db.deleteFrom("tokens").execute();
    expect(await db.selectFrom("oci_access_tokens").selectAll().execute()).toEqual([]);
  });

  withStore("numbers are numbers: times, sizes, ids, counts, and what is computed of them", async (db) => {
    const large = 2 ** 53 - 1;
    const row = { digest: "d", size: large, created_at: 8_640_000_000_000_000 };
    await db.insertInto("blobs").values(row).execute();
    expect(await db.selectFrom("blobs").selectAll().execute()).toEqual([row]);
    const { rows } = await sql`select count(*) as count, max(size) as most, min(created_at) as first,
      count(distinct digest) as digests from blobs`.execute(db);
    expect(rows).toEqual([{ count: 1, most: large, first: row.created_at, digests: 1 }]);
    const { total } = await db
      .selectFrom("blobs")
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    expect(total).toBe(1);
  });

  withStore("never expires after every date", async (db) => {
    const at = [5, null, 8_640_000_000_000_000, 1];
    await db
      .insertInto("tokens")
      .values(at.map((expires_at) => tokenRow({ expires_at })))
      .execute();
    const { rows } = await sql<{ expires_at: number | null; expires_order: number }>`
      select expires_at, expires_order from tokens order by expires_order`.execute(db);
    expect(rows.map(({ expires_at }) => expires_at)).toEqual([1, 5, 8_640_000_000_000_000, null]);
    expect(rows.at(-1)?.expires_order).toBe(8_640_000_000_000_001);
    await db.updateTable("tokens").set({ expires_at: 2 }).execute();
    const after = await sql`select distinct expires_order from tokens`.execute(db);
    expect(after.rows).toEqual([{ expires_order: 2 }]);
  });

  withStore("text is compared and sorted by its bytes, whatever its language", async (db) => {
    const names = [
      "a",
      "B",
      "b",
      "A",
      "_",
      "-",
      "ä",
      "z",
      "e\u0301",
      "é",
      "Z",
      "10",
      "9",
      "\u{ffff}",
      "\u{10000}",
    ];
    const row = { description: "", created_by: "x", created_at: 0 };
    await db
      .insertInto("environments")
      .values(names.map((name) => ({ ...row, name })))
      .execute();
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const list = db.selectFrom("environments").select("name").orderBy("name");
    const read = async (query: typeof list) => (await query.execute()).map(({ name }) => name);
    expect(await read(list)).toEqual(sorted);
    expect(await read(list.where("name", ">", "a").where("name", "<", "é"))).toEqual(
      sorted.slice(sorted.indexOf("a") + 1, sorted.indexOf("é")),
    );
    expect(await read(list.where("name", "=", "é"))).toEqual(["é"]);
    const { rows } = await sql`select max(name) as last from environments`.execute(db);
    expect(rows).toEqual([{ last: "\u{10000}" }]);
  });

  withStore("ids rise in the order of the inserts, and are not given twice", async (db) => {
    const pull = { environment: "a", image: "i", tag: null, digest: "d", at: 0, token_id: "t" };
    for (let count = 0; count < 3; count++) await db.insertInto("pulls").values(pull).execute();
    await db.deleteFrom("pulls").where("id", "=", 3).execute();
    await db.insertInto("pulls").values(pull).execute();
    const rows = await db.selectFrom("pulls").select("id").orderBy("id").execute();
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 4]);
  });

  withStore(
    "text without a pair for its half is kept as U+FFFD; U+0000 is refused, kept or asked for",
    async (db) => {
      await db
        .insertInto("environments")
        .values({ ...environment, description: "a\ud800b" })
        .execute();
      expect(await db.selectFrom("environments").select("description").execute()).toEqual([
        { description: "a\ufffdb" },
      ]);
      const refusal = { status: 400 };
      await expect(
        db
          .insertInto("environments")
          .values({ ...environment, name: "b\0" })
          .execute(),
      ).rejects.toMatchObject(refusal);
      await expect(
        db.selectFrom("environments").selectAll().where("name", "=", "\0").execute(),
      ).rejects.toMatchObject(refusal);
      await expect(db.updateTable("environments").set({ description: "\0" }).execute()).rejects.toMatchObject(
        refusal,
      );
      expect(await db.selectFrom("environments").select("name").execute()).toEqual([{ name: "a" }]);
    },
  );

  withStore("a list of thousands is one parameter, and one that says nothing is none", async (db) => {
    const digests = Array.from({ length: 5000 }, (_, index) => `sha256:${index}`);
    const of = (list: string[]) =>
      sql<{ value: string }>`select value from json_each(cast(${JSON.stringify(list)} as text))`.execute(db);
    expect((await of(digests)).rows).toHaveLength(5000);
    expect((await of([])).rows).toEqual([]);
  });
});
