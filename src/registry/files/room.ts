/** What the rooms that keep files by their path have in common: access, refusals, taking a file in. */
import { type Context, Hono } from "hono";
import { basePath } from "hono/route";
import { allow, type Caller, isReading, Refusal } from "../caller.ts";
import { plainText } from "../plain-text.ts";
import type { RoomDeps } from "../room.ts";
import type { FileRow } from "../store/schema.ts";
import { parseFilePath } from "./path.ts";
import { addFile } from "./table.ts";
import { receive } from "./transfer.ts";

export interface FileEnv {
  Variables: { caller: Caller };
}

/** A room in which every request needs a token, by Basic or Bearer, and PUT one that may write. Refusals are plain text. */
export function fileRoom(deps: RoomDeps): Hono<FileEnv> {
  const room = new Hono<FileEnv>();

  room.onError((error) => {
    if (!(error instanceof Refusal)) throw error;
    return plainText(error);
  });

  room.use("*", async (c, next) => {
    const caller = await deps.door.authenticate(c.req.raw, 'Basic realm="fly-tokens", charset="UTF-8"');
    const { method } = c.req;
    allow(caller, isReading(method) ? "read" : "write");
    if (!["GET", "HEAD", "PUT"].includes(method)) {
      const headers = { allow: "GET, HEAD, PUT" };
      throw new Refusal(405, "method_not_allowed", `There is no ${method} of files here`, headers);
    }
    c.set("caller", caller);
    await next();
  });

  return room;
}

/** @returns the decoded segments below the room; none for its root; `undefined` for what cannot be the path of a file */
export function pathOf(c: Context): string[] | undefined {
  const path = new URL(c.req.url).pathname.slice(basePath(c).length);
  return path === "" || path === "/" ? [] : parseFilePath(path);
}

/**
 * Stores what a PUT brings. 201 when there was nothing at the path, else 200.
 * @param limit in bytes
 * @throws Refusal as `receive` and `addFile` do
 */
export async function keepFile(
  c: Context<FileEnv>,
  deps: RoomDeps,
  { room, path, limit, replaces }: Pick<FileRow, "room" | "path"> & { limit: number; replaces: boolean },
): Promise<Response> {
  const row = {
    room,
    path,
    ...(await receive(deps, c.req.raw, limit)),
    uploaded_at: deps.now().getTime(),
    uploaded_by: c.get("caller").username,
  };
  const isNew = await addFile(deps.db, row, replaces);
  return new Response(null, { status: isNew ? 201 : 200 });
}

export function nothingHere(): Refusal {
  return new Refusal(404, "not_found", "There is nothing at this path");
}
