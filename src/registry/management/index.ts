/** The management API below /fly/api/v1: tokens, users, environments, upstreams. The contract is openapi/fly.yaml. */
import { type ErrorHandler, Hono } from "hono";
import { Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import { dockerEvents } from "./docker-events.ts";
import { environmentRoutes } from "./environments.ts";
import { type ManagementEnv, usersOnly } from "./gate.ts";
import { health } from "./health.ts";
import { introspection } from "./introspection.ts";
import { readiness } from "./readiness.ts";
import { tokenRoutes } from "./tokens.ts";
import { upstreamRoutes } from "./upstreams.ts";
import { userRoutes } from "./users.ts";

/** @param isDraining whether the process is about to end */
export function managementRoom(deps: RoomDeps, isDraining = () => false): Hono<ManagementEnv> {
  const room = new Hono<ManagementEnv>();
  room.onError(refused);
  room.get("/health", health(deps.db));
  room.get("/ready", readiness(deps.db, isDraining));
  room.post("/introspect", introspection(deps));
  room.post("/gateway/docker/events", dockerEvents(deps));
  room.use("*", usersOnly(deps.door));
  room.get("/me", (c) => {
    const { username, role } = c.get("caller");
    return c.json({ username, role });
  });
  tokenRoutes(room, deps);
  userRoutes(room, deps);
  environmentRoutes(room, deps);
  upstreamRoutes(room, deps);
  return room;
}

// The door speaks the codes of the OCI specification; here the status says which of our own it is.
const codes: { [status in Refusal["status"]]?: string } = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  415: "not_json",
  429: "rate_limited",
  503: "unavailable",
};

const refused: ErrorHandler<ManagementEnv> = (error, c) => {
  if (!(error instanceof Refusal)) throw error;
  const { status, code, message, headers } = error;
  return c.json({ error: { code: codes[status] ?? code, message } }, status, headers);
};
