/** What npm sends, made by hand: for tests of the protocol. */
import { createHash } from "node:crypto";
import type { RegistryClient } from "../../support/registry-client.ts";

export const mount = "/artifactory/api/npm/npm";

export interface Wanted {
  tag?: string;
  manifest?: Record<string, unknown>;
  tarball?: Buffer;
}

/** The document that `npm publish` puts. */
export function publishBody(
  name: string,
  version: string,
  { tag = "latest", manifest = {}, tarball = tarballFor(name, version) }: Wanted = {},
) {
  const dist: Dist = { ...checksums(tarball), tarball: "http://elsewhere.example/some.tgz" };
  return {
    _id: name,
    name,
    "dist-tags": { [tag]: version } as Record<string, string>,
    versions: { [version]: { name, version, description: `Package ${name}`, dist, ...manifest } } as Record<
      string,
      Record<string, unknown>
    >,
    access: null,
    _attachments: {
      [`${name}-${version}.tgz`]: {
        content_type: "application/octet-stream",
        data: tarball.toString("base64"),
        length: tarball.length,
      },
    } as Record<string, Record<string, unknown>>,
  };
}

export function checksums(tarball: Buffer): Pick<Dist, "integrity" | "shasum"> {
  return {
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    shasum: createHash("sha1").update(tarball).digest("hex"),
  };
}

export function tarballFor(name: string, version: string): Buffer {
  return Buffer.from(`tarball of ${name}@${version}`.repeat(10));
}

/** Requests to the npm room with one credential. */
export function npmClient(registry: Pick<RegistryClient, "fetch">, credential: string) {
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    registry.fetch(`${mount}${path}`, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Bearer ${credential}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send("GET", path, undefined, headers),
    publish: (name: string, version: string, wanted?: Wanted) =>
      send("PUT", `/${name.replace("/", "%2f")}`, publishBody(name, version, wanted)),
    async document(name: string): Promise<Packument> {
      return (await (await send("GET", `/${name.replace("/", "%2f")}?write=true`)).json()) as Packument;
    },
  };
}

interface Dist {
  tarball: string;
  integrity: string;
  shasum: string;
}

export interface Packument {
  _rev: string;
  name: string;
  "dist-tags": Record<string, string>;
  versions: Record<
    string,
    {
      version: string;
      deprecated?: string;
      dist: Dist;
    } & Record<string, unknown>
  >;
  time: Record<string, string>;
}

/** The sentence that npm would show. */
export async function sentence(response: Response): Promise<string> {
  return ((await response.json()) as { error: string }).error;
}
