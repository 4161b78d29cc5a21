/** The pages about users, for admins alone. */
import type { Hono } from "hono";
import { adminOnly } from "../../management/gate.ts";
import { addUser, listUsers, userRequest } from "../../management/user-acts.ts";
import type { RoomDeps } from "../../room.ts";
import type { Gate, PageEnv } from "../gate.ts";
import { checked } from "../invalid.ts";
import { formPage } from "./form.tsx";
import { keyPage } from "./key.tsx";
import { listPage } from "./list.tsx";
import { removeRoutes } from "./remove.tsx";

export function userRoutes(room: Hono<PageEnv>, gate: Gate, deps: RoomDeps): void {
  const { db, now } = deps;

  room.get(
    "/users",
    gate.shows(async ({ caller }, c) => {
      adminOnly(caller);
      return listPage(await listUsers(db), caller, c.req.query("done"));
    }),
  );

  room.get(
    "/users/new",
    gate.shows((visitor, c) => {
      adminOnly(visitor.caller);
      const { name = "", role = "developer" } = c.req.query();
      return formPage(visitor, { name, role });
    }),
  );

  room.post(
    "/users/new",
    gate.does(async (visitor, form) => {
      adminOnly(visitor.caller);
      const filled = { name: form("name").trim(), role: form("role") };
      const outcome = await checked(filled, userRequest, fields, (wanted) => addUser(db, wanted, now()));
      if ("mistakes" in outcome) return formPage(visitor, filled, outcome);
      return keyPage(outcome.result.user, outcome.result.key);
    }),
  );

  removeRoutes(room, gate, deps);
}

const fields = {
  name: { field: "name", title: "The name" },
  role: { field: "role", title: "The role", advice: "Choose one." },
};
