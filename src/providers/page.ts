/** A page of a list, for issuers that give all they have at once: filtered, sorted and cut here. */
import { Problem } from "../problem.ts";
import type { Page, Token, TokenQuery } from "./provider.ts";
import type { TokenSort } from "./shapes.ts";

/**
 * The page of a query.
 * @param nameOf what a token is sorted by as its name
 * @throws Problem `invalid_input` for a cursor that is none of this order
 */
export function pageOf(
  tokens: readonly Token[],
  query: TokenQuery,
  nameOf: (token: Token) => string = ({ name }) => name,
): Page<Token> {
  const sort = query.sort ?? (query.expires_before ? "expires_at" : "-created_at");
  const keyOf = (token: Token): Key => {
    const field = sort.replace("-", "") as "created_at" | "name" | "expires_at";
    return [field === "name" ? fold(nameOf(token)) : (token[field] ?? endless), token.id];
  };
  const found = tokens
    .filter((token) => matches(token, query))
    .sort((a, b) => compare(keyOf(a), keyOf(b), sort));
  const after = query.cursor === undefined ? undefined : decode(query.cursor, sort);
  const rest = after ? found.filter((token) => compare(keyOf(token), after, sort) > 0) : found;
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  const isEnd = !last || items.length === rest.length;
  return { items, total: found.length, ...(!isEnd && { next_cursor: encode(keyOf(last), sort) }) };
}

function matches(token: Token, query: TokenQuery): boolean {
  const { status, permission, environment, name, created_by, expires_before } = query;
  return (
    (environment === undefined || token.environment === environment) &&
    (status === undefined || token.status === status) &&
    (permission === undefined || token.permission === permission) &&
    (name === undefined || fold(token.name).includes(fold(name))) &&
    (created_by === undefined || fold(token.created_by) === fold(created_by)) &&
    (expires_before === undefined ||
      (token.status === "active" && token.expires_at !== null && new Date(token.expires_at) < expires_before))
  );
}

/** What tokens are ordered by, and their ids where that is the same. */
type Key = readonly [value: string, id: string];

/** After every time. */
const endless = "~";

function compare(a: Key, b: Key, sort: TokenSort): number {
  const order = compareText(a[0], b[0]) || compareText(a[1], b[1]);
  return sort.startsWith("-") ? -order : order;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

function encode(key: Key, sort: TokenSort): string {
  return Buffer.from(JSON.stringify([sort, ...key])).toString("base64url");
}

function decode(cursor: string, sort: TokenSort): Key {
  const [order, value, id] = listIn(Buffer.from(cursor, "base64url").toString());
  if (order === sort && typeof value === "string" && typeof id === "string") return [value, id];
  throw new Problem(
    "invalid_input",
    "The cursor is not the next_cursor of a page in this order.",
    "Begin again without a cursor.",
  );
}

function listIn(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
