/** The first page of a long list of tokens against that of a short one, in every order, and a page far from the first. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { sql } from "kysely";
import { openSqlite } from "../src/registry/store/sqlite.ts";
import { tokenSorts } from "../src/registry/token-list.ts";
import { startRegistry, type TestRegistry } from "../test/support/registry.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";

const [few, many] = [1_000, 1_000_000];
/** A request for one page is over in a millisecond; so many make one sample. */
const repetitions = 20;

/** Fills a registry's database with tokens that nobody holds: names and expiries in an order of their own. */
async function fill(folder: string, count: number): Promise<void> {
  const db = await openSqlite(join(folder, "registry.db"));
  const hash = randomBytes(16).toString("hex");
  await sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
    insert into tokens (id, name, folded_name, username, permission, created_by, created_at, expires_at, hash)
    select 'tok_' || i, 'token ' || (i * 7919 % ${count}), 'token ' || (i * 7919 % ${count}), 'admin', 'read_only',
      'admin', i * 1000, 4000000000000 + (i * 104729 % ${count}), ${hash} || i from n`.execute(db);
  await db.destroy();
}

async function page(registry: TestRegistry, query: string): Promise<string | undefined> {
  const response = await registry.call("GET", `/tokens?limit=50&${query}`);
  const { tokens, next_cursor } = (await response.json()) as { tokens: unknown[]; next_cursor?: string };
  if (tokens.length !== 50) throw new Error(`${query}: ${tokens.length} tokens`);
  return next_cursor;
}

/** Milliseconds for one page. */
const sample = (registry: TestRegistry, query: string) => async () =>
  (await timed(async () => {
    for (let n = 0; n < repetitions; n++) await page(registry, query);
  })) / repetitions;

export async function benchPages(): Promise<Row[]> {
  await using short = await startRegistry();
  await using long = await startRegistry();
  await fill(short.folder, few);
  await fill(long.folder, many);
  const pages = tokenSorts.map((sort) => ({
    what: `page of 50 by ${sort}`,
    query: `sort=${sort}`,
    of: `sort=${sort}`,
  }));
  let cursor = "";
  for (let n = 0; n < 500; n++) cursor = `&cursor=${await page(long, `sort=name${cursor}`)}`;
  pages.push({ what: "page 501 by name, against page 1", query: `sort=name${cursor}`, of: "sort=name" });
  const rows: Row[] = [];
  for (const { what, query, of } of pages) {
    const acts = [sample(long, query), sample(short, of)];
    const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(9, acts);
    rows.push(row(`${what}, 1,000,000 tokens against 1,000`, ms(ours), ms(theirs), ours / theirs, "<=", 2));
  }
  return rows;
}
