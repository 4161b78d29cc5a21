/** The pages about tokens. */
import type { Hono } from "hono";
import type { RoomDeps } from "../../room.ts";
import type { Gate, PageEnv } from "../gate.ts";
import { createRoutes } from "./create.tsx";
import { endRoutes } from "./end.tsx";
import { listPage } from "./list.tsx";
import { tokenPage } from "./one.tsx";

export function tokenRoutes(room: Hono<PageEnv>, gate: Gate, deps: RoomDeps): void {
  room.get(
    "/",
    gate.shows((visitor, c) => listPage(deps, visitor, new URL(c.req.url))),
  );
  createRoutes(room, gate, deps);
  room.get(
    "/tokens/:id",
    gate.shows((visitor, c) => tokenPage(deps, visitor, c.req.param("id") ?? "", c.req.query("done"))),
  );
  endRoutes(room, gate, deps);
}
