/** How a blob gets in: at once, in a stream, in chunks, or out of another repository (distribution-spec 1.1, "Pushing blobs"). */
import { Refusal } from "../caller.ts";
import type { StoredBlob } from "../store/artifacts.ts";
import { addBlob, holdsBlob } from "./blobs.ts";
import { type Chunk, received } from "./chunk.ts";
import type { Handler, Visit } from "./handler.ts";
import { isDigest, isRepositoryName } from "./path.ts";

/** POST: opens an upload, unless the blob comes along (`?digest=`) or is here already (`?mount=&from=`). */
export const startUpload: Handler = async (visit) => {
  const { room, request, resource } = visit;
  const { searchParams } = new URL(request.url);
  if (await mount(visit, searchParams)) return created(resource.repository, searchParams.get("mount") ?? "");
  const digest = searchParams.get("digest");
  if (digest !== null) checkDigest(digest);
  await room.uploads.sweep(room.now());
  const id = await room.uploads.start(resource.repository);
  return digest === null ? progress(202, resource.repository, id, 0) : finish(visit, id, digest, true);
};

/** GET: how far an upload is. */
export const readUpload: Handler = async ({ room, resource: { repository, reference } }) =>
  progress(204, repository, reference, await room.uploads.size(repository, reference));

/** PATCH: a chunk, or all of it as a stream. */
export const appendUpload: Handler = async ({ room, request, resource: { repository, reference } }) =>
  progress(202, repository, reference, await room.uploads.append(repository, reference, chunkOf(request)));

/** PUT: the end of an upload, with or without the last bytes. */
export const finishUpload: Handler = async (visit) => {
  const digest = new URL(visit.request.url).searchParams.get("digest") ?? "";
  checkDigest(digest);
  return finish(visit, visit.resource.reference, digest);
};

/** DELETE */
export const cancelUpload: Handler = async ({ room, resource: { repository, reference } }) => {
  await room.uploads.cancel(repository, reference);
  return new Response(null, { status: 204 });
};

async function finish(
  { room, request, resource: { repository } }: Visit,
  id: string,
  digest: string,
  only = false,
): Promise<Response> {
  let blob: StoredBlob;
  try {
    blob = await room.uploads.finish(repository, id, digest, chunkOf(request));
  } catch (error) {
    if (only) await room.uploads.cancel(repository, id).catch(() => {}); // nobody knows its id
    throw error;
  }
  await addBlob(room.db, repository, blob, room.now());
  return created(repository, digest);
}

/** Only out of a repository that the caller may read and that has the blob. @returns whether it was done */
async function mount({ room, access, resource }: Visit, query: URLSearchParams): Promise<boolean> {
  const [digest, from] = [query.get("mount") ?? "", query.get("from") ?? ""];
  if (!isDigest(digest) || !isRepositoryName(from) || !access.permits({ repository: from, action: "pull" }))
    return false;
  const size = (await holdsBlob(room.db, from, digest)) ? await room.blobs.size(digest) : undefined;
  if (size === undefined) return false;
  await addBlob(room.db, resource.repository, { digest, size }, room.now());
  return true;
}

function checkDigest(digest: string): void {
  if (!isDigest(digest))
    throw new Refusal(400, "DIGEST_INVALID", "`?digest=` has to be `sha256:` and 64 lower-case hex digits.");
}

function chunkOf(request: Request): Chunk {
  return {
    body: request.body,
    range: request.headers.get("content-range"),
    length: request.headers.get("content-length"),
  };
}

function created(repository: string, digest: string): Response {
  return new Response(null, {
    status: 201,
    headers: { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest },
  });
}

function progress(status: 202 | 204, repository: string, id: string, size: number): Response {
  return new Response(null, {
    status,
    headers: {
      location: `/v2/${repository}/blobs/uploads/${id}`,
      range: received(size),
      "docker-upload-uuid": id,
    },
  });
}
