/** Pages of tokens, on each store: the same rows in the same order, out of the same indexes. */
import fc from "fast-check";
import { describe, expect, inject, test } from "vitest";
import type { Keyholder } from "../../../src/registry/caller.ts";
import type { RegistryDatabase } from "../../../src/registry/store/database.ts";
import type { TokenRow } from "../../../src/registry/store/schema.ts";
import {
  filtered,
  listTokens,
  pageOf,
  type TokenQuery,
  tokenSorts,
} from "../../../src/registry/token-list.ts";
import { fold, mint } from "../../../src/registry/tokens.ts";
import { planOf } from "../../support/plan.ts";
import { describeStores, openStore, type StoreName } from "../../support/store.ts";

const now = new Date("2026-11-22T12:00:00Z");
const admin: Keyholder = { kind: "key", username: "admin", role: "admin" };
const ann: Keyholder = { kind: "key", username: "ann", role: "developer" };

async function add(db: RegistryDatabase, rows: TokenRow[]): Promise<void> {
  const left = [...rows];
  while (left.length > 0) await db.insertInto("tokens").values(left.splice(0, 100)).execute();
}

function token(more: Partial<TokenRow> = {}): TokenRow {
  return { ...mint({ name: "x", permission: "read_only", expires_at: null }, admin, now).token, ...more };
}

const columns = { created_at: "created", name: "name", expires_at: "expiry" } as const;

/** One step down or up an index, from the place where the last page ended. */
const plans: Record<StoreName, (index: string, descends: boolean) => unknown[]> = {
  SQLite: (index, descends) => [
    expect.stringMatching(
      `^SEARCH tokens USING INDEX ${index} \\((created_by=\\? AND )?\\(\\w+,id\\)${descends ? "<" : ">"}\\(\\?,\\?\\)\\)$`,
    ),
  ],
  PostgreSQL: (index, descends) => [
    "Limit",
    `->  Index Scan ${descends ? "Backward " : ""}using ${index} on tokens`,
    expect.stringMatching(`^Index Cond: .*ROW\\(.*\\) ${descends ? "<" : ">"} ROW\\(`),
  ],
};

describeStores("a page of tokens", (store) => {
  test("is read from an index in every order, from the cursor on, with nothing left to sort", async () => {
    const db = await openStore(store);
    await add(
      db,
      Array.from({ length: 200 }, (_, index) =>
        token({ created_by: index % 2 ? "ann" : "admin", created_at: index }),
      ),
    );
    for (const by of [admin, ann]) {
      for (const sort of tokenSorts) {
        const { next_cursor: cursor } = await listTokens(db, by, { sort, limit: 5 }, now);
        const query = { sort, limit: 5, cursor };
        const plan = await planOf(db, store, pageOf(filtered(db, by, query, now), query).compile());
        const index = `tokens_${by === ann ? "own_" : ""}${columns[sort.replace("-", "") as keyof typeof columns]}`;
        expect(plan).toEqual(plans[store](index, sort.startsWith("-")));
      }
    }
    await db.destroy();
  });
});

const text = fc.oneof(
  fc.constantFrom(
    "Deploy",
    "deploy",
    "ÄÖ",
    "äö",
    "éclair",
    "e\u0301clair",
    "Z",
    "a",
    "_",
    "%",
    "🚀",
    "\u{ffff}x",
  ),
  fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }).filter((name) => !name.includes("\0")),
);
const time = fc.integer({ min: -3, max: 3 }).map((days) => now.getTime() + days * 86_400_000);
const tokens = fc.array(
  fc.record({
    name: text,
    permission: fc.constantFrom("read_only" as const, "read_write" as const),
    created_by: fc.constantFrom("ann", "admin", "Ann"),
    created_at: time,
    expires_at: fc.option(time),
    revoked_at: fc.option(time),
  }),
  { maxLength: 40 },
);
const queries = fc.record(
  {
    status: fc.constantFrom("active" as const, "expired" as const, "revoked" as const),
    permission: fc.constantFrom("read_only" as const, "read_write" as const),
    name: text,
    created_by: fc.constantFrom("ann", "Ann", "ANN"),
    expires_before: time.map((at) => new Date(at)),
    sort: fc.constantFrom(...tokenSorts),
  },
  { requiredKeys: [] },
);

describe.skipIf(inject("postgres") === undefined)("both stores", () => {
  test("give the same pages of the same tokens", async () => {
    const stores = await Promise.all([openStore("SQLite"), openStore("PostgreSQL")]);
    const page = async (db: RegistryDatabase, by: Keyholder, query: TokenQuery) => {
      const { rows, ...rest } = await listTokens(db, by, query, now);
      return { ids: rows.map(({ id }) => id), ...rest };
    };
    await fc.assert(
      fc.asyncProperty(tokens, fc.array(queries, { minLength: 8, maxLength: 8 }), async (made, asked) => {
        const rows = made.map((each) => token({ ...each, folded_name: fold(each.name) }));
        for (const db of stores) {
          await db.deleteFrom("tokens").execute();
          await add(db, rows);
        }
        for (const query of asked) {
          for (const by of [admin, ann]) {
            let cursor: string | undefined;
            do {
              const wanted = { sort: "name" as const, limit: 7, ...query, cursor };
              const [ours, theirs] = await Promise.all(stores.map((db) => page(db, by, wanted)));
              expect(theirs).toEqual(ours);
              cursor = ours?.next_cursor;
            } while (cursor !== undefined);
          }
        }
      }),
      { numRuns: 25 },
    );
    await Promise.all(stores.map((db) => db.destroy()));
  });
});
