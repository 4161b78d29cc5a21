/**
 * Pages of tokens by keyset: a page starts where an index finds the last one's end, so the thousandth page costs what
 * the first does (with OFFSET it would cost all the rows before it).
 */
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { Keyholder } from "./caller.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Database, TokenRow } from "./store/schema.ts";
import { fold, type TokenStatus } from "./tokens.ts";

export const tokenSorts = [
  "-created_at",
  "created_at",
  "name",
  "-name",
  "expires_at",
  "-expires_at",
] as const;

export interface TokenQuery {
  status?: TokenStatus | undefined;
  permission?: "read_only" | "read_write" | undefined;
  environment?: string | undefined;
  /** Part of the name, without regard to case. */
  name?: string | undefined;
  created_by?: string | undefined;
  /** Only active ones that expire before this moment. */
  expires_before?: Date | undefined;
  sort: (typeof tokenSorts)[number];
  limit: number;
  cursor?: string | undefined;
}

export interface TokenPage {
  rows: TokenRow[];
  next_cursor?: string;
  /** Left out when there are more than `countLimit`, and on later pages. */
  total?: number;
}

/** Counting further than this would make the first page of a large registry slower than that of a small one. */
const countLimit = 1000;

const orders = {
  created_at: { column: "created_at", type: "number", of: (row: TokenRow) => row.created_at },
  name: { column: "folded_name", type: "string", of: (row: TokenRow) => row.folded_name },
  // A generated column: `expires_at`, with "never" after all dates.
  expires_at: { column: "expires_order", type: "number", of: (row: TokenRow) => row.expires_at ?? never },
} as const;

const never = 8640000000000001;

/** @param by sees all tokens as an admin, otherwise their own @throws Refusal 400 for a cursor of another order */
export async function listTokens(
  db: Kysely<Database>,
  by: Keyholder,
  query: TokenQuery,
  now: Date,
): Promise<TokenPage> {
  const matching = filtered(db, by, query, now);
  const found = await pageOf(matching, query).execute();
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const isFirst = query.cursor === undefined;
  if (!last || found.length === rows.length) return { rows, ...(isFirst && { total: rows.length }) };
  const next_cursor = encodeCursor(query.sort, [orderOf(query).of(last), last.id]);
  return { rows, next_cursor, ...(isFirst && (await count(db, matching))) };
}

type Tokens = SelectQueryBuilder<Database, "tokens", object>;

/** One row more than a page, which tells whether there is another. @throws Refusal 400 */
export function pageOf(matching: Tokens, query: Pick<TokenQuery, "sort" | "limit" | "cursor">) {
  const { column, type } = orderOf(query);
  const [direction, after] = query.sort.startsWith("-")
    ? (["desc", sql`<`] as const)
    : (["asc", sql`>`] as const);
  const page = matching
    .selectAll()
    .orderBy(sql.ref(column), direction)
    .orderBy("id", direction)
    .limit(query.limit + 1);
  if (query.cursor === undefined) return page;
  const [value, id] = decodeCursor(query.cursor, query.sort, [type, "string"]);
  return page.where(sql<boolean>`(${sql.ref(column)}, id) ${after} (${value}, ${id})`);
}

function orderOf({ sort }: Pick<TokenQuery, "sort">) {
  return orders[sort.replace("-", "") as keyof typeof orders];
}

async function count(db: Kysely<Database>, matching: Tokens): Promise<{ total?: number }> {
  const counted = matching.select("id").limit(countLimit + 1);
  const { rows } = await sql<{ total: number }>`select count(*) as total from ${counted} as counted`.execute(
    db,
  );
  const total = rows[0]?.total ?? 0;
  return total > countLimit ? {} : { total };
}

/** The tokens that a user may see and asked for. */
export function filtered(db: Kysely<Database>, by: Keyholder, query: TokenQuery, now: Date): Tokens {
  let tokens: Tokens = db.selectFrom("tokens");
  if (by.role !== "admin") tokens = tokens.where("created_by", "=", by.username);
  if (query.created_by !== undefined) tokens = tokens.where("created_by", "=", query.created_by);
  if (query.permission) tokens = tokens.where("permission", "=", query.permission);
  if (query.environment !== undefined) tokens = tokens.where("environment", "=", query.environment);
  if (query.name !== undefined)
    tokens = tokens.where(sql<boolean>`instr(folded_name, ${fold(query.name)}) > 0`);
  if (query.status === "revoked") tokens = tokens.where("revoked_at", "is not", null);
  if (query.status === "expired") tokens = tokens.where("revoked_at", "is", null).where(expiry("<=", now));
  if (query.status === "active") tokens = tokens.where("revoked_at", "is", null).where(expiry(">", now));
  if (query.expires_before) {
    tokens = tokens
      .where("revoked_at", "is", null)
      .where(expiry(">", now))
      .where(expiry("<", query.expires_before));
  }
  return tokens;
}

function expiry(comparison: "<" | "<=" | ">", moment: Date) {
  return sql<boolean>`expires_order ${sql.raw(comparison)} ${moment.getTime()}`;
}
