import fc from "fast-check";
import { expect, test } from "vitest";
import type { Keyholder } from "../../src/registry/caller.ts";
import type { RegistryDatabase } from "../../src/registry/store/database.ts";
import { listTokens, type TokenQuery, tokenSorts } from "../../src/registry/token-list.ts";
import { mint, revocation, statusOf } from "../../src/registry/tokens.ts";
import { openStore } from "../support/store.ts";

const now = new Date("2026-11-22T12:00:00Z");
const day = 86_400_000;
const admin: Keyholder = { kind: "key", username: "admin", role: "admin" };
const ann: Keyholder = { kind: "key", username: "ann", role: "developer" };

/** 120 tokens of two users: times, names and expiries collide, some have expired, some are revoked. */
async function filled(): Promise<RegistryDatabase> {
  const db = await openStore();
  await db
    .insertInto("environments")
    .values({ name: "production", description: "", created_by: "admin", created_at: 0 })
    .execute();
  for (let index = 0; index < 120; index++) {
    const created = new Date(now.getTime() - (index % 7) * day);
    const { token } = mint(
      {
        name: ["Deploy", "deploy", "ci ÄÖ", "Build_%"][index % 4] ?? "",
        permission: index % 3 ? "read_only" : "read_write",
        expires_at: index % 5 ? new Date(created.getTime() + ((index % 5) + 1) * day) : null,
        environment: index % 6 ? undefined : "production",
      },
      index % 2 ? ann : admin,
      created,
    );
    await db
      .insertInto("tokens")
      .values({ ...token, ...(index % 8 === 0 && revocation(token, admin, now)) })
      .execute();
  }
  return db;
}

async function all(db: RegistryDatabase, by: Keyholder, query: Partial<TokenQuery>) {
  const found = [];
  let cursor: string | undefined;
  do {
    const page = await listTokens(db, by, { sort: "-created_at", limit: 50, ...query, cursor }, now);
    found.push(...page.rows);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return found;
}

test("in every order, pages of any size are the whole, in that order, nothing twice", async () => {
  const db = await filled();
  const everything = (await all(db, admin, { limit: 200 })).map(({ id }) => id).sort();
  const order = { created_at: "created_at", name: "folded_name", expires_at: "expires_at" } as const;
  const sizes = fc.record({ sort: fc.constantFrom(...tokenSorts), limit: fc.integer({ min: 1, max: 130 }) });
  await fc.assert(
    fc.asyncProperty(sizes, async ({ sort, limit }) => {
      const rows = await all(db, admin, { sort, limit });
      expect(rows.map(({ id }) => id).sort()).toEqual(everything);
      const field = order[sort.replace("-", "") as keyof typeof order];
      const values = rows.map((row) => row[field] ?? Number.POSITIVE_INFINITY);
      const ascending = sort.startsWith("-") ? values.toReversed() : values;
      for (const [index, value] of ascending.entries()) {
        const before = ascending[index - 1];
        expect(before === undefined || before <= value).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
  await db.destroy();
});

test("every filter keeps exactly what it says, alone and together, in every order", async () => {
  const db = await filled();
  const everything = await all(db, admin, {});
  const queries = fc.record(
    {
      status: fc.constantFrom("active" as const, "expired" as const, "revoked" as const),
      permission: fc.constantFrom("read_only" as const, "read_write" as const),
      environment: fc.constantFrom("production", "nowhere"),
      name: fc.constantFrom("DEPLOY", "äö", "_%", "'", "zzz"),
      created_by: fc.constantFrom("ann", "admin", "nobody"),
      expires_before: fc.constantFrom(now, new Date(now.getTime() + 2 * day), new Date("2099-01-01")),
      sort: fc.constantFrom(...tokenSorts),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(queries, fc.constantFrom(admin, ann), async (query, by) => {
      const expected = everything.filter(
        (row) =>
          (by === admin || row.created_by === "ann") &&
          (query.status === undefined || statusOf(row, now) === query.status) &&
          (query.permission === undefined || row.permission === query.permission) &&
          (query.environment === undefined || row.environment === query.environment) &&
          (query.name === undefined || row.name.toLowerCase().includes(query.name.toLowerCase())) &&
          (query.created_by === undefined || row.created_by === query.created_by) &&
          (query.expires_before === undefined ||
            (statusOf(row, now) === "active" &&
              row.expires_at !== null &&
              row.expires_at < query.expires_before.getTime())),
      );
      const found = await all(db, by, { ...query, limit: 7 });
      expect(found.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
      const { total } = await listTokens(db, by, { sort: "-created_at", limit: 7, ...query }, now);
      expect(total).toBe(expected.length);
    }),
    { numRuns: 100 },
  );
  await db.destroy();
});

test("a token that is minted while someone turns pages makes them miss nothing and see nothing twice", async () => {
  const db = await filled();
  const before = (await all(db, admin, {})).map(({ id }) => id);
  const first = await listTokens(db, admin, { sort: "-created_at", limit: 50 }, now);
  await db
    .insertInto("tokens")
    .values(mint({ name: "new", permission: "read_only", expires_at: null }, admin, now).token)
    .execute();
  const rest = [];
  let cursor = first.next_cursor;
  while (cursor !== undefined) {
    const page = await listTokens(db, admin, { sort: "-created_at", limit: 50, cursor }, now);
    rest.push(...page.rows);
    cursor = page.next_cursor;
  }
  const seen = [...first.rows, ...rest].map(({ id }) => id);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(before));
  await db.destroy();
});

test("how many there are is said on the first page, and not beyond a thousand", async () => {
  const db = await openStore();
  const add = async (count: number) => {
    const rows = Array.from(
      { length: count },
      () => mint({ name: "x", permission: "read_only", expires_at: null }, admin, now).token,
    );
    while (rows.length > 0) await db.insertInto("tokens").values(rows.splice(0, 100)).execute();
  };
  await add(1000);
  const page = await listTokens(db, admin, { sort: "name", limit: 50 }, now);
  expect(page.total).toBe(1000);
  expect(
    (await listTokens(db, admin, { sort: "name", limit: 50, cursor: page.next_cursor }, now)).total,
  ).toBeUndefined();
  await add(1);
  expect((await listTokens(db, admin, { sort: "name", limit: 50 }, now)).total).toBeUndefined();
  await db.destroy();
});

test.each([
  "",
  "x",
  "bnVsbA",
  Buffer.from('["name",1,"id"]').toString("base64url"),
  Buffer.from('["name","a"]').toString("base64url"),
  Buffer.from('["name","a\\u0000","id"]').toString("base64url"),
])("%j is no cursor", async (cursor) => {
  const db = await filled();
  await expect(listTokens(db, admin, { sort: "name", limit: 5, cursor }, now)).rejects.toMatchObject({
    status: 400,
  });
  await db.destroy();
});

test.each(["1.5", "1e300", '"1"', "null"])("%s is no place among numbers", async (value) => {
  const db = await filled();
  const cursor = Buffer.from(`["created_at",${value},"id"]`).toString("base64url");
  await expect(listTokens(db, admin, { sort: "created_at", limit: 5, cursor }, now)).rejects.toMatchObject({
    status: 400,
  });
  await db.destroy();
});

test("a cursor of one order is refused in another", async () => {
  const db = await filled();
  const { next_cursor } = await listTokens(db, admin, { sort: "name", limit: 5 }, now);
  await expect(
    listTokens(db, admin, { sort: "-name", limit: 5, cursor: next_cursor }, now),
  ).rejects.toMatchObject({ status: 400 });
  await db.destroy();
});
