/** /users: who has a key. For admins only. */
import type { Hono } from "hono";
import { sql } from "kysely";
import * as z from "zod";
import { Refusal } from "../caller.ts";
import { hashOf, makeCredential } from "../credential.ts";
import type { RoomDeps } from "../room.ts";
import type { UserRow } from "../store/schema.ts";
import { adminOnly, type ManagementEnv } from "./gate.ts";
import { readBody } from "./input.ts";

// No colon: it would end the user name in Basic. `__token__` stands for any user's token there.
const request = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
      "1 to 64 letters, digits and . _ @ -, beginning with a letter or digit",
    ),
  role: z.enum(["admin", "developer"]),
});

export function userRoutes(room: Hono<ManagementEnv>, { db, now }: RoomDeps): void {
  room.use("/users/*", async (c, next) => {
    adminOnly(c.get("caller"));
    await next();
  });

  room.get("/users", async (c) => {
    const users = await db.selectFrom("users").selectAll().orderBy("name").execute();
    return c.json({ users: users.map(view) });
  });

  room.post("/users", async (c) => {
    const { name, role } = await readBody(c.req.raw, request);
    const key = makeCredential("key");
    const user = { name, role, key_hash: hashOf(key), created_at: now().getTime() };
    const added = await db
      .insertInto("users")
      .values(user)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n)
      throw new Refusal(409, "conflict", `There is a user ${name} already.`);
    return c.json({ user: view(user), key }, 201);
  });

  room.delete("/users/:name", async (c) => {
    const name = c.req.param("name");
    await db.atomically(async (transaction) => {
      const users = await transaction.selectFrom("users").selectAll().execute();
      const user = users.find((each) => each.name === name);
      if (!user) throw new Refusal(404, "not_found", "There is no such user.");
      const otherAdmins = users.filter((each) => each.role === "admin" && each !== user);
      if (user.role === "admin" && otherAdmins.length === 0)
        throw new Refusal(409, "conflict", "The last admin has to stay.");
      // Otherwise credentials would outlive the person, and the next user of that name would inherit them.
      const { active } = await transaction
        .selectFrom("tokens")
        .select(sql<number>`count(*)`.as("active"))
        .where("created_by", "=", name)
        .where("revoked_at", "is", null)
        .where((is) => is.or([is("expires_at", "is", null), is("expires_at", ">", now().getTime())]))
        .executeTakeFirstOrThrow();
      if (active > 0)
        throw new Refusal(409, "conflict", `${name} has active tokens (${active}): revoke them first.`);
      await transaction.deleteFrom("users").where("name", "=", name).execute();
    });
    return c.body(null, 204);
  });
}

function view({ name, role, created_at }: UserRow) {
  return { name, role, created_at: new Date(created_at).toISOString() };
}
