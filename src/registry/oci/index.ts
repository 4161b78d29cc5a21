/**
 * Container images and whatever else is kept as such (OCI distribution-spec 1.1; the Bearer flow is the distribution
 * project's token authentication). Laws: nothing without a token, nothing is written by a read-only one · content
 * belongs to repositories, and is served only through those · what cannot be verified is not kept.
 */
import { Hono } from "hono";
import { Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import { deleteBlob, readBlob } from "./blobs.ts";
import { enter } from "./gate.ts";
import type { Handler, Limits, Room } from "./handler.ts";
import { deleteManifest, readManifest } from "./manifests.ts";
import { parsePath, type Resource } from "./path.ts";
import { appendUpload, cancelUpload, finishUpload, readUpload, startUpload } from "./push-blob.ts";
import { writeManifest } from "./push-manifest.ts";
import { listReferrers } from "./referrers.ts";
import { refuse } from "./refuse.ts";
import type { Action } from "./scope.ts";
import { listTags } from "./tags.ts";
import { answerTokenRequest } from "./token-endpoint.ts";
import { openUploads } from "./uploads.ts";

type Methods = Partial<Record<string, readonly [Action, Handler]>>;

const methods: Readonly<Record<Resource["what"], Methods>> = {
  blob: { GET: ["pull", readBlob], HEAD: ["pull", readBlob], DELETE: ["delete", deleteBlob] },
  manifest: {
    GET: ["pull", readManifest],
    HEAD: ["pull", readManifest],
    PUT: ["push", writeManifest],
    DELETE: ["delete", deleteManifest],
  },
  referrers: { GET: ["pull", listReferrers], HEAD: ["pull", listReferrers] },
  tags: { GET: ["pull", listTags], HEAD: ["pull", listTags] },
  uploads: { POST: ["push", startUpload] },
  upload: {
    GET: ["push", readUpload],
    PATCH: ["push", appendUpload],
    PUT: ["push", finishUpload],
    DELETE: ["push", cancelUpload],
  },
};

const defaultLimits: Limits = { blob: 10 * 1024 ** 3, manifest: 4 * 1024 ** 2 };

/** Mounted at /v2. Refusals become `{"errors": [{code, message, detail?}]}`. */
export function ociRoom(deps: RoomDeps, limits: Limits = defaultLimits): Hono {
  const room: Room = {
    ...deps,
    limits,
    uploads: openUploads(deps, limits.blob),
  };
  const app = new Hono();

  app.onError((error) => {
    if (!(error instanceof Refusal)) throw error;
    return refuse(error);
  });

  app.use("*", async (c, next) => {
    await next();
    c.header("docker-distribution-api-version", "registry/2.0");
  });

  app.all("*", (c) => answer(room, c.req.raw));

  return app;
}

async function answer(room: Room, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/^\/v2\/?/, "");
  if (path === "token") return answerTokenRequest(room, request);
  if (path === "") {
    await enter(room, request);
    return Response.json({});
  }
  const resource = parsePath(path);
  if (!resource)
    throw new Refusal(404, "UNSUPPORTED", "The OCI distribution API has nothing at this address.");
  const known = methods[resource.what];
  const [action, handle] = known[request.method] ?? [];
  if (!action || !handle) {
    throw new Refusal(405, "UNSUPPORTED", `${request.method} has no meaning at this address.`, {
      allow: Object.keys(known).join(", "),
    });
  }
  const access = await enter(room, request, { repository: resource.repository, action });
  return handle({ room, request, resource, access });
}
