/** What a token of either permission may ask: packuments, versions, tarballs, tags. */

import { negotiate } from "../accept.ts";
import { Refusal } from "../caller.ts";
import { download, page } from "../download.ts";
import type { RoomDeps } from "../room.ts";
import { type Address, pathOf } from "./address.ts";
import { findPackage, findTarball, type StoredPackage } from "./packages.ts";
import { abbreviatedPackument, abbreviatedType, fullPackument, withTarball } from "./packument.ts";

export interface NpmRequest {
  deps: RoomDeps;
  raw: Request;
  /** URL of this room as the client has reached it, without a slash at its end. */
  base: string;
}

/**
 * Answers a GET. What is not here is looked for upstream, when there is one; a name that was ever published here is not,
 * whatever became of its versions, so that nobody can slip a package of the same name in between.
 * @throws Refusal 404
 */
export async function read(request: NpmRequest, address: Address): Promise<Response> {
  const stored = await findPackage(request.deps.db, address.name);
  if (!stored) return elsewhere(request, address);
  const { document } = stored;
  if (Object.keys(document.versions).length === 0)
    throw missing(`${address.name} was unpublished on ${document.time.modified}.`);
  if (address.kind === "package") return packument(request, stored);
  if (address.kind === "tags") return Response.json(document["dist-tags"]);
  if (address.kind === "tarball") return tarball(request, address.name, address.file);
  const tags = document["dist-tags"];
  const version = Object.hasOwn(tags, address.version) ? tags[address.version] : address.version;
  const manifest =
    version !== undefined && Object.hasOwn(document.versions, version)
      ? document.versions[version]
      : undefined;
  if (!manifest) throw missing(`${address.name} has no such version or tag.`);
  return Response.json(withTarball(manifest, request.base));
}

function packument({ raw, base }: NpmRequest, { document, revision }: StoredPackage): Response {
  const type =
    negotiate(raw.headers.get("accept"), ["application/json", abbreviatedType]) ?? "application/json";
  const view =
    type === abbreviatedType ? abbreviatedPackument(document, base) : fullPackument(document, revision, base);
  return page(raw, JSON.stringify(view), type);
}

async function tarball({ deps, raw }: NpmRequest, name: string, file: string): Promise<Response> {
  const digest = await findTarball(deps.db, name, file);
  if (!digest) throw missing(`${name} has no such tarball.`);
  return download(deps.blobs, digest, raw, {
    "content-type": "application/octet-stream",
    "cache-control": "private, no-cache",
  });
}

async function elsewhere({ deps, raw }: NpmRequest, address: Address): Promise<Response> {
  const upstream = await deps.upstream("npm", new URL(deps.origin(raw)));
  // A client that reads in order to write means the package that it has here.
  const reads = !new URL(raw.url).searchParams.has("write");
  if (upstream && reads)
    return new Response(null, { status: 302, headers: { location: upstream + pathOf(address) } });
  throw missing(
    `${address.name} is not in this registry${upstream ? "" : ", and FLY_TOKENS_NPM_UPSTREAM names no other to look in"}.`,
  );
}

function missing(sentence: string): Refusal {
  return new Refusal(404, "not_found", sentence);
}
