/**
 * The registry that anyone can run, as a function from Request to Response: the default provider, the demo and the
 * double that tests run against. Everything it knows lies in one folder; several processes may share it.
 */
import { join } from "node:path";
import { Hono } from "hono";
import { ensureAdmin, readAdminKey } from "./admin-key.ts";
import { openDoor, type Visit } from "./door.ts";
import { npmGateway } from "./gateway/npm.ts";
import type { GatewayOptions } from "./gateway/options.ts";
import { pypiGateway } from "./gateway/pypi.ts";
import { genericRoom } from "./generic/index.ts";
import { lineFor } from "./log-line.ts";
import { managementRoom } from "./management/index.ts";
import { mavenRoom } from "./maven/index.ts";
import { npmRoom } from "./npm/index.ts";
import { ociRoom } from "./oci/index.ts";
import { failedHere, nothingHere, pageRoom } from "./page/index.ts";
import { pypiRoom } from "./pypi/index.ts";
import type { RoomDeps } from "./room.ts";
import type { Artifacts, BucketOptions } from "./store/artifacts.ts";
import { Blobs } from "./store/blobs.ts";
import { openStore, type StoreOptions } from "./store/open.ts";
import { unscripted } from "./unscripted.ts";
import { type UpstreamEcosystem, type UpstreamSources, upstreamOf } from "./upstreams.ts";

export interface RegistryOptions extends UpstreamSources, StoreOptions {
  /** A bucket for artifacts; without it the folder. */
  artifacts?: BucketOptions | undefined;
  gateway?: GatewayOptions | undefined;
  /** Where clients reach the registry, when that is not where it is asked: a proxy's address. */
  publicUrl?: string | undefined;
  now?: () => Date;
  /** Gets one record for each request, without a secret. */
  log?: (line: Record<string, unknown>) => void;
}

export interface Registry {
  /** @param from where the request comes from, for the limit on failed log-ins */
  fetch(request: Request, from?: { address?: string | undefined }): Promise<Response>;
  /** The first admin's key, read from its file. @throws Problem `file_unreadable` */
  adminKey(): Promise<string>;
  /** From now on `/ready` says no: the process is about to end. Everything else is answered as before. */
  drain(): void;
  /** Lets the requests that are running finish and refuses others, then closes the database. */
  close(): Promise<void>;
}

/**
 * Opens a registry, and makes it when the folder has none.
 * @throws Problem `not_configured` when the runtime has no SQLite; and what is wrong with the bucket, or with the gateway's certificate
 */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const now = options.now ?? (() => new Date());
  const docker = await openDocker(options, now);
  const blobs = await openArtifacts(options);
  const db = await openStore(options);
  const { origin } = options.publicUrl === undefined ? {} : new URL(options.publicUrl);
  try {
    await ensureAdmin(options.folder, db, now(), options.database ? "shared" : "own");
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const visits = new WeakMap<Request, Visit>();
  const deps = {
    db,
    blobs,
    door: openDoor(db, now, visits),
    now,
    origin: (request: Request) => origin ?? new URL(request.url).origin,
    upstream: (ecosystem: UpstreamEcosystem, from?: URL) => upstreamOf(db, ecosystem, options, from),
    docker,
  };
  let draining = false;
  const app = assemble(deps, () => draining, options);
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
    drain() {
      draining = true;
    },
    close: () => (closed ??= close()),
  };
}

function assemble(deps: RoomDeps, isDraining: () => boolean, { log, gateway }: RegistryOptions): Hono {
  const app = new Hono();
  const behind = gateway?.upstreams ?? {};
  app.use("*", unscripted);
  app.route("/fly/api/v1", managementRoom(deps, isDraining));
  const [npm, pypi] = ["/artifactory/api/npm/npm", "/artifactory/api/pypi/pypi"] as const;
  if (behind.npm) app.route(npm, npmGateway(deps, behind.npm));
  else app.route(npm, npmRoom(deps));
  if (behind.pypi) app.route(pypi, pypiGateway(deps, behind.pypi));
  else app.route(pypi, pypiRoom(deps));
  app.route("/v2", ociRoom(deps));
  app.route("/artifactory/maven", mavenRoom(deps));
  app.route("/artifactory/api/generic", genericRoom(deps));
  app.route("/", pageRoom(deps));
  app.notFound((c) => nothingHere(c.req.raw) ?? fault(404, "not_found", "There is nothing at this address."));
  app.onError((error, c) => {
    log?.({ time: deps.now().toISOString(), fault: `${error.stack ?? error}` });
    return failedHere(c.req.raw) ?? fault(500, "internal", "The registry failed; its log says why.");
  });
  return app;
}

function fault(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}

async function openDocker({ gateway, log }: RegistryOptions, now: () => Date) {
  if (!gateway?.upstreams.docker) return undefined;
  return (await import("./gateway/docker/index.ts")).openDockerGateway(gateway, now, log);
}

async function openArtifacts({ folder, artifacts }: RegistryOptions): Promise<Artifacts> {
  const place = join(folder, "blobs");
  if (!artifacts) return new Blobs(place).open();
  return (await import("./store/bucket/open.ts")).openBucket(artifacts, join(place, "incoming"));
}
