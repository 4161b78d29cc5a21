/** /tokens: mint, list, show, revoke, delete. */
import type { Context, Hono } from "hono";
import * as z from "zod";
import { Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import { listTokens, tokenSorts } from "../token-list.ts";
import { statusOf, view } from "../tokens.ts";
import { FreshValues } from "./fresh-values.ts";
import type { ManagementEnv } from "./gate.ts";
import { moment, page, readBody, readQuery } from "./input.ts";
import { deleteToken, findToken, mintToken, permission, revokeToken, tokenRequest } from "./token-acts.ts";

const query = z
  .strictObject({
    status: z.enum(["active", "expired", "revoked"]).optional(),
    permission: permission.optional(),
    environment: z.string().optional(),
    name: z.string().min(1).max(100).optional(),
    created_by: z.string().optional(),
    expires_before: moment.optional(),
    sort: z.enum(tokenSorts).optional(),
    ...page,
  })
  // Who asks what will expire wants to know what expires first; an index finds that at once.
  .transform(
    ({ sort, ...rest }) =>
      ({ ...rest, sort: sort ?? (rest.expires_before ? "expires_at" : "-created_at") }) as const,
  );

type ManagementContext = Context<ManagementEnv>;

export function tokenRoutes(room: Hono<ManagementEnv>, { db, now }: RoomDeps): void {
  const fresh = new FreshValues();

  room.post("/tokens", async (c) => {
    const wanted = await readBody(c.req.raw, tokenRequest);
    const key = idempotencyKey(c);
    const time = now();
    const { token, value } = await mintToken(db, c.get("caller"), wanted, time, key);
    if (value !== undefined) {
      if (key !== undefined) fresh.keep(token.id, value, time.getTime());
      return c.json({ token: view(token, time), value }, 201);
    }
    const kept = statusOf(token, time) === "active" ? fresh.of(token.id, time.getTime()) : undefined;
    return c.json({ token: view(token, time), ...(kept !== undefined && { value: kept }) });
  });

  room.get("/tokens", async (c) => {
    const { rows, ...position } = await listTokens(db, c.get("caller"), readQuery(c.req.url, query), now());
    return c.json({ tokens: rows.map((row) => view(row, now())), ...position });
  });

  room.get("/tokens/:id", async (c) =>
    c.json(view(await findToken(db, c.get("caller"), c.req.param("id")), now())),
  );

  room.post("/tokens/:id/revoke", async (c) => {
    const time = now();
    const { token, already } = await revokeToken(db, c.get("caller"), c.req.param("id"), time);
    fresh.forget(token.id);
    return c.json({ token: view(token, time), already });
  });

  room.delete("/tokens/:id", async (c) => {
    await deleteToken(db, c.get("caller"), c.req.param("id"), now());
    return c.body(null, 204);
  });
}

/** @throws Refusal 400 */
function idempotencyKey(c: ManagementContext): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key !== undefined && !/^[!-~]{1,255}$/.test(key)) {
    throw new Refusal(400, "invalid", "An Idempotency-Key has 1 to 255 visible ASCII characters.");
  }
  return key;
}
