/** The Python package index that a team already runs, behind our tokens: its simple index, its files, and uploads to it. */
import { Hono } from "hono";
import { basePath } from "hono/route";
import type { Secret } from "../../secret.ts";
import { allow, isReading, Refusal } from "../caller.ts";
import { plainText } from "../plain-text.ts";
import type { RoomDeps } from "../room.ts";
import { askedBelow } from "./path.ts";
import { proxyTo } from "./proxy.ts";

/** Mounted in the place of the PyPI room. What goes wrong is said in the reason phrase, all that twine shows. */
export function pypiGateway(deps: RoomDeps, upstream: Secret): Hono {
  const room = new Hono();
  const proxy = proxyTo(upstream, true);

  room.onError((error) => {
    if (!(error instanceof Refusal)) throw error;
    return plainText(error);
  });

  room.all("*", async (c) => {
    const { raw, method } = c.req;
    const mount = basePath(c);
    const caller = await deps.door.authenticate(raw, 'Basic realm="fly-tokens", charset="UTF-8"');
    const reads = isReading(method);
    allow(caller, reads ? "read" : "write");
    const asked = askedBelow(new URL(raw.url).pathname.slice(mount.length));
    const isRoot = asked?.segments.join("") === "";
    // Uploads go to the root, and nothing else is there.
    if (!asked || isRoot === reads)
      throw new Refusal(404, "not_found", "A package index has nothing at this address");
    if (!reads && method !== "POST")
      throw new Refusal(405, "not_allowed", `${method} cannot be used here`, { allow: "GET, HEAD, POST" });
    const first = asked.segments.at(0);
    const isFile = first !== "simple" && !(first === "pypi" && asked.segments.at(-1) === "json");
    return proxy.forward({ request: raw, path: asked.path || "/", ours: deps.origin(raw) + mount, isFile });
  });

  return room;
}
