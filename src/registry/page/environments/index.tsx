/** The pages about environments: where tokens are used, what runs there, and how far it is behind. */
import type { Hono } from "hono";
import { listEnvironments } from "../../environments.ts";
import { addEnvironment, environmentRequest } from "../../management/environment-acts.ts";
import type { RoomDeps } from "../../room.ts";
import type { Gate, PageEnv } from "../gate.ts";
import { checked } from "../invalid.ts";
import { deleteRoutes } from "./delete.tsx";
import { formPage } from "./form.tsx";
import { listPage } from "./list.tsx";
import { environmentPage } from "./one.tsx";

export function environmentRoutes(room: Hono<PageEnv>, gate: Gate, deps: RoomDeps): void {
  const { db, now } = deps;

  room.get(
    "/environments",
    gate.shows(async (_visitor, c) => listPage(await listEnvironments(db, now()), c.req.query("done"))),
  );

  room.get(
    "/environments/new",
    gate.shows((visitor, c) => {
      const { name = "", description = "" } = c.req.query();
      return formPage(visitor, { name, description });
    }),
  );

  room.post(
    "/environments/new",
    gate.does(async (visitor, form) => {
      const filled = { name: form("name").trim(), description: form("description").trim() };
      const outcome = await checked(filled, environmentRequest, fields, (wanted) =>
        addEnvironment(db, visitor.caller, wanted, now()),
      );
      if ("mistakes" in outcome) return formPage(visitor, filled, outcome);
      return `/environments/${outcome.result.name}?done=created`;
    }),
  );

  room.get(
    "/environments/:name",
    gate.shows((visitor, c) => environmentPage(deps, visitor, c.req.param("name") ?? "", c.req.raw)),
  );

  deleteRoutes(room, gate, deps);
}

const fields = {
  name: { field: "name", title: "The name" },
  description: { field: "description", title: "The description" },
};
