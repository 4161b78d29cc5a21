/** GET /access/api/v1/tokens */
import { json } from "../answer.ts";
import type { Known } from "../request.ts";
import { isAdmin } from "../rights.ts";
import type { Token } from "../world.ts";
import { access } from "./door.ts";
import { isKnown, view } from "./view.ts";

export const listTokens = access(({ world, token: caller, query }: Known) => {
  const admin = isAdmin(world, caller);
  const seen = world.tokens
    .filter((one) => isKnown(world, one))
    .filter((one) => admin || one.username === caller.username)
    .filter((one) => matches(one, query));
  const sorted = inOrder(seen, query.get("order_by") ?? "created");
  if (query.get("descending_order") === "true") sorted.reverse();
  return json({ tokens: sorted.map((one) => view(world, one)) });
});

function matches(token: Token, query: URLSearchParams): boolean {
  const { id, username, description = "", refreshable } = token;
  const is = (name: string, value: string) => !query.has(name) || query.get(name) === value;
  return (
    is("token_id", id) &&
    is("username", username) &&
    is("refreshable", String(refreshable)) &&
    isDescribed(description, query.get("description"))
  );
}

/** The wildcard counts at the end alone; whether case counts is not documented. */
function isDescribed(description: string, wanted: string | null): boolean {
  if (wanted === null) return true;
  return wanted.endsWith("*") ? description.startsWith(wanted.slice(0, -1)) : description === wanted;
}

const keys: Record<string, (token: Token) => string | number> = {
  created: ({ issuedAt }) => issuedAt,
  token_id: ({ id }) => id,
  owner: ({ username }) => username,
  subject: ({ subject }) => subject,
  expiry: ({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY,
};

/** An order that is not known is none. */
function inOrder(tokens: readonly Token[], order: string): Token[] {
  const key = keys[order] ?? (() => 0);
  return tokens.toSorted((a, b) => {
    const [one, other] = [key(a), key(b)];
    return one === other ? 0 : one < other ? -1 : 1;
  });
}
