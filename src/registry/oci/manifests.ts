/** Manifests by tag and by digest. */
import type { Kysely } from "kysely";
import { Refusal } from "../caller.ts";
import { download } from "../download.ts";
import type { Database } from "../store/schema.ts";
import type { Handler } from "./handler.ts";
import { isDigest } from "./path.ts";
import { noteHead, recordPull } from "./pulls.ts";

/** The digest that a tag or a digest stands for. @throws Refusal 404 MANIFEST_UNKNOWN */
async function find(db: Kysely<Database>, repository: string, reference: string) {
  const manifests = db.selectFrom("oci_manifests").where("oci_manifests.repository", "=", repository);
  const found = isDigest(reference)
    ? await manifests.where("digest", "=", reference).select(["digest", "media_type"]).executeTakeFirst()
    : await manifests
        .innerJoin("oci_tags", (join) =>
          join
            .onRef("oci_tags.repository", "=", "oci_manifests.repository")
            .onRef("oci_tags.digest", "=", "oci_manifests.digest"),
        )
        .where("oci_tags.tag", "=", reference)
        .select(["oci_manifests.digest", "oci_manifests.media_type"])
        .executeTakeFirst();
  if (!found) throw new Refusal(404, "MANIFEST_UNKNOWN", "There is no such manifest in this repository.");
  return found;
}

/** GET, HEAD. With an environment's token a GET is a deployment, on record before the answer is sent. */
export const readManifest: Handler = async ({
  room,
  request,
  resource: { repository, reference },
  access: { token },
}) => {
  const { digest, media_type } = await find(room.db, repository, reference);
  const answer = await download(room.blobs, digest, request, {
    "content-type": media_type,
    "docker-content-digest": digest,
  });
  if (token.environment === null) return answer;
  const tag = isDigest(reference) ? null : reference;
  const seen = {
    token_id: token.id,
    environment: token.environment,
    image: repository,
    tag,
    digest,
    at: room.now().getTime(),
  };
  await (request.method === "HEAD" ? noteHead : recordPull)(room.db, seen);
  return answer;
};

/** DELETE: a tag alone, or a manifest with every tag that points to it. */
export const deleteManifest: Handler = async ({ room, resource: { repository, reference } }) => {
  await room.db.atomically(async (transaction) => {
    const { digest } = await find(transaction, repository, reference);
    const tags = transaction.deleteFrom("oci_tags").where("repository", "=", repository);
    if (!isDigest(reference)) return tags.where("tag", "=", reference).execute();
    await tags.where("digest", "=", digest).execute();
    await transaction
      .deleteFrom("oci_children")
      .where("repository", "=", repository)
      .where("parent", "=", digest)
      .execute();
    return transaction
      .deleteFrom("oci_manifests")
      .where("repository", "=", repository)
      .where("digest", "=", digest)
      .execute();
  });
  return new Response(null, { status: 202 });
};
