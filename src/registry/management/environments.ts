/** /environments: where tokens are used, what runs there, and how far it is behind. */
import type { Hono } from "hono";
import * as z from "zod";
import { Refusal } from "../caller.ts";
import {
  activeTokens,
  drift,
  history,
  requireEnvironment,
  running,
  viewEnvironment,
} from "../environments.ts";
import type { RoomDeps } from "../room.ts";
import { adminOnly, type ManagementEnv } from "./gate.ts";
import { page, readBody, readQuery } from "./input.ts";

const request = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/, "1 to 63 lower-case letters, digits and hyphens"),
  description: z.string().max(500).default(""),
});

export function environmentRoutes(room: Hono<ManagementEnv>, { db, now }: RoomDeps): void {
  room.get("/environments", async (c) => {
    const rows = await db.selectFrom("environments").selectAll().orderBy("name").execute();
    return c.json({ environments: await Promise.all(rows.map((row) => viewEnvironment(db, row, now()))) });
  });

  room.post("/environments", async (c) => {
    const wanted = await readBody(c.req.raw, request);
    const row = { ...wanted, created_by: c.get("caller").username, created_at: now().getTime() };
    const added = await db
      .insertInto("environments")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n)
      throw new Refusal(409, "conflict", `There is an environment ${row.name} already.`);
    return c.json(await viewEnvironment(db, row, now()), 201);
  });

  room.get("/environments/:name", async (c) => {
    return c.json(await viewEnvironment(db, await requireEnvironment(db, c.req.param("name")), now()));
  });

  room.delete("/environments/:name", async (c) => {
    adminOnly(c.get("caller"));
    await db.atomically(async (transaction) => {
      const { name } = await requireEnvironment(transaction, c.req.param("name"));
      const active = await activeTokens(transaction, name, now());
      if (active > 0)
        throw new Refusal(409, "conflict", `Active tokens belong to ${name} (${active}): revoke them first.`);
      // An environment that gets the same name later begins without a past.
      await transaction
        .updateTable("tokens")
        .set({ environment: null })
        .where("environment", "=", name)
        .execute();
      await transaction.deleteFrom("pulls").where("environment", "=", name).execute();
      await transaction.deleteFrom("environments").where("name", "=", name).execute();
    });
    return c.body(null, 204);
  });

  room.get("/environments/:name/deployments", async (c) => {
    const { name } = await requireEnvironment(db, c.req.param("name"));
    return c.json(await history(db, name, readQuery(c.req.url, z.strictObject(page))));
  });

  room.get("/environments/:name/running", async (c) => {
    const { name } = await requireEnvironment(db, c.req.param("name"));
    return c.json({ running: await running(db, name) });
  });

  room.get("/environments/:name/drift", async (c) => {
    const { name } = await requireEnvironment(db, c.req.param("name"));
    return c.json({ drift: await drift(db, name) });
  });
}
