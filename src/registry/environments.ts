/**
 * What is known of an environment: its tokens, what was pulled with them, and how far that is behind what has been
 * pushed. A pull with an environment's token is a deployment; the newest one of an image is what runs.
 */
import { type Kysely, sql } from "kysely";
import { countActive, countActiveByEnvironment } from "./active-tokens.ts";
import { Refusal } from "./caller.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Database, EnvironmentRow } from "./store/schema.ts";

export interface EnvironmentView {
  name: string;
  description: string;
  created_by: string;
  created_at: string;
  /** How many active tokens belong to it. */
  tokens: number;
}

export interface DeploymentView {
  image: string;
  tag?: string;
  digest: string;
  at: string;
  token_id: string;
}

export interface RunningView {
  image: string;
  tag?: string;
  digest: string;
  /** The first pull since which nothing else was pulled. */
  since: string;
}

/** @throws Refusal 404 */
export async function requireEnvironment(db: Kysely<Database>, name: string): Promise<EnvironmentRow> {
  const found = await db.selectFrom("environments").selectAll().where("name", "=", name).executeTakeFirst();
  if (!found) throw new Refusal(404, "not_found", `There is no environment ${JSON.stringify(name)}.`);
  return found;
}

export async function viewEnvironment(
  db: Kysely<Database>,
  row: EnvironmentRow,
  now: Date,
): Promise<EnvironmentView> {
  return view(row, await countActive(db, "environment", row.name, now));
}

/** All environments, by name. */
export async function listEnvironments(db: Kysely<Database>, now: Date): Promise<EnvironmentView[]> {
  const rows = await db.selectFrom("environments").selectAll().orderBy("name").execute();
  const tokens = await countActiveByEnvironment(db, now);
  return rows.map((row) => view(row, tokens.get(row.name) ?? 0));
}

function view(row: EnvironmentRow, tokens: number): EnvironmentView {
  return { ...row, created_at: iso(row.created_at), tokens };
}

/** Deployments, newest first. @throws Refusal 400 for a cursor from elsewhere */
export async function history(
  db: Kysely<Database>,
  environment: string,
  query: { limit: number; cursor?: string | undefined },
): Promise<{ deployments: DeploymentView[]; next_cursor?: string }> {
  let page = db.selectFrom("pulls").selectAll().where("environment", "=", environment);
  if (query.cursor !== undefined) {
    const [id] = decodeCursor(query.cursor, "deployments", ["number"]);
    page = page.where("id", "<", Number(id));
  }
  const found = await page
    .orderBy("id", "desc")
    .limit(query.limit + 1)
    .execute();
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const deployments = rows.map(({ image, tag, digest, at, token_id }) => ({
    image,
    ...tagged(tag),
    digest,
    at: iso(at),
    token_id,
  }));
  return {
    deployments,
    ...(found.length > rows.length && last && { next_cursor: encodeCursor("deployments", [last.id]) }),
  };
}

/** For each image the newest pull, by image. */
export async function running(db: Kysely<Database>, environment: string): Promise<RunningView[]> {
  const { rows } = await newestPulls(environment).execute(db);
  return rows.map(({ image, tag, digest, since }) => ({ image, ...tagged(tag), digest, since: iso(since) }));
}

/** From image to image along the index: grouped by image, every pull that the environment has had would be read. */
export function newestPulls(environment: string) {
  return sql<{ image: string; tag: string | null; digest: string; since: number }>`
    with recursive images (image) as (
      select min(image) from pulls where environment = ${environment}
      union all
      select (select min(image) from pulls where environment = ${environment} and image > images.image)
      from images where images.image is not null),
    newest as (
      select (select max(id) from pulls where environment = ${environment} and image = images.image) as id
      from images where images.image is not null),
    current as (
      select image, tag, digest, coalesce(
        (select id from pulls other where environment = ${environment} and other.image = pulls.image and other.digest <> pulls.digest
         order by id desc limit 1), 0) as replaced
      from pulls where id in (select id from newest))
    select image, tag, digest,
      (select at from pulls where environment = ${environment} and image = current.image and id > replaced order by id limit 1) as since
    from current order by image`;
}

/**
 * How far each running image is behind. Only pushes by tag count: what lies under no tag has not been released. What a
 * client pulls by digest may be a part of what was pushed (an image index lists one manifest per platform), so the
 * pushes of the whole count for the part. An image of which nothing was pushed by tag is left out.
 * @returns by image; `behind`: how many other digests were pushed since the running one was, for the last time
 */
export async function drift(
  db: Kysely<Database>,
  environment: string,
): Promise<{ image: string; running: string; latest: string; behind: number }[]> {
  const found = [];
  for (const { image, digest } of await running(db, environment)) {
    const pushes = db.selectFrom("oci_pushes").where("repository", "=", image).where("tag", "is not", null);
    const latest = await pushes.select("digest").orderBy("id", "desc").limit(1).executeTakeFirst();
    if (!latest) continue;
    const own = await lastPush(db, image, digest);
    const { behind } = await pushes
      .select(sql<number>`count(distinct digest)`.as("behind"))
      .where("id", ">", own)
      .executeTakeFirstOrThrow();
    found.push({ image, running: digest, latest: latest.digest, behind });
  }
  return found;
}

/** @returns the id of the newest push of a digest, or of an index that lists it; 0 when it was never pushed here */
async function lastPush(db: Kysely<Database>, repository: string, digest: string): Promise<number> {
  // `ctext` is the type of our columns (store/postgres/migrate.ts): the union's first term has to sort as they do.
  const { rows } = await sql<{ id: number }>`
    with recursive whole (digest) as (
      values (cast(${digest} as ctext))
      union
      select parent from oci_children join whole on child = whole.digest where repository = ${repository}
    )
    select id from oci_pushes where repository = ${repository} and digest in (select digest from whole)
    order by id desc limit 1`.execute(db);
  return rows[0]?.id ?? 0;
}

function tagged(tag: string | null): { tag?: string } {
  return tag === null ? {} : { tag };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
