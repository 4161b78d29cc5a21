import { describe, expect, it } from "vitest";
import {
  codeOf,
  descriptorOf,
  digestOf,
  imageOf,
  imageType,
  indexOf,
  indexType,
  openRoom,
  type TestRoom,
} from "./open-room.ts";

async function put(room: TestRoom, path: string, body: string, type = imageType) {
  return room.send("PUT", path, { body, headers: { "content-type": type } });
}

describe("a manifest", () => {
  it("is pushed by tag and read by tag and by digest, byte for byte", async () => {
    const room = await openRoom();
    await room.pushImage("docker/app", "1.0");
    const manifest = imageOf("layer");
    for (const reference of ["1.0", digestOf(manifest)]) {
      for (const method of ["GET", "HEAD"]) {
        const answer = await room.send(method, `docker/app/manifests/${reference}`);
        expect(answer.status).toBe(200);
        expect(answer.headers.get("content-type")).toBe(imageType);
        expect(answer.headers.get("docker-content-digest")).toBe(digestOf(manifest));
        expect(answer.headers.get("content-length")).toBe(String(manifest.length));
        expect(await answer.text()).toBe(method === "GET" ? manifest : "");
      }
    }
  });

  it("answers a push with its address and its digest", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    const answer = await put(room, "app/manifests/2.0", imageOf("layer"));
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `/v2/app/manifests/${digest}`]);
    expect(answer.headers.get("docker-content-digest")).toBe(digest);
  });

  it("is pushed by digest only with that digest", async () => {
    const room = await openRoom();
    await room.pushImage("app", undefined);
    const refused = await put(room, `app/manifests/${digestOf("other")}`, imageOf("layer"));
    expect([refused.status, await codeOf(refused)]).toEqual([400, "DIGEST_INVALID"]);
  });

  it("keeps the type that it was pushed with, its parameters aside", async () => {
    const room = await openRoom();
    await room.pushImage("app", "1.0");
    const answer = await put(room, "app/manifests/2.0", imageOf("layer"), `${imageType}; charset=utf-8`);
    expect(answer.status).toBe(201);
    expect((await room.send("HEAD", "app/manifests/2.0")).headers.get("content-type")).toBe(imageType);
  });

  it("is not read through another repository, nor as a blob", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    for (const path of [`other/manifests/${digest}`, "other/manifests/1.0", `app/blobs/${digest}`]) {
      expect((await room.send("GET", path)).status).toBe(404);
    }
  });

  it("moves a tag, and the old one stays there by digest", async () => {
    const room = await openRoom();
    const first = await room.pushImage("app", "latest", "first");
    const second = await room.pushImage("app", "latest", "second");
    expect((await room.send("HEAD", "app/manifests/latest")).headers.get("docker-content-digest")).toBe(
      second,
    );
    expect((await room.send("HEAD", `app/manifests/${first}`)).status).toBe(200);
  });

  it("is on record with each push: tag, digest and token", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    await room.pushImage("app", "latest");
    await room.pushImage("app", undefined);
    const rows = await room.db.selectFrom("oci_pushes").selectAll().execute();
    expect(rows.map(({ tag }) => tag)).toEqual(["1.0", "latest", null]);
    expect(rows[0]).toMatchObject({
      repository: "app",
      digest,
      at: room.clock.now.getTime(),
      token_id: room.writer.id,
    });
  });
});

describe("an index", () => {
  it("is accepted when all of its manifests are in the repository", async () => {
    const room = await openRoom();
    const [amd, arm] = [
      await room.pushImage("app", undefined, "amd64"),
      await room.pushImage("app", undefined, "arm64"),
    ];
    const index = indexOf(imageOf("amd64"), imageOf("arm64"));
    const digest = await room.pushManifest("app", "1.0", index, indexType);
    expect((await room.send("GET", "app/manifests/1.0")).headers.get("content-type")).toBe(indexType);
    const children = await room.db.selectFrom("oci_children").selectAll().execute();
    expect(children.map(({ parent, child }) => [parent, child]).sort()).toEqual(
      [
        [digest, amd],
        [digest, arm],
      ].sort(),
    );
  });

  it("is refused when one of them is elsewhere, or a blob is taken for one that is not there", async () => {
    const room = await openRoom();
    await room.pushImage("app", undefined, "amd64");
    await room.pushImage("other", undefined, "arm64");
    const refused = await put(
      room,
      "app/manifests/1.0",
      indexOf(imageOf("amd64"), imageOf("arm64")),
      indexType,
    );
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({
      errors: [{ code: "MANIFEST_BLOB_UNKNOWN", detail: { digest: digestOf(imageOf("arm64")) } }],
    });
  });

  it("may list blobs, as build caches do", async () => {
    const room = await openRoom();
    await room.pushBlob("app", "cache");
    const index = JSON.stringify({ schemaVersion: 2, manifests: [descriptorOf("cache")] });
    expect((await put(room, "app/manifests/cache", index, indexType)).status).toBe(201);
  });

  it("may be large", async () => {
    const room = await openRoom({ blob: 1000, manifest: 4 * 1024 * 1024 });
    const manifests = Array.from({ length: 36_000 }, (_, index) => ({
      mediaType: "a",
      digest: digestOf(`${index}`),
      size: 1,
    }));
    const refused = await put(
      room,
      "app/manifests/large",
      JSON.stringify({ schemaVersion: 2, manifests }),
      indexType,
    );
    expect(refused.status).toBe(404);
    expect(((await refused.json()) as { errors: unknown[] }).errors).toHaveLength(100);
  });
});

