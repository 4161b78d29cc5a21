/**
 * Any files, below `NAME/VERSION/FILE`. A file that was uploaded never changes. For reading, the version `[LATEST]` is
 * the one that was begun last; nothing can be uploaded to it.
 */
import type { Hono } from "hono";
import { Refusal } from "../caller.ts";
import { type FileEnv, fileRoom, keepFile, nothingHere, pathOf } from "../files/room.ts";
import { findFile } from "../files/table.ts";
import { send } from "../files/transfer.ts";
import type { RoomDeps } from "../room.ts";
import { listNames, listVersion, listVersions } from "./listing.ts";

/** Bytes. */
const fileLimit = 10 * 1024 ** 3;

const latest = /^\[latest\]$/i;

/** Mounted at /artifactory/api/generic. Lists are JSON; what goes wrong is in plain text. */
export function genericRoom(deps: RoomDeps): Hono<FileEnv> {
  const room = fileRoom(deps);

  room.get("*", async (c) => {
    const [name, asked, file, ...more] = pathOf(c) ?? [""];
    if (name === undefined) return c.json(await listNames(deps.db));
    if (more.length > 0) throw nothingHere();
    const version = asked !== undefined && latest.test(asked) ? await newest(deps, name) : asked;
    if (file !== undefined) {
      const found = await findFile(deps.db, "generic", `${name}/${version}/${file}`);
      if (!found) throw nothingHere();
      return send(deps, c.req.raw, found, "application/octet-stream");
    }
    return asked === undefined
      ? c.json(unlessEmpty(await listVersions(deps.db, name), "versions"))
      : c.json(unlessEmpty(await listVersion(deps.db, name, version ?? ""), "files"));
  });

  room.put("*", (c) => {
    const segments = pathOf(c) ?? [];
    if (segments.length !== 3)
      throw new Refusal(400, "path_invalid", "A file is uploaded to NAME/VERSION/FILE");
    if (latest.test(segments[1] ?? ""))
      throw new Refusal(400, "version_reserved", "[LATEST] is for reading: name the version");
    return keepFile(c, deps, {
      room: "generic",
      path: segments.join("/"),
      limit: fileLimit,
      replaces: false,
    });
  });

  return room;
}

async function newest(deps: RoomDeps, name: string): Promise<string | undefined> {
  const { versions } = await listVersions(deps.db, name);
  return versions.at(-1)?.version;
}

/** @throws Refusal 404 */
function unlessEmpty<Key extends string, List extends Record<Key, unknown[]>>(list: List, key: Key): List {
  if (list[key].length === 0) throw nothingHere();
  return list;
}
