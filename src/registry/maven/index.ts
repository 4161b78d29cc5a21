/**
 * A Maven repository (Maven's repository layout): files by path, with PUT and GET. A released file never changes; the
 * checksums of every file are ours, whether or not a client uploads any.
 */
import type { Hono } from "hono";
import { readBody } from "../body.ts";
import { Refusal } from "../caller.ts";
import { type FileEnv, fileRoom, keepFile, nothingHere, pathOf } from "../files/room.ts";
import { findFile } from "../files/table.ts";
import { type Checksum, checkSum, send, sumOf } from "../files/transfer.ts";
import type { RoomDeps } from "../room.ts";
import { type MavenPath, readMavenPath, typeOf } from "./path.ts";

/** Bytes. A checksum with the name of its file beside it is still a short line. */
const limits = { file: 2 * 1024 ** 3, checksum: 4096 };

/** Mounted at /artifactory/maven. What goes wrong is in plain text, and in the reason phrase, which Maven shows. */
export function mavenRoom(deps: RoomDeps): Hono<FileEnv> {
  const room = fileRoom(deps);

  room.get("*", (c) => {
    const segments = pathOf(c);
    if (!segments) throw nothingHere();
    return segments.length === 0
      ? c.json({ repository: "maven" })
      : read(deps, c.req.raw, readMavenPath(segments));
  });

  room.put("*", (c) => {
    const segments = pathOf(c);
    if (!segments?.length)
      throw new Refusal(400, "path_invalid", "That is not the path of a file in a repository");
    const { path, checksum, changes } = readMavenPath(segments);
    return checksum
      ? compare(deps, c.req.raw, path, checksum)
      : keepFile(c, deps, { room: "maven", path, limit: limits.file, replaces: changes });
  });

  return room;
}

/** @throws Refusal 404, 416 */
async function read(deps: RoomDeps, request: Request, { path, checksum }: MavenPath): Promise<Response> {
  const file = await findFile(deps.db, "maven", path);
  if (!file) throw nothingHere();
  if (!checksum) return send(deps, request, file, typeOf(path));
  const sum = sumOf(file, checksum);
  const headers = {
    "content-type": "text/plain",
    "content-length": `${sum.length}`,
    "cache-control": "private, no-cache",
  };
  return new Response(request.method === "HEAD" ? null : sum, { headers });
}

/** A client's own checksum is not kept: it is the same as ours, or it is refused. @throws Refusal 400, 404, 409, 413 */
async function compare(deps: RoomDeps, request: Request, path: string, name: Checksum): Promise<Response> {
  const text = (await readBody(request, limits.checksum)).toString("latin1");
  const file = await findFile(deps.db, "maven", path);
  if (!file) throw new Refusal(404, "not_found", "The file that this is the checksum of is not here");
  // The digits alone, `digits  file`, or `MD5 (file) = digits`.
  const digits = `[0-9a-f]{${sumOf(file, name).length}}`;
  const [, claimed] = new RegExp(`(?:^|[\\s=])(${digits})(?:\\s|$)`, "i").exec(text) ?? [];
  if (!claimed) throw new Refusal(400, "checksum_invalid", `That is not a checksum of the kind ${name}`);
  checkSum(file, name, claimed);
  return new Response(null, { status: 201 });
}
