/** Transactions: as if each were the only one, whichever database it is. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { Refusal } from "../../../src/registry/caller.ts";
import type { RegistryDatabase } from "../../../src/registry/store/database.ts";
import { describeStores, openStore, storeOpener } from "../../support/store.ts";

const environment = { name: "a", description: "", created_by: "admin", created_at: 0 };
const doctors = ["x", "y"].map((name) => ({ name, role: "admin" as const, key_hash: name, created_at: 0 }));

describeStores("a transaction", (store) => {
  const withStore = (title: string, act: (db: RegistryDatabase) => Promise<void>) =>
    test(title, async () => {
      const db = await openStore(store);
      await act(db).finally(() => db.destroy());
    });
  const names = async (db: RegistryDatabase) =>
    (await db.selectFrom("environments").select("name").orderBy("name").execute()).map(({ name }) => name);

  withStore("that fails leaves nothing, and the next one works", async (db) => {
    const failing = db.atomically(async (transaction) => {
      await transaction.insertInto("environments").values(environment).execute();
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await names(db)).toEqual([]);
    await db.atomically((transaction) =>
      transaction.insertInto("environments").values(environment).execute(),
    );
    expect(await names(db)).toEqual(["a"]);
  });

  withStore("whose statement fails leaves nothing of what came before it", async (db) => {
    const failing = db.atomically(async (transaction) => {
      await transaction.insertInto("environments").values(environment).execute();
      await sql`select * from nowhere`.execute(transaction);
    });
    await expect(failing).rejects.toThrow("nowhere");
    expect(await names(db)).toEqual([]);
  });

  withStore("that refuses is not tried again", async (db) => {
    let runs = 0;
    const refused = db.atomically(async (transaction) => {
      runs++;
      await transaction.insertInto("environments").values(environment).execute();
      throw new Refusal(409, "conflict", "No.");
    });
    await expect(refused).rejects.toMatchObject({ status: 409 });
    expect(runs).toBe(1);
    expect(await names(db)).toEqual([]);
  });

  withStore("with a fault of its own ends with that fault, not with the wish to try again", async (db) => {
    await db.insertInto("environments").values(environment).execute();
    const failing = db.atomically((transaction) =>
      transaction.insertInto("environments").values(environment).execute(),
    );
    await expect(failing).rejects.not.toMatchObject({ status: 503 });
  });

  withStore("counts up by one, however many do at once", async (db) => {
    await db.insertInto("environments").values(environment).execute();
    const countUp = () =>
      db.atomically(async (transaction) => {
        const { created_at } = await transaction
          .selectFrom("environments")
          .select("created_at")
          .executeTakeFirstOrThrow();
        await transaction
          .updateTable("environments")
          .set({ created_at: created_at + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 12 }, countUp));
    expect(await db.selectFrom("environments").select("created_at").execute()).toEqual([{ created_at: 12 }]);
  });

  test("does not write what another has made wrong meanwhile, though no row is written by both", async () => {
    const open = await storeOpener(store);
    const db = await open();
    await db.insertInto("users").values(doctors).execute();
    let arrived = 0;
    const goes = (name: string) =>
      db.atomically(async (transaction) => {
        const there = await transaction.selectFrom("users").select("name").execute();
        // Both have read before one writes, where the store lets them.
        arrived++;
        for (let turn = 0; arrived < 2 && turn < 50; turn++)
          await new Promise((resolve) => setTimeout(resolve, 10));
        if (there.length < 2) throw new Refusal(409, "conflict", "The last one stays.");
        await transaction.deleteFrom("users").where("name", "=", name).execute();
      });
    const ended = await Promise.allSettled(["x", "y"].map(goes));
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await db.selectFrom("users").select("name").execute()).toHaveLength(1);
  });
});