describe("a push of a manifest is refused", () => {
  it("when its config or a layer is missing, each of them named, and nothing is kept", async () => {
    const room = await openRoom();
    await room.pushBlob("other", "layer");
    const refused = await put(room, "app/manifests/1.0", imageOf("layer"));
    expect(refused.status).toBe(404);
    const { errors } = (await refused.json()) as { errors: { code: string; detail: { digest: string } }[] };
    expect(errors.map(({ code, detail }) => [code, detail.digest]).sort()).toEqual(
      [
        ["MANIFEST_BLOB_UNKNOWN", digestOf("{}")],
        ["MANIFEST_BLOB_UNKNOWN", digestOf("layer")],
      ].sort(),
    );
    expect(await room.stored()).toHaveLength(1);
    expect((await room.send("GET", "app/manifests/1.0")).status).toBe(404);
    expect(await room.db.selectFrom("oci_pushes").selectAll().execute()).toEqual([]);
  });

  it("when a layer is a manifest", async () => {
    const room = await openRoom();
    await room.pushImage("app", undefined);
    expect((await put(room, "app/manifests/1.0", imageOf(imageOf("layer")))).status).toBe(404);
  });

  it("but not when only a foreign layer is missing", async () => {
    const room = await openRoom();
    await room.pushBlob("app", "{}");
    const layers = [{ ...descriptorOf("windows"), urls: ["https://layers.example/windows"] }];
    expect((await put(room, "app/manifests/1.0", imageOf("", { layers }))).status).toBe(201);
  });

  it("when it is too large, not JSON, or of a type that is not known", async () => {
    const room = await openRoom({ blob: 1000, manifest: 1000 });
    const large = await put(room, "app/manifests/1.0", `{"a":"${"x".repeat(1000)}"}`);
    expect([large.status, await codeOf(large)]).toEqual([413, "SIZE_INVALID"]);
    for (const [body, type] of [
      ["{", imageType],
      ["{}", imageType],
      ["{}", "text/html"],
    ] as const) {
      const refused = await put(room, "app/manifests/1.0", body, type);
      expect([refused.status, await codeOf(refused)]).toEqual([400, "MANIFEST_INVALID"]);
    }
  });

  it.each(["-latest", "a".repeat(129), "sha256:abc"])("to the reference `%s`", async (reference) => {
    const room = await openRoom();
    expect((await put(room, `app/manifests/${reference}`, imageOf("layer"))).status).toBe(404);
  });
});

describe("deleting", () => {
  it("a tag leaves the manifest and the other tags", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    await room.pushImage("app", "latest");
    expect((await room.send("DELETE", "app/manifests/1.0")).status).toBe(202);
    const gone = await room.send("GET", "app/manifests/1.0");
    expect([gone.status, await codeOf(gone)]).toEqual([404, "MANIFEST_UNKNOWN"]);
    for (const reference of ["latest", digest])
      expect((await room.send("HEAD", `app/manifests/${reference}`)).status).toBe(200);
  });

  it("a manifest takes every tag with it, in this repository alone", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    await room.pushImage("app", "latest");
    await room.pushImage("other", "1.0");
    expect((await room.send("DELETE", `app/manifests/${digest}`)).status).toBe(202);
    for (const reference of ["1.0", "latest", digest]) {
      expect((await room.send("GET", `app/manifests/${reference}`)).status).toBe(404);
      expect((await room.send("DELETE", `app/manifests/${reference}`)).status).toBe(404);
    }
    expect((await room.send("GET", "other/manifests/1.0")).status).toBe(200);
  });

  it("and pushing again works", async () => {
    const room = await openRoom();
    const digest = await room.pushImage("app", "1.0");
    await room.send("DELETE", `app/manifests/${digest}`);
    await room.pushImage("app", "1.0");
    expect((await room.send("GET", "app/manifests/1.0")).status).toBe(200);
  });
});
