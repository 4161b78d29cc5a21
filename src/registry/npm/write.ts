/** What needs a token that may write: publish, deprecate, tag, unpublish. */
import { Refusal } from "../caller.ts";
import type { Address } from "./address.ts";
import { type Document, publish, removeTag, revise, setTag } from "./document.ts";
import { tarballOf } from "./name.ts";
import { type Change, changePackage, findPackage } from "./packages.ts";
import { isPublication, readPublication, readRevision, readTags } from "./publication.ts";
import type { NpmRequest } from "./read.ts";

type At<Kind extends Address["kind"]> = Extract<Address, { kind: Kind }>;

/** PUT, POST or DELETE. @throws Refusal 400, 404, 405, 409 */
export async function write(request: NpmRequest, address: Address): Promise<Response> {
  const { method } = request.raw;
  if (address.kind === "package" && method === "PUT") return put(request, address);
  if (address.kind === "package" && method === "DELETE") return unpublishAll(request, address);
  if (address.kind === "tarball" && method === "DELETE") return deleteTarball(request, address);
  if (address.kind === "tags" && method === "DELETE") return deleteTag(request, address);
  if (address.kind === "tags" && (method === "PUT" || method === "POST")) return putTags(request, address);
  throw notAllowed(method, "GET, HEAD");
}

/** A new version, or the document as the client has changed it. */
async function put(request: NpmRequest, address: At<"package">): Promise<Response> {
  const { name } = address;
  const { deps } = request;
  const body = await json(request.raw);
  if (!isPublication(body)) {
    const { _rev, ...revision } = readRevision(body, name);
    const expected = address.revision ?? _rev;
    const removes = address.revision !== undefined;
    return changed(request, { name, expected }, (document, now) =>
      revise(existing(document), revision, removes, now),
    );
  }
  const { manifest, tags, tarball } = readPublication(body, name);
  const blob = await deps.blobs.put(tarball, tarball.length);
  const change = {
    name,
    expected: address.revision,
    tarball: { file: tarballOf(name, manifest.version), blob },
  };
  return changed(request, change, (document, now) => publish(document, manifest, tags, now), 201);
}

/** The name stays taken: a document without versions remains. */
async function unpublishAll(request: NpmRequest, { name, revision }: At<"package">): Promise<Response> {
  if (revision === undefined)
    throw new Refusal(
      400,
      "revision_required",
      "Say which revision is to be unpublished: /-rev/ and the _rev that was read.",
    );
  return changed(request, { name, expected: revision }, (document, now) =>
    revise(existing(document), { versions: {}, "dist-tags": {} }, true, now),
  );
}

/** npm sends it after the version has left the document; by then the tarball is gone. */
async function deleteTarball(
  { deps }: NpmRequest,
  { name, file, revision }: At<"tarball">,
): Promise<Response> {
  const stored = await findPackage(deps.db, name);
  if (!stored) throw new Refusal(404, "not_found", `${name} is not in this registry.`);
  if (revision !== undefined && revision !== String(stored.revision)) {
    throw new Refusal(
      409,
      "revision_conflict",
      `${name} has been changed in the meantime: read it again and repeat.`,
    );
  }
  if (Object.keys(stored.document.versions).some((version) => tarballOf(name, version) === file)) {
    throw new Refusal(409, "version_exists", "A version still has this tarball: unpublish the version.");
  }
  return Response.json({ ok: true });
}

/** One tag (PUT, POST) or several, which join those that are there (POST). */
async function putTags(request: NpmRequest, { name, tag }: At<"tags">): Promise<Response> {
  if (tag === undefined && request.raw.method === "PUT") throw notAllowed("PUT", "GET, HEAD, POST");
  const wanted = readTags(await json(request.raw), tag);
  return changed(request, { name }, (document, now) =>
    Object.entries(wanted).reduce(
      (tagged, [each, version]) => setTag(tagged, each, version, now),
      existing(document),
    ),
  );
}

async function deleteTag(request: NpmRequest, { name, tag }: At<"tags">): Promise<Response> {
  if (tag === undefined) throw notAllowed("DELETE", "GET, HEAD, POST");
  return changed(request, { name }, (document, now) => removeTag(existing(document), tag, now));
}

async function changed(
  { deps }: NpmRequest,
  change: Omit<Change, "now">,
  edit: (document: Document, now: Date) => Document,
  status = 200,
): Promise<Response> {
  const revision = await changePackage(deps.db, { ...change, now: deps.now() }, edit);
  return Response.json({ ok: true, id: change.name, rev: String(revision) }, { status });
}

function existing(document: Document): Document {
  if (Object.keys(document.versions).length > 0) return document;
  throw new Refusal(404, "not_found", `${document.name} is not in this registry.`);
}

function notAllowed(method: string, allow: string): Refusal {
  return new Refusal(405, "method_not_allowed", `An npm registry has no ${method} at this address.`, {
    allow,
  });
}

async function json(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new Refusal(400, "json_invalid", "The body is not JSON.");
  }
}
