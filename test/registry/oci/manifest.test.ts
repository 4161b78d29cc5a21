import { describe, expect, it } from "vitest";
import { Refusal } from "../../../src/registry/caller.ts";
import { parseManifest } from "../../../src/registry/oci/manifest.ts";

const image = "application/vnd.oci.image.manifest.v1+json";
const index = "application/vnd.oci.image.index.v1+json";
const dockerImage = "application/vnd.docker.distribution.manifest.v2+json";
const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const descriptor = (letter: string, more = {}) => ({
  mediaType: "application/octet-stream",
  digest: digest(letter),
  size: 1,
  ...more,
});
const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const anImage = (more = {}) => ({
  schemaVersion: 2,
  config: descriptor("c"),
  layers: [descriptor("a"), descriptor("b")],
  ...more,
});

function message(value: unknown, contentType = image): string {
  try {
    parseManifest(bytes(value), contentType);
  } catch (error) {
    if (error instanceof Refusal && error.code === "MANIFEST_INVALID") return error.message;
  }
  throw new Error("it was not refused");
}

describe("a manifest", () => {
  it.each([image, dockerImage])("of the type %s refers to its config and its layers, each once", (type) => {
    const { mediaType, blobs, children } = parseManifest(
      bytes(anImage({ layers: [descriptor("a"), descriptor("a")] })),
      type,
    );
    expect({ mediaType, blobs, children }).toEqual({
      mediaType: type,
      blobs: [digest("c"), digest("a")],
      children: [],
    });
  });

  it.each([index, dockerList])("of the type %s refers to other manifests", (type) => {
    const { blobs, children } = parseManifest(
      bytes({ schemaVersion: 2, manifests: [descriptor("a"), descriptor("b")] }),
      type,
    );
    expect({ blobs, children }).toEqual({ blobs: [], children: [digest("a"), digest("b")] });
  });

  it("does not need a foreign layer, which says where it is fetched from", () => {
    const layers = [descriptor("a", { urls: ["https://layers.example/a"] }), descriptor("b", { urls: [] })];
    expect(parseManifest(bytes(anImage({ layers })), image).blobs).toEqual([digest("c"), digest("b")]);
  });

  it("names its own type when the request does not", () => {
    expect(parseManifest(bytes(anImage({ mediaType: image })), "").mediaType).toBe(image);
    expect(message(anImage(), "")).toContain("not the media type");
  });

  it("tells the subject and the artifact type, which falls back to the type of the config", () => {
    const about = parseManifest(
      bytes(anImage({ subject: descriptor("d"), annotations: { key: "value" } })),
      image,
    );
    expect(about).toMatchObject({
      subject: digest("d"),
      artifactType: "application/octet-stream",
      annotations: { key: "value" },
    });
    expect(parseManifest(bytes(anImage({ artifactType: "text/x" })), image)).toMatchObject({
      subject: null,
      artifactType: "text/x",
    });
  });
});

describe("a manifest is refused", () => {
  it.each(["", "{", "[1", "null", "[]", '"text"', "{}"])("when it is `%s`", (text) =>
    expect(message(text)).toBeTruthy(),
  );

  it("when it is not UTF-8", () => {
    expect(() => parseManifest(new Uint8Array([0x7b, 0xff, 0x7d]), image)).toThrow("not JSON");
  });

  it("when it says another type than the request", () =>
    expect(message(anImage({ mediaType: index }))).toContain(index));

  it("when it is an image and an index at once", () => {
    expect(message(anImage({ manifests: [] }))).toContain("manifests");
    expect(message({ schemaVersion: 2, manifests: [], layers: [] }, index)).toContain("layers");
  });

  it.each(["application/json", "application/vnd.docker.distribution.manifest.v1+prettyjws", "text/html"])(
    "when its type is %s",
    (type) => expect(message(anImage(), type)).toContain("not the media type"),
  );

  it.each([
    ["schemaVersion", anImage({ schemaVersion: 1 })],
    ["config", anImage({ config: undefined })],
    ["layers", anImage({ layers: {} })],
    ["layers.0.digest", anImage({ layers: [{ ...descriptor("a"), digest: "sha256:../../etc/passwd" }] })],
    ["config.size", anImage({ config: descriptor("c", { size: -1 }) })],
    ["subject", anImage({ subject: "latest" })],
  ])("when `%s` is wrong, and the message says so", (where, value) =>
    expect(message(value)).toContain(`\`${where}\``),
  );
});
