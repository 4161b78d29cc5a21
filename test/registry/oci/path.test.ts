import { describe, expect, it } from "vitest";
import { Refusal } from "../../../src/registry/caller.ts";
import { parsePath } from "../../../src/registry/oci/path.ts";

const digest = `sha256:${"a".repeat(64)}`;

function refusal(path: string): [number, string] {
  try {
    parsePath(path);
  } catch (error) {
    if (error instanceof Refusal) return [error.status, error.code];
  }
  throw new Error(`${path} was not refused`);
}

describe("the path of a resource", () => {
  it.each([
    ["docker/hello/manifests/1.0", "manifest", "docker/hello", "1.0"],
    [`docker/org/team/app/manifests/${digest}`, "manifest", "docker/org/team/app", digest],
    [`hello/blobs/${digest}`, "blob", "hello", digest],
    [`hello/blobs/${digest.replace(":", "%3A")}`, "blob", "hello", digest],
    ["docker/hello/blobs/uploads/", "uploads", "docker/hello", ""],
    ["docker/hello/blobs/uploads", "uploads", "docker/hello", ""],
    ["docker/hello/blobs/uploads/7b1c", "upload", "docker/hello", "7b1c"],
    ["docker/hello/tags/list", "tags", "docker/hello", ""],
    [`docker/hello/referrers/${digest}`, "referrers", "docker/hello", digest],
  ])("%s is read from its end", (path, what, repository, reference) => {
    expect(parsePath(path)).toEqual({ what, repository, reference });
  });

  it("may have a repository that is called like a part of the API", () => {
    expect(parsePath("a/manifests/blobs/uploads/tags/list")).toMatchObject({
      what: "tags",
      repository: "a/manifests/blobs/uploads",
    });
    expect(parsePath("blobs/uploads/manifests/manifests/list")).toMatchObject({
      repository: "blobs/uploads/manifests",
    });
    expect(parsePath("token/manifests/latest")).toMatchObject({ what: "manifest", repository: "token" });
  });

  it.each([
    "_catalog",
    "docker",
    "docker/hello",
    "docker/hello/tags",
    "docker/hello/tags/other",
    "a/unknown/b",
    "a/constructor/b",
    "a/__proto__/b",
  ])("%s names nothing", (path) => {
    expect(parsePath(path)).toBeUndefined();
  });

  it.each([
    "UPPER",
    "-a",
    "a-",
    "a..b",
    "a/",
    "/a",
    "a//b",
    "a___b",
    "a/../b",
    "a%2Fb",
    "a b",
    "é",
    ".",
    "",
    `${"a/".repeat(127)}ab`,
  ])("the repository name `%s` is refused", (name) => {
    expect(refusal(`${name}/manifests/latest`)).toEqual([400, "NAME_INVALID"]);
  });

  it.each(["a.b", "a_b", "a__b", "a---b", "0", "a/b.c/d-e", `${"a/".repeat(127)}a`])(
    "the repository name `%s` is accepted",
    (name) => {
      expect(parsePath(`${name}/tags/list`)?.repository).toBe(name);
    },
  );

  it.each([
    "sha256:abc",
    `sha256:${"A".repeat(64)}`,
    `sha512:${"a".repeat(128)}`,
    "latest",
    "..%2f..%2fetc",
    "%",
    "",
  ])("the digest `%s` is refused", (text) =>
    expect(refusal(`hello/blobs/${text}`)).toEqual([400, "DIGEST_INVALID"]),
  );

  it.each([".hidden", "-a", "a".repeat(129), "a%2Fb", "%", "", "sha256:abc"])(
    "`%s` is neither tag nor digest",
    (text) => {
      expect(refusal(`hello/manifests/${text}`)).toEqual([404, "MANIFEST_UNKNOWN"]);
    },
  );
});
