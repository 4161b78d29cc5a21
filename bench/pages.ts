/** The first page of a long list of tokens against that of a short one, in every order, and a page far from the first; on both stores. */
import { join } from "node:path";
import { sql } from "kysely";
import { Client } from "pg";
import { openSqlite } from "../src/registry/store/sqlite.ts";
import { tokenSorts } from "../src/registry/token-list.ts";
import type { RegistryClient } from "../test/support/registry-client.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";
import { newPlace, type Place, type Store, skipped, startRegistry, stores } from "./registry.ts";

const [few, many] = [1_000, 1_000_000];
/** A request for one page is over in a millisecond; so many make one sample. */
const repetitions = 20;
const rounds = 7;

/** Tokens that nobody holds: names and expiries in an order of their own. */
const tokensOf = (count: number) => `
  with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < ${count})
  insert into tokens (id, name, folded_name, username, permission, created_by, created_at, expires_at, hash)
  select 'tok_' || i, 'token ' || (i * 7919 % ${count}), 'token ' || (i * 7919 % ${count}), 'admin', 'read_only',
    'admin', i * 1000, 4000000000000 + (i * 104729 % ${count}), 'nobody has ' || i from n`;

/** Fills a registry's database. */
async function fill({ folder, database }: Place, count: number): Promise<void> {
  if (database) return fillPostgres(new URL(database), count);
  const db = await openSqlite(join(folder, "registry.db"));
  await sql.raw(tokensOf(count)).execute(db);
  await db.destroy();
}

/** Its indexes are made once the rows are there, and statistics then: the database's own daemon takes them a while later. */
async function fillPostgres(url: URL, count: number): Promise<void> {
  const schema = url.searchParams.get("schema") ?? "";
  url.search = "";
  const client = new Client({ connectionString: url.href, options: `-c search_path=${schema}` });
  await client.connect();
  const { rows } = await client.query<{ name: string; made: string }>(
    `select indexname as name, indexdef as made from pg_indexes where schemaname = $1 and tablename = 'tokens'
      and indexname not in (select conname from pg_constraint where connamespace = $1::regnamespace)`,
    [schema],
  );
  for (const { name } of rows) await client.query(`drop index "${name}"`);
  await client.query("set synchronous_commit = off");
  await client.query("set maintenance_work_mem = '256MB'");
  await client.query(tokensOf(count));
  for (const { made } of rows) await client.query(made);
  await client.query("analyze tokens");
  await client.end();
}

async function page(registry: RegistryClient, query: string): Promise<string | undefined> {
  const response = await registry.call("GET", `/tokens?limit=50&${query}`);
  const { tokens, next_cursor } = (await response.json()) as { tokens: unknown[]; next_cursor?: string };
  if (tokens.length !== 50) throw new Error(`${query}: ${tokens.length} tokens`);
  return next_cursor;
}

/** Milliseconds for one page. */
const sample = (registry: RegistryClient, query: string) => async () =>
  (await timed(async () => {
    for (let n = 0; n < repetitions; n++) await page(registry, query);
  })) / repetitions;

async function measure(store: Store): Promise<Row[]> {
  const places = [await newPlace(store), await newPlace(store)];
  const [short, long] = await Promise.all(places.map((place) => place && startRegistry(place)));
  const [shortPlace, longPlace] = places;
  if (!short || !long || !shortPlace || !longPlace) return [skipped(`page of 50 on ${store}`)];
  await fill(shortPlace, few);
  await fill(longPlace, many);
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
    const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(rounds, acts);
    const whole = `${what} on ${store}, 1,000,000 tokens against 1,000`;
    rows.push(row(whole, ms(ours), ms(theirs), ours / theirs, "<=", 2));
  }
  await short.end();
  await long.end();
  return rows;
}

export async function benchPages(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const store of stores) rows.push(...(await measure(store)));
  return rows;
}
