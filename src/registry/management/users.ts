/** /users: who has a key. For admins only. */
import type { Hono } from "hono";
import type { RoomDeps } from "../room.ts";
import { adminOnly, type ManagementEnv } from "./gate.ts";
import { readBody } from "./input.ts";
import { addUser, listUsers, removeUser, userRequest } from "./user-acts.ts";

export function userRoutes(room: Hono<ManagementEnv>, { db, now }: RoomDeps): void {
  room.use("/users/*", async (c, next) => {
    adminOnly(c.get("caller"));
    await next();
  });

  room.get("/users", async (c) => c.json({ users: await listUsers(db) }));

  room.post("/users", async (c) =>
    c.json(await addUser(db, await readBody(c.req.raw, userRequest), now()), 201),
  );

  room.delete("/users/:name", async (c) => {
    await removeUser(db, c.req.param("name"), now());
    return c.body(null, 204);
  });
}
