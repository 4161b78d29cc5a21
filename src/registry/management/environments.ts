/** /environments: where tokens are used, what runs there, and how far it is behind. */
import type { Hono } from "hono";
import * as z from "zod";
import {
  drift,
  history,
  listEnvironments,
  requireEnvironment,
  running,
  viewEnvironment,
} from "../environments.ts";
import type { RoomDeps } from "../room.ts";
import { addEnvironment, deleteEnvironment, environmentRequest } from "./environment-acts.ts";
import { adminOnly, type ManagementEnv } from "./gate.ts";
import { page, readBody, readQuery } from "./input.ts";

export function environmentRoutes(room: Hono<ManagementEnv>, { db, now }: RoomDeps): void {
  room.get("/environments", async (c) => c.json({ environments: await listEnvironments(db, now()) }));

  room.post("/environments", async (c) => {
    const wanted = await readBody(c.req.raw, environmentRequest);
    return c.json(await addEnvironment(db, c.get("caller"), wanted, now()), 201);
  });

  room.get("/environments/:name", async (c) => {
    return c.json(await viewEnvironment(db, await requireEnvironment(db, c.req.param("name")), now()));
  });

  room.delete("/environments/:name", async (c) => {
    adminOnly(c.get("caller"));
    await deleteEnvironment(db, c.req.param("name"), now());
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
