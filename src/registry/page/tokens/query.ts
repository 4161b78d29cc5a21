/** Which tokens a list's address asks for. What it does not understand it leaves out: people edit addresses. */
import * as z from "zod";
import { quote } from "../../../problem.ts";
import { permission } from "../../management/token-acts.ts";
import { type TokenQuery, tokenSorts } from "../../token-list.ts";

const pageSize = 50;

const text = z
  .string()
  .transform((given) => quote(given, 100))
  .pipe(z.string().min(1))
  .optional()
  .catch(undefined);

const query = z.object({
  name: text,
  status: z.enum(["active", "expired", "revoked"]).optional().catch(undefined),
  permission: permission.optional().catch(undefined),
  environment: text,
  created_by: text,
  sort: z.enum(tokenSorts).catch("-created_at"),
  cursor: z.string().min(1).optional().catch(undefined),
});

export function queryIn(address: URL): TokenQuery {
  return { ...query.parse(Object.fromEntries(address.searchParams)), limit: pageSize };
}

/** Whether it leaves tokens out. */
export function isFiltered({ name, status, permission, environment, created_by }: TokenQuery): boolean {
  return [name, status, permission, environment, created_by].some((filter) => filter !== undefined);
}

/** The address of the same list with something else about it. It begins anew unless a cursor is named. */
export function addressWith(wanted: TokenQuery, change: Partial<TokenQuery>): string {
  const { limit, cursor, ...rest } = { ...wanted, cursor: undefined, ...change };
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...rest, cursor }))
    if (value !== undefined && value !== "-created_at") fields.set(name, `${value}`);
  return fields.size === 0 ? "/" : `/?${fields}`;
}
