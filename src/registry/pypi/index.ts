/**
 * The Python package index: the simple API (PEP 503, PEP 691), files, and uploads. Every request needs a token, an
 * upload one that may write. What goes wrong is said in plain text and in the reason phrase, all that twine shows.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { basePath } from "hono/route";
import { allow, isReading, Refusal } from "../caller.ts";
import { download } from "../download.ts";
import { plainText } from "../plain-text.ts";
import type { RoomDeps } from "../room.ts";
import { addFile, findFile, listFiles, listProjects } from "./files.ts";
import { isProject, normalizeProject } from "./project.ts";
import { projectList, projectPage } from "./simple.ts";
import { readUpload } from "./upload.ts";

/** Bytes of an upload, with its form; public indexes start with the same limit. */
const uploadLimit = 100 * 1024 * 1024;

interface Env {
  Variables: { username: string };
}

/** Mounted at /artifactory/api/pypi/pypi: the upload address, with and without a slash; the index is simple/ below it. */
export function pypiRoom(deps: RoomDeps): Hono<Env> {
  const room = new Hono<Env>();

  room.onError((error) => {
    if (!(error instanceof Refusal)) throw error;
    return plainText(error);
  });

  room.use("*", async (c, next) => {
    const caller = await deps.door.authenticate(c.req.raw, 'Basic realm="fly-tokens", charset="UTF-8"');
    allow(caller, isReading(c.req.method) ? "read" : "write");
    c.set("username", caller.username);
    await next();
  });

  room.get("/simple", (c) => c.redirect(`${basePath(c)}/simple/`, 301));
  room.get("/simple/", async (c) => projectList(c.req.raw, await listProjects(deps.db)));

  for (const path of ["/simple/:project", "/simple/:project/"] as const) {
    room.get(path, async (c) => {
      const project = normalizeProject(c.req.param("project"));
      const files = await listFiles(deps.db, project);
      if (files.length === 0) return elsewhere(deps, project, new URL(deps.origin(c.req.raw)));
      const canonical = `${basePath(c)}/simple/${project}/`;
      return new URL(c.req.url).pathname === canonical
        ? projectPage(c.req.raw, project, files)
        : c.redirect(canonical, 301);
    });
  }

  room.get("/packages/:file", async (c) => {
    const found = await findFile(deps.db, c.req.param("file"));
    if (!found) throw new Refusal(404, "not_found", "There is no such file in this index");
    const headers = {
      "content-type": "application/octet-stream",
      "cache-control": "private, no-cache",
    };
    return download(deps.blobs, `sha256:${found.sha256}`, c.req.raw, headers);
  });

  // A star, because the upload address comes with and without a slash at its end.
  room.post("*", uploadSize, async (c) => {
    if (![basePath(c), `${basePath(c)}/`].includes(new URL(c.req.url).pathname)) throw nothingHere();
    const isNew = await receive(deps, await form(c.req.raw), c.get("username"));
    return c.text(isNew ? "The file was taken.\n" : "The file was here already.\n");
  });

  room.all("*", () => {
    throw nothingHere();
  });

  return room;
}

const uploadSize = bodyLimit({
  maxSize: uploadLimit,
  onError: () => {
    throw new Refusal(
      413,
      "too_large",
      `More than ${uploadLimit / 1024 / 1024} MiB cannot be uploaded at once`,
    );
  },
});

async function form(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch {
    throw new Refusal(400, "form_invalid", "The body is not a form of type multipart/form-data");
  }
}

/** @returns whether the file is new @throws Refusal 400 */
async function receive(deps: RoomDeps, form: FormData, username: string): Promise<boolean> {
  const { content, requiresPython, ...upload } = await readUpload(form);
  const blob = await deps.blobs.put(content.stream(), uploadLimit);
  const row = {
    ...upload,
    size: blob.size,
    requires_python: requiresPython,
    uploaded_at: deps.now().getTime(),
    uploaded_by: username,
  };
  return addFile(deps.db, row, blob);
}

/** A project that has files here is never looked for elsewhere. @param project normalized @throws Refusal 404 */
async function elsewhere(deps: RoomDeps, project: string, from: URL): Promise<Response> {
  if (!isProject(project)) throw nothingHere();
  const upstream = await deps.upstream("pypi", from);
  if (upstream) return new Response(null, { status: 302, headers: { location: `${upstream}/${project}/` } });
  throw new Refusal(
    404,
    "not_found",
    `${project} is not in this index, and FLY_TOKENS_PYPI_UPSTREAM names no other to look in`,
  );
}

function nothingHere(): Refusal {
  return new Refusal(404, "not_found", "A package index has nothing at this address");
}
