/**
 * The npm registry that a team already runs, behind our tokens. Who is asking is answered here; what would manage the
 * people and tokens of the registry behind is refused: they are not the client's.
 */
import { Hono } from "hono";
import { basePath } from "hono/route";
import type { Secret } from "../../secret.ts";
import { allow, isReading, Refusal } from "../caller.ts";
import { parseAddress } from "../npm/address.ts";
import type { RoomDeps } from "../room.ts";
import { askedBelow } from "./path.ts";
import { proxyTo } from "./proxy.ts";

/** Mounted in the place of the npm room. Refusals become `{"error": "a sentence"}`, which npm shows. */
export function npmGateway(deps: RoomDeps, upstream: Secret): Hono {
  const room = new Hono();
  const proxy = proxyTo(upstream, false);

  room.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error;
    return c.json({ error: error.message }, error.status, error.headers);
  });

  room.all("*", async (c) => {
    const { raw, method } = c.req;
    const mount = basePath(c);
    const below = new URL(raw.url).pathname.slice(mount.length);
    const caller = await deps.door.authenticate(raw, 'Bearer realm="fly-tokens"');
    allow(caller, isReading(method) || isAudit(method, below) ? "read" : "write");
    if (isReading(method) && below === "/-/ping") return c.json({});
    if (isReading(method) && below === "/-/whoami") return c.json({ username: caller.username });
    const asked = askedBelow(below);
    if (!asked || asked.segments.join("") === "") throw nothingHere();
    const isEndpoint = asked.segments[0] === "-";
    if (isEndpoint) checkEndpoint(asked.segments, method);
    else if (!isReading(method)) checkWrite(asked.path, method);
    const isFile = !isEndpoint && asked.segments.includes("-");
    return proxy.forward({ request: raw, path: asked.path, ours: deps.origin(raw) + mount, isFile });
  });

  return room;
}

const audits = [
  "/-/npm/v1/security/advisories/bulk",
  "/-/npm/v1/security/audits",
  "/-/npm/v1/security/audits/quick",
];

/** npm's question whether packages have known faults: a POST that changes nothing. */
function isAudit(method: string, path: string): boolean {
  return method === "POST" && audits.includes(path);
}

/** What of the registry's own endpoints is about packages. @throws Refusal 403 for all others, 405 */
function checkEndpoint(segments: readonly string[], method: string): void {
  const path = `/${segments.join("/")}`;
  if (isAudit(method, path)) return;
  if (/^\/-\/(v1\/search|all|npm\/v1\/(keys|attestations\/.+))$/.test(path) && isReading(method)) return;
  if (parseAddress(path)?.kind !== "tags") throw managesIdentity();
  if (!["GET", "HEAD", "PUT", "POST", "DELETE"].includes(method)) throw notAllowed(method);
}

/** Publish, deprecate, unpublish: a package, or a tarball of it. @throws Refusal 404, 405 */
function checkWrite(path: string, method: string): void {
  const address = parseAddress(path);
  if (!address || address.kind === "version") throw nothingHere();
  const can = address.kind === "tarball" ? ["DELETE"] : ["PUT", "DELETE"];
  if (!can.includes(method)) throw notAllowed(method);
}

function managesIdentity(): Refusal {
  return new Refusal(
    403,
    "DENIED",
    "Users, logins and tokens are not those of the registry behind this one: mint a token with generate_token, and revoke it with revoke_token.",
  );
}

function nothingHere(): Refusal {
  return new Refusal(404, "not_found", "An npm registry has nothing at this address.");
}

function notAllowed(method: string): Refusal {
  return new Refusal(405, "not_allowed", `${method} cannot be used here.`, { allow: "GET, HEAD" });
}
