/** PUT of a manifest: accepted only when everything that it refers to is in the same repository. */
import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { readBody } from "../body.ts";
import { Refusal } from "../caller.ts";
import type { Database } from "../store/schema.ts";
import { recordBlob } from "./blobs.ts";
import type { Handler } from "./handler.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { isDigest } from "./path.ts";
import { UnknownContent } from "./refuse.ts";

/** @throws Refusal 400 MANIFEST_INVALID or DIGEST_INVALID, 404 MANIFEST_BLOB_UNKNOWN, 413 */
export const writeManifest: Handler = async ({
  room,
  request,
  resource: { repository, reference },
  access: { token },
}) => {
  const bytes = await readBody(request, room.limits.manifest);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (isDigest(reference) && reference !== digest) {
    throw new Refusal(400, "DIGEST_INVALID", `The manifest has the digest ${digest}.`);
  }
  const manifest = parseManifest(bytes, request.headers.get("content-type")?.split(";")[0]?.trim() ?? "");
  await checkReferences(room.db, repository, manifest);
  const blob = await room.blobs.put(bytes, room.limits.manifest);
  const now = room.now();
  await room.db.atomically(async (transaction) => {
    await checkReferences(transaction, repository, manifest); // one may have been deleted in between
    await recordBlob(transaction, blob, now);
    await save(transaction, repository, digest, manifest, blob.size, now.getTime());
    const tag = isDigest(reference) ? null : reference;
    const push = { repository, digest, tag, at: now.getTime() };
    if (tag !== null) await pointTag(transaction, { ...push, tag });
    await transaction
      .insertInto("oci_pushes")
      .values({ ...push, token_id: token.id })
      .execute();
  });
  const headers = { location: `/v2/${repository}/manifests/${digest}`, "docker-content-digest": digest };
  return new Response(null, {
    status: 201,
    headers: { ...headers, ...(manifest.subject && { "oci-subject": manifest.subject }) },
  });
};

/** A list in one parameter: a manifest may have more references than SQLite takes parameters. */
function rowsOf(digests: readonly string[]) {
  return sql<{ value: string }>`json_each(cast(${JSON.stringify(digests)} as text))`;
}

async function checkReferences(
  db: Kysely<Database>,
  repository: string,
  { blobs, children }: Manifest,
): Promise<void> {
  const { rows } = await sql<{ value: string }>`
    select value from ${rowsOf([...blobs, ...children])}
    where not exists (select 1 from oci_blobs where repository = ${repository} and digest = value)
      and not (value in (select value from ${rowsOf(children)})
        and exists (select 1 from oci_manifests where repository = ${repository} and digest = value))`.execute(
    db,
  );
  if (rows.length > 0) throw new UnknownContent(rows.map(({ value }) => value));
}

async function save(
  db: Kysely<Database>,
  repository: string,
  digest: string,
  manifest: Manifest,
  size: number,
  at: number,
): Promise<void> {
  const row = { media_type: manifest.mediaType, size, pushed_at: at, subject: manifest.subject };
  await db
    .insertInto("oci_manifests")
    .values({ repository, digest, ...row })
    .onConflict((conflict) => conflict.columns(["repository", "digest"]).doUpdateSet(row))
    .execute();
  await sql`
    insert into oci_children (repository, parent, child)
    select ${repository}, ${digest}, value from ${rowsOf(manifest.children)} where true
    on conflict do nothing`.execute(db);
}

async function pointTag(
  db: Kysely<Database>,
  { repository, tag, digest, at }: { repository: string; tag: string; digest: string; at: number },
): Promise<void> {
  await db
    .insertInto("oci_tags")
    .values({ repository, tag, digest, pushed_at: at })
    .onConflict((conflict) => conflict.columns(["repository", "tag"]).doUpdateSet({ digest, pushed_at: at }))
    .execute();
}
