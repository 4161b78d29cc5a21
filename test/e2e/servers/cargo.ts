/**
 * A cargo registry with a sparse index, where everything, its config.json included, needs a token
 * (doc.rust-lang.org/cargo/reference/registry-index.html, registry-web-api.html).
 */
import { createHash } from "node:crypto";
import type { TestRegistry } from "../../support/registry.ts";
import { type Guarded, type GuardedRequest, type GuardedResponse, startGuarded } from "./guarded.ts";

const root = "/artifactory/api/cargo/cargo";

export interface CargoRegistry extends Guarded {
  /** With its final slash, without `sparse+`. */
  index: string;
}

export async function startCargo(registry: TestRegistry): Promise<CargoRegistry> {
  const crates = new Map<string, Buffer>();
  const index = new Map<string, string>();

  function publish(body: Buffer): GuardedResponse {
    const length = body.readUInt32LE(0);
    const { name, vers } = JSON.parse(body.toString("utf8", 4, 4 + length)) as { name: string; vers: string };
    const crate = body.subarray(8 + length);
    const cksum = createHash("sha256").update(crate).digest("hex");
    const line = JSON.stringify({ name, vers, deps: [], cksum, features: {}, yanked: false });
    crates.set(`${name}/${vers}`, crate);
    index.set(indexPath(name), `${index.get(indexPath(name)) ?? ""}${line}\n`);
    return json({ warnings: { invalid_categories: [], invalid_badges: [], other: [] } });
  }

  function answer({ method, path, headers, body }: GuardedRequest): GuardedResponse {
    const at = `http://${headers.host}${root}`;
    const name = path.slice(root.length);
    if (!path.startsWith(root)) return { status: 404 };
    if (name === "/index/config.json") return json({ dl: `${at}/v1/crates`, api: at, "auth-required": true });
    if (method === "PUT" && name === "/api/v1/crates/new") return publish(body);
    const [, crate] = /^\/v1\/crates\/([^/]+\/[^/]+)\/download$/.exec(name) ?? [];
    const found = crate === undefined ? index.get(name) : crates.get(crate);
    return found === undefined ? { status: 404 } : { body: found };
  }

  const guarded = await startGuarded(registry, answer, {
    challenge: `Cargo login_url="${registry.url}"`,
  });
  return Object.assign(guarded, { index: `${guarded.url}${root}/index/` });
}

/** Where the index has a crate: by the length of its name and its first letters. */
function indexPath(name: string): string {
  if (name.length < 3) return `/index/${name.length}/${name}`;
  if (name.length === 3) return `/index/3/${name[0]}/${name}`;
  return `/index/${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
}

function json(value: unknown): GuardedResponse {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
