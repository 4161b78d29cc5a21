/** What the rooms rely on, whichever database it is. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { RegistryDatabase } from "../../../src/registry/store/database.ts";
import { openPostgres } from "../../../src/registry/store/postgres/open.ts";
import { openSqlite } from "../../../src/registry/store/sqlite.ts";
import { mint } from "../../../src/registry/tokens.ts";
import { Secret } from "../../../src/secret.ts";
import { describeStores, postgresUrl } from "../../support/store.ts";

const admin = { kind: "key", username: "admin", role: "admin" } as const;

describeStores("the store", (store) => {
  /** The same store, as many times as it is opened. */
  async function opener(): Promise<() => Promise<RegistryDatabase>> {
    const opened: RegistryDatabase[] = [];
    const folder = await mkdtemp(join(tmpdir(), "fly-tokens-store-"));
    const url = store === "PostgreSQL" ? postgresUrl() : undefined;
    onTestFinished(async () => {
      await Promise.all(opened.map((db) => db.destroy()));
      await rm(folder, { recursive: true });
    });
    return async () => {
      // One setting has one pool in a process; another is another process, as far as it can know.
      const db = url
        ? await openPostgres(new Secret(url.reveal()))
        : await openSqlite(join(folder, "registry.db"));
      opened.push(db);
      return db;
    };
  }

  test("a token that one connection revokes is revoked for the next read of another", async () => {
    const open = await opener();
    const [here, there] = [await open(), await open()];
    const { token } = mint({ name: "x", permission: "read_only", expires_at: null }, admin, new Date(0));
    await here.insertInto("tokens").values(token).execute();
    expect(await there.lookup.token(token.hash)).toMatchObject({ ...token, expires_at: null });
    await here.updateTable("tokens").set({ revoked_at: 1_800_000_000_000, revoked_by: "admin" }).execute();
    expect(await there.lookup.token(token.hash)).toMatchObject({ revoked_at: 1_800_000_000_000 });
  });

  test("many that open a new one at once agree on its tables", async () => {
    const open = await opener();
    const all = await Promise.all(Array.from({ length: 8 }, open));
    for (const db of all) expect(await db.selectFrom("tokens").selectAll().execute()).toEqual([]);
  });
});
