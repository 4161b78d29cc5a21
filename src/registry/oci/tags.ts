/** The tags of a repository, in the order of their bytes (distribution-spec 1.1, "Listing Tags"). */
import { Refusal } from "../caller.ts";
import type { Handler } from "./handler.ts";

const largestPage = 1000;

/** GET: `{ name, tags }`; with more to come, a Link header to the next page. */
export const listTags: Handler = async ({ room, request, resource: { repository } }) => {
  const { searchParams } = new URL(request.url);
  const asked = searchParams.get("n");
  if (asked !== null && !/^\d+$/.test(asked))
    throw new Refusal(400, "PAGINATION_NUMBER_INVALID", "`n` has to be a number.");
  const limit = Math.min(Number(asked ?? largestPage), largestPage);
  const known = await room.db
    .selectFrom("oci_manifests")
    .select("digest")
    .where("repository", "=", repository)
    .limit(1)
    .execute();
  if (known.length === 0) throw new Refusal(404, "NAME_UNKNOWN", "There is no such repository.");
  const rows = await room.db
    .selectFrom("oci_tags")
    .select("tag")
    .where("repository", "=", repository)
    .where("tag", ">", searchParams.get("last") ?? "")
    .orderBy("tag")
    .limit(limit + 1)
    .execute();
  const tags = rows.slice(0, limit).map(({ tag }) => tag);
  const last = rows.length > limit ? tags.at(-1) : undefined;
  const headers =
    last === undefined ? {} : { link: `</v2/${repository}/tags/list?n=${limit}&last=${last}>; rel="next"` };
  return Response.json({ name: repository, tags }, { headers });
};
