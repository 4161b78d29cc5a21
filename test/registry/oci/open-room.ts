/** The room over a real database, real files and a real door, with a clock and limits that a test can set. */
import { createHash } from "node:crypto";
import { Hono } from "hono";
import { onTestFinished } from "vitest";
import { openDoor } from "../../../src/registry/door.ts";
import { ociRoom } from "../../../src/registry/oci/index.ts";
import { mint } from "../../../src/registry/tokens.ts";
import { openArtifacts } from "../../support/artifacts.ts";
import { openStore } from "../../support/store.ts";

export const imageType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";

const owner = { kind: "key", username: "alice", role: "admin" } as const;

export type TestRoom = Awaited<ReturnType<typeof openRoom>>;

export async function openRoom(limits = { blob: 1024 * 1024, manifest: 64 * 1024 }) {
  const artifacts = await openArtifacts();
  const db = await openStore();
  const clock = { now: new Date() };
  const now = () => clock.now;
  const { blobs } = artifacts;
  const app = new Hono();
  const origin = (request: Request) => new URL(request.url).origin;
  const upstream = async () => undefined;
  app.route(
    "/v2",
    ociRoom({ db, blobs, door: openDoor(db, now, new WeakMap()), now, origin, upstream }, limits),
  );
  onTestFinished(() => db.destroy());

  async function token(permission: "read_only" | "read_write", environment?: string) {
    if (environment !== undefined) {
      const row = { name: environment, description: "", created_by: "alice", created_at: 0 };
      await db
        .insertInto("environments")
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const expires_at = new Date(clock.now.getTime() + 3_600_000);
    const { token: row, value } = mint(
      { name: "test", permission, expires_at, environment },
      owner,
      clock.now,
    );
    await db.insertInto("tokens").values(row).execute();
    return { id: row.id, value, basic: `Basic ${Buffer.from(`alice:${value}`).toString("base64")}` };
  }

  const writer = await token("read_write");

  /** Sends a request, with the writer's credential unless another one (or none: empty) is given. */
  async function send(
    method: string,
    path: string,
    options: {
      as?: string;
      body?: string | Uint8Array | ReadableStream;
      headers?: Record<string, string>;
    } = {},
  ) {
    const { as = writer.basic, body, headers = {} } = options;
    const url = path.startsWith("/") ? path : `/v2/${path}`;
    const init: RequestInit = { method, headers: { ...(as && { authorization: as }), ...headers } };
    if (body !== undefined) Object.assign(init, { body, duplex: "half" });
    return app.fetch(new Request(`http://127.0.0.1:7411${url}`, init));
  }

  async function pushBlob(repository: string, content: string | Uint8Array): Promise<string> {
    const digest = digestOf(content);
    const answer = await send("POST", `${repository}/blobs/uploads/?digest=${digest}`, { body: content });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
    return digest;
  }

  /** Pushes a manifest and whatever it needs. @returns its digest */
  async function pushImage(
    repository: string,
    tag: string | undefined,
    content = "layer",
    more: object = {},
  ): Promise<string> {
    await pushBlob(repository, "{}");
    await pushBlob(repository, content);
    return pushManifest(repository, tag, imageOf(content, more), imageType);
  }

  async function pushManifest(
    repository: string,
    tag: string | undefined,
    manifest: string,
    type: string,
  ): Promise<string> {
    const answer = await send("PUT", `${repository}/manifests/${tag ?? digestOf(manifest)}`, {
      body: manifest,
      headers: { "content-type": type },
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
    return digestOf(manifest);
  }

  return {
    db,
    blobs,
    clock,
    writer,
    token,
    send,
    pushBlob,
    pushImage,
    pushManifest,
    revoke: (id: string) =>
      db.updateTable("tokens").set({ revoked_at: 1, revoked_by: "alice" }).where("id", "=", id).execute(),
    pulls: () => db.selectFrom("pulls").selectAll().orderBy("id").execute(),
    /** Hex digits of the blobs' digests; and names of what is on its way in. */
    stored: artifacts.stored,
    incoming: async () => {
      const rows = await db.selectFrom("oci_uploads").select("id").execute();
      return [...(await artifacts.arriving()), ...rows.map(({ id }) => id)];
    },
    /** Makes what is on its way in look as if nobody had written to it for so long. */
    async age(hours: number) {
      const to = new Date(clock.now.getTime() - hours * 3_600_000);
      await artifacts.age(to);
      await db.updateTable("oci_uploads").set({ written_at: to.getTime() }).execute();
    },
    s3: artifacts.s3,
    again: artifacts.again,
  };
}

export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

export function descriptorOf(content: string, mediaType = "application/octet-stream") {
  return { mediaType, digest: digestOf(content), size: Buffer.byteLength(content) };
}

/** An image with an empty config and one layer. */
export function imageOf(layer: string, more: object = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: imageType,
    config: descriptorOf("{}", "application/vnd.oci.image.config.v1+json"),
    layers: [descriptorOf(layer)],
    ...more,
  });
}

export function indexOf(...manifests: string[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: manifests.map((manifest) => descriptorOf(manifest, imageType)),
  });
}

/** The code of the first error of an answer. */
export async function codeOf(answer: Response): Promise<string> {
  const { errors } = (await answer.json()) as { errors: { code: string }[] };
  return errors[0]?.code ?? "";
}
