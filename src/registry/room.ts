/** What the service hands to each of its rooms (npm, PyPI, OCI, Maven, generic, management). */
import type { Kysely } from "kysely";
import type { Door } from "./caller.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Database } from "./store/schema.ts";

export interface RoomDeps {
  db: Kysely<Database>;
  blobs: Blobs;
  door: Door;
  now(): Date;
  /** Where a client that asked at `from` is sent for a package that is not here; `undefined`: nowhere. No final slash. */
  upstream(ecosystem: "npm" | "pypi", from?: URL): Promise<string | undefined>;
}
