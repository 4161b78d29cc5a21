/** `npm search`: packages whose name or description has every word (npm's registry documentation, GET /-/v1/search). */
import { type Kysely, sql } from "kysely";
import type { Database } from "../store/schema.ts";
import type { Document, Manifest } from "./document.ts";

/** @param query `text`, `size` (at most 250, default 20) and `from` as they stand in the URL */
export async function searchPackages(
  db: Kysely<Database>,
  query: Record<string, string>,
  now: Date,
): Promise<object> {
  let matching = db.selectFrom("npm_packages").where("description", "is not", null);
  for (const word of (query.text ?? "").toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10)) {
    matching = matching.where(sql<boolean>`instr(lower(name || ' ' || description), ${word}) > 0`);
  }
  const { total } = await matching
    .select(({ fn }) => fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await matching
    .select("document")
    .orderBy("name")
    .limit(whole(query.size, 20, 250))
    .offset(whole(query.from, 0, 1e9))
    .execute();
  return {
    objects: rows.map(({ document }) => result(JSON.parse(document) as Document)),
    total,
    time: now.toISOString(),
  };
}

function result(document: Document): object {
  const version = document["dist-tags"].latest ?? "";
  const { description, keywords, author, license } = document.versions[version] ?? ({} as Partial<Manifest>);
  const found = {
    name: document.name,
    version,
    description,
    keywords,
    author,
    license,
    date: document.time[version],
    links: {},
    maintainers: [],
  };
  return {
    package: found,
    score: { final: 1, detail: { quality: 1, popularity: 1, maintenance: 1 } },
    searchScore: 1,
  };
}

function whole(text: string | undefined, fallback: number, most: number): number {
  return /^\d{1,9}$/.test(text ?? "") ? Math.min(Number(text), most) : fallback;
}
