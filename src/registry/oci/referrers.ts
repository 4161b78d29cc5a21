/** What has been said about a manifest: signatures, attestations, bills of materials (distribution-spec 1.1, "Listing Referrers"). */
import type { Artifacts } from "../store/artifacts.ts";
import type { Handler } from "./handler.ts";
import { indexType, parseManifest } from "./manifest.ts";

/** GET: an index of the manifests that name this one as their subject; an empty one when there are none. */
export const listReferrers: Handler = async ({ room, request, resource: { repository, reference } }) => {
  const rows = await room.db
    .selectFrom("oci_manifests")
    .select(["digest", "media_type", "size"])
    .where("repository", "=", repository)
    .where("subject", "=", reference)
    .orderBy("pushed_at")
    .orderBy("digest")
    .execute();
  const wanted = new URL(request.url).searchParams.get("artifactType");
  const manifests = [];
  for (const { digest, media_type, size } of rows) {
    const { artifactType, annotations } = parseManifest(await readAll(room.blobs, digest), media_type);
    if (wanted !== null && artifactType !== wanted) continue;
    manifests.push({
      mediaType: media_type,
      digest,
      size,
      ...(artifactType && { artifactType }),
      ...(annotations && { annotations }),
    });
  }
  return Response.json(
    { schemaVersion: 2, mediaType: indexType, manifests },
    {
      headers: {
        "content-type": indexType,
        ...(wanted !== null && { "oci-filters-applied": "artifactType" }),
      },
    },
  );
};

/** Manifests are small by their limit. */
async function readAll(blobs: Artifacts, digest: string): Promise<Uint8Array> {
  return new Uint8Array(await new Response(await blobs.stream(digest)).arrayBuffer());
}
