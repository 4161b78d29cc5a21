import { describe, expect, it } from "vitest";
import { descriptorOf, digestOf, imageOf, imageType, indexType, openRoom } from "./open-room.ts";

const subject = digestOf(imageOf("layer"));
const about = (artifactType: string, more = {}) =>
  imageOf("layer", { artifactType, subject: descriptorOf(imageOf("layer"), imageType), ...more });

describe("the referrers of a manifest", () => {
  it("are the manifests that name it as their subject, and the push says that it was understood", async () => {
    const room = await openRoom();
    await room.pushImage("app", "1.0");
    const signature = about("application/x-signature", { annotations: { by: "alice" } });
    const pushed = await room.send("PUT", `app/manifests/${digestOf(signature)}`, {
      body: signature,
      headers: { "content-type": imageType },
    });
    expect([pushed.status, pushed.headers.get("oci-subject")]).toEqual([201, subject]);
    const answer = await room.send("GET", `app/referrers/${subject}`);
    expect(answer.headers.get("content-type")).toBe(indexType);
    expect(await answer.json()).toEqual({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [
        {
          mediaType: imageType,
          digest: digestOf(signature),
          size: signature.length,
          artifactType: "application/x-signature",
          annotations: { by: "alice" },
        },
      ],
    });
  });

  it("can be asked for by their type", async () => {
    const room = await openRoom();
    await room.pushImage("app", "1.0");
    for (const type of ["a/signature", "a/sbom"])
      await room.pushManifest("app", undefined, about(type), imageType);
    const answer = await room.send("GET", `app/referrers/${subject}?artifactType=a%2Fsbom`);
    expect(answer.headers.get("oci-filters-applied")).toBe("artifactType");
    expect(((await answer.json()) as { manifests: unknown[] }).manifests).toMatchObject([
      { artifactType: "a/sbom" },
    ]);
  });

  it("are none for what is not here, and none from another repository; a deleted one is gone", async () => {
    const room = await openRoom();
    await room.pushImage("other", "1.0");
    const digest = await room.pushManifest("other", undefined, about("a/b"), imageType);
    const count = async (repository: string) => {
      const answer = await room.send("GET", `${repository}/referrers/${subject}`);
      return ((await answer.json()) as { manifests: unknown[] }).manifests.length;
    };
    expect([await count("app"), await count("other")]).toEqual([0, 1]);
    await room.send("DELETE", `other/manifests/${digest}`);
    expect(await count("other")).toBe(0);
  });

  it("may come before the manifest itself", async () => {
    const room = await openRoom();
    await room.pushBlob("app", "{}");
    await room.pushBlob("app", "layer");
    await room.pushManifest("app", undefined, about("a/b"), imageType);
    expect((await room.send("GET", `app/manifests/${subject}`)).status).toBe(404);
  });

  it("are asked for by digest alone", async () => {
    const room = await openRoom();
    expect((await room.send("GET", "app/referrers/latest")).status).toBe(400);
  });
});
