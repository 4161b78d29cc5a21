/** /tokens: mint, list, show, revoke, delete. */
import type { Context, Hono } from "hono";
import type { Kysely } from "kysely";
import * as z from "zod";
import { Refusal } from "../caller.ts";
import { requireEnvironment } from "../environments.ts";
import type { RoomDeps } from "../room.ts";
import type { Database, TokenRow } from "../store/schema.ts";
import { listTokens, tokenSorts } from "../token-list.ts";
import { checkDeletable, fingerprint, managed, mint, revocation, statusOf, view } from "../tokens.ts";
import { FreshValues } from "./fresh-values.ts";
import type { ManagementEnv } from "./gate.ts";
import { moment, page, readBody, readQuery } from "./input.ts";

const permission = z.enum(["read_only", "read_write"]);

const request = z.strictObject({
  name: z.string(),
  permission,
  expires_at: moment.nullable(),
  environment: z.string().optional(),
});

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
    const wanted = await readBody(c.req.raw, request);
    const by = c.get("caller");
    const key = idempotencyKey(c);
    const time = now();
    const { token, value } = await db.atomically(async (transaction) => {
      const earlier = key === undefined ? undefined : await issuedFor(transaction, by.username, key);
      if (earlier) return { token: earlier, value: undefined };
      if (wanted.environment !== undefined) await requireEnvironment(transaction, wanted.environment);
      const minted = mint(wanted, by, time, key);
      await transaction.insertInto("tokens").values(minted.token).execute();
      return minted;
    });
    if (value !== undefined) {
      if (key !== undefined) fresh.keep(token.id, value, time.getTime());
      return c.json({ token: view(token, time), value }, 201);
    }
    if (token.request_hash !== fingerprint(wanted)) {
      throw new Refusal(409, "conflict", "This Idempotency-Key was used for another request.");
    }
    const kept = statusOf(token, time) === "active" ? fresh.of(token.id, time.getTime()) : undefined;
    return c.json({ token: view(token, time), ...(kept !== undefined && { value: kept }) });
  });

  room.get("/tokens", async (c) => {
    const { rows, ...position } = await listTokens(db, c.get("caller"), readQuery(c.req.url, query), now());
    return c.json({ tokens: rows.map((row) => view(row, now())), ...position });
  });

  room.get("/tokens/:id", async (c) => c.json(view(await find(db, c), now())));

  room.post("/tokens/:id/revoke", async (c) => {
    const time = now();
    const { token, already } = await db.atomically(async (transaction) => {
      const found = await find(transaction, c);
      const change = revocation(found, c.get("caller"), time);
      if (change) await transaction.updateTable("tokens").set(change).where("id", "=", found.id).execute();
      return { token: { ...found, ...change }, already: !change };
    });
    fresh.forget(token.id);
    return c.json({ token: view(token, time), already });
  });

  room.delete("/tokens/:id", async (c) => {
    await db.atomically(async (transaction) => {
      const found = await find(transaction, c);
      checkDeletable(found, now());
      await transaction.deleteFrom("tokens").where("id", "=", found.id).execute();
    });
    return c.body(null, 204);
  });
}

/** @throws Refusal 404 */
async function find(db: Kysely<Database>, c: ManagementContext): Promise<TokenRow> {
  const id = c.req.param("id") ?? "";
  return managed(
    await db.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst(),
    c.get("caller"),
  );
}

async function issuedFor(db: Kysely<Database>, username: string, key: string): Promise<TokenRow | undefined> {
  const issued = db
    .selectFrom("tokens")
    .selectAll()
    .where("created_by", "=", username)
    .where("idempotency_key", "=", key);
  return issued.executeTakeFirst();
}

/** @throws Refusal 400 */
function idempotencyKey(c: ManagementContext): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key !== undefined && !/^[!-~]{1,255}$/.test(key)) {
    throw new Refusal(400, "invalid", "An Idempotency-Key has 1 to 255 visible ASCII characters.");
  }
  return key;
}
