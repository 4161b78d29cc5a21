/**
 * The registry that anyone can run, as a function from Request to Response: the default provider, the demo and the
 * double that tests run against. Everything it knows lies in one folder; several processes may share it.
 */
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import { ensureAdmin, readAdminKey } from "./admin-key.ts";
import { openDoor, type Visit } from "./door.ts";
import { genericRoom } from "./generic/index.ts";
import { lineFor } from "./log-line.ts";
import type { ManagementDeps } from "./management/gate.ts";
import { managementRoom } from "./management/index.ts";
import { mavenRoom } from "./maven/index.ts";
import { npmRoom } from "./npm/index.ts";
import { ociRoom } from "./oci/index.ts";
import { pypiRoom } from "./pypi/index.ts";
import { Blobs } from "./store/blobs.ts";
import { openDatabase } from "./store/sqlite.ts";
import { type UpstreamEcosystem, type UpstreamSources, upstreamOf } from "./upstreams.ts";

export interface RegistryOptions extends UpstreamSources {
  /** Absolute; made when missing, 0700. */
  folder: string;
  now?: () => Date;
  /** Gets one record for each request, without a secret. */
  log?: (line: Record<string, unknown>) => void;
}

export interface Registry {
  /** @param from where the request comes from, for the limit on failed log-ins */
  fetch(request: Request, from?: { address?: string | undefined }): Promise<Response>;
  /** The first admin's key, read from its file. @throws Problem `file_unreadable` */
  adminKey(): Promise<string>;
  /** Lets the requests that are running finish and refuses others, then closes the database. */
  close(): Promise<void>;
}

/**
 * Opens a registry, and makes it when the folder has none.
 * @throws Problem `not_configured` when the runtime has no SQLite
 */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const now = options.now ?? (() => new Date());
  await makePrivate(options.folder);
  const db = await openDatabase(join(options.folder, "registry.db"));
  await ensureAdmin(options.folder, db, now());
  const visits = new WeakMap<Request, Visit>();
  const deps = {
    db,
    blobs: await new Blobs(join(options.folder, "blobs")).open(),
    door: openDoor(db, now, visits),
    now,
    upstream: (ecosystem: UpstreamEcosystem, from?: URL) => upstreamOf(db, ecosystem, options, from),
  };
  const app = assemble(deps, options.log);
  let running = 0;
  let drained: (() => void) | undefined;
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    if (running > 0) await new Promise<void>((resolve) => (drained = resolve));
    await db.destroy();
  }

  return {
    async fetch(request, from = {}) {
      if (closed) return fault(503, "unavailable", "The registry is stopping.");
      const visit: Visit = { address: from.address ?? "" };
      visits.set(request, visit);
      running++;
      try {
        const started = performance.now();
        const response = await app.fetch(request);
        options.log?.(lineFor(request, response, visit, now(), performance.now() - started));
        return response;
      } finally {
        running--;
        if (running === 0) drained?.();
      }
    },
    adminKey: () => readAdminKey(options.folder),
    close: () => (closed ??= close()),
  };
}

function assemble(deps: ManagementDeps, log: RegistryOptions["log"]): Hono {
  const app = new Hono();
  app.route("/fly/api/v1", managementRoom(deps));
  app.route("/artifactory/api/npm/npm", npmRoom(deps));
  app.route("/artifactory/api/pypi/pypi", pypiRoom(deps));
  app.route("/v2", ociRoom(deps));
  app.route("/artifactory/maven", mavenRoom(deps));
  app.route("/artifactory/api/generic", genericRoom(deps));
  app.notFound(() => fault(404, "not_found", "There is nothing at this address."));
  app.onError((error) => {
    log?.({ time: deps.now().toISOString(), fault: `${error.stack ?? error}` });
    return fault(500, "internal", "The registry failed; its log says why.");
  });
  return app;
}

function fault(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}

/** The folder and the database are nobody else's; the files that SQLite adds take their mode from the database. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, "registry.db"), "a", 0o600);
  await file.close();
}
