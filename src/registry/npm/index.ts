/**
 * The npm registry (npm's registry documentation, REGISTRY-API and package-metadata; what the CLI asks beyond it is
 * taken from npm 11). Every request needs a token; whatever is neither a GET nor an audit needs one that may write.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { basePath } from "hono/route";
import { allow, type Caller, isReading, Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import { parseAddress } from "./address.ts";
import { type NpmRequest, read } from "./read.ts";
import { searchPackages } from "./search.ts";
import { write } from "./write.ts";

/** Bytes of JSON; a tarball of three quarters of that fits, since it comes in base64. */
const publishLimit = 100 * 1024 * 1024;

interface Env {
  Variables: { caller: Caller };
}

/** Mounted at /artifactory/api/npm/npm. Refusals become `{"error": "a sentence"}`, which npm shows. */
export function npmRoom(deps: RoomDeps): Hono<Env> {
  const room = new Hono<Env>();

  room.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error;
    return c.json({ error: error.message }, error.status, error.headers);
  });

  room.use("*", async (c, next) => {
    const caller = await deps.door.authenticate(c.req.raw, 'Bearer realm="fly-tokens"');
    const reads = isReading(c.req.method) || c.req.path.startsWith(`${basePath(c)}/-/npm/v1/security/`);
    allow(caller, reads ? "read" : "write");
    c.set("caller", caller);
    await next();
  });

  room.use(
    "*",
    bodyLimit({
      maxSize: publishLimit,
      onError: () => {
        throw new Refusal(
          413,
          "too_large",
          `More than ${publishLimit / 1024 / 1024} MiB cannot be published at once.`,
        );
      },
    }),
  );

  room.get("/-/ping", (c) => c.json({}));
  room.get("/-/whoami", (c) => c.json({ username: c.get("caller").username }));
  room.get("/-/v1/search", async (c) => c.json(await searchPackages(deps.db, c.req.query(), deps.now())));
  // No advisories are kept here; npm takes the empty answer for "no vulnerabilities known".
  room.post("/-/npm/v1/security/advisories/bulk", (c) => c.json({}));
  room.post("/-/npm/v1/security/audits/quick", (c) => c.json(emptyAudit));
  room.post("/-/npm/v1/security/audits", (c) => c.json(emptyAudit));

  room.all("*", async (c) => {
    const url = new URL(c.req.url);
    const mount = basePath(c);
    const address = parseAddress(url.pathname.slice(mount.length));
    if (!address) throw new Refusal(404, "not_found", "An npm registry has nothing at this address.");
    const request: NpmRequest = { deps, raw: c.req.raw, base: deps.origin(c.req.raw) + mount };
    return isReading(c.req.method) ? read(request, address) : write(request, address);
  });

  return room;
}

/** npm 6 and yarn 1 ask in this way. */
const emptyAudit = {
  actions: [],
  advisories: {},
  muted: [],
  metadata: {
    vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0 },
    dependencies: 0,
    totalDependencies: 0,
  },
};
