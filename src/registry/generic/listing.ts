/** What is in the generic room, as JSON. */
import { type Kysely, sql } from "kysely";
import { listFiles } from "../files/table.ts";
import { sumOf } from "../files/transfer.ts";
import type { Database } from "../store/schema.ts";

interface VersionList {
  name: string;
  /** The one that was begun last is the last. */
  versions: { version: string; uploaded_at: string }[];
}

interface FileList {
  name: string;
  version: string;
  files: { file: string; size: number; sha256: string; uploaded_at: string; uploaded_by: string }[];
}

/** In order. */
export async function listNames(db: Kysely<Database>): Promise<{ names: string[] }> {
  const { rows } = await sql<{ name: string }>`
    select distinct substr(path, 1, instr(path, '/') - 1) as name from files
    where room = 'generic' order by name`.execute(db);
  return { names: rows.map(({ name }) => name) };
}

/** None when the name is not known. */
export async function listVersions(db: Kysely<Database>, name: string): Promise<VersionList> {
  const begun = new Map<string, string>();
  for (const { path, uploaded_at } of await listFiles(db, "generic", `${name}/`)) {
    const version = path.split("/")[1] ?? "";
    if (!begun.has(version)) begun.set(version, new Date(uploaded_at).toISOString());
  }
  return { name, versions: [...begun].map(([version, uploaded_at]) => ({ version, uploaded_at })) };
}

/** None when the version is not known. Oldest first. */
export async function listVersion(db: Kysely<Database>, name: string, version: string): Promise<FileList> {
  const rows = await listFiles(db, "generic", `${name}/${version}/`);
  return {
    name,
    version,
    files: rows.map((row) => ({
      file: row.path.split("/").at(-1) ?? "",
      size: row.size,
      sha256: sumOf(row, "sha256"),
      uploaded_at: new Date(row.uploaded_at).toISOString(),
      uploaded_by: row.uploaded_by,
    })),
  };
}
