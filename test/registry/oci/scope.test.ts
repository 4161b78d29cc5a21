import { describe, expect, it } from "vitest";
import { formatScope, grant } from "../../../src/registry/oci/scope.ts";

describe("what a client is granted", () => {
  it("is what it asks for, when its token may write", () => {
    expect(grant(["repository:docker/org/app:pull,push"], "read_write")).toEqual([
      { repository: "docker/org/app", actions: ["pull", "push"] },
    ]);
  });

  it("is pull alone for a read-only token, and nothing when only push was asked for", () => {
    expect(formatScope(grant(["repository:a:pull,push,delete", "repository:b:push"], "read_only"))).toBe(
      "repository:a:pull",
    );
    expect(formatScope(grant(["repository:a:*"], "read_only"))).toBe("repository:a:pull");
  });

  it("includes delete for `*`, which skopeo asks for", () => {
    expect(formatScope(grant(["repository:a:*"], "read_write"))).toBe("repository:a:pull,push,delete");
  });

  it("is merged when a repository is asked for more than once, in one text or in several", () => {
    const asked = ["repository:a:pull repository:b:pull", "repository:a:push"];
    expect(formatScope(grant(asked, "read_write"))).toBe("repository:a:pull,push repository:b:pull");
  });

  it.each([
    "registry:catalog:*",
    "repository:UPPER:pull",
    "repository:a/../b:pull",
    "repository:a",
    "repository::pull",
    "repository:a:admin",
    "nonsense",
    "",
  ])("is nothing for `%s`", (scope) => expect(grant([scope], "read_write")).toEqual([]));

  it("has a limit, so that asking cannot fill the database", () => {
    const asked = Array.from({ length: 1000 }, (_, index) => `repository:r${index}:pull`).join(" ");
    expect(grant([asked], "read_write")).toHaveLength(20);
  });

  it("survives being written down and read again", () => {
    const grants = grant(["repository:a/b:pull,push repository:c:pull"], "read_write");
    expect(grant([formatScope(grants)], "read_write")).toEqual(grants);
    expect(formatScope(grant([formatScope(grants)], "read_only"))).toBe(
      "repository:a/b:pull repository:c:pull",
    );
  });
});
