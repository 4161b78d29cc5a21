/** What the handlers of this room are given. */
import type { RoomDeps } from "../room.ts";
import type { Access } from "./gate.ts";
import type { Resource } from "./path.ts";
import type { Uploads } from "./uploads.ts";

export interface Limits {
  /** The largest blob, in bytes. */
  blob: number;
  /** The largest manifest, in bytes. */
  manifest: number;
}

export interface Room extends RoomDeps {
  uploads: Uploads;
  limits: Limits;
}

/** A request that has been let in. */
export interface Visit {
  room: Room;
  request: Request;
  resource: Resource;
  access: Access;
}

export type Handler = (visit: Visit) => Promise<Response>;
