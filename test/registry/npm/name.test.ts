import { expect, test } from "vitest";
import { isPackageName, isTag, isVersion, refuseNewName, tarballOf } from "../../../src/registry/npm/name.ts";

test.each(["tool", "tool.js", "a", "constructor", "some_tool-2", "@acme/tool", "@a-b.c/d", "x".repeat(214)])(
  "%s may be published",
  (name) => {
    expect(refuseNewName(name)).toBeUndefined();
  },
);

test.each([
  "",
  "Tool",
  "JSONStream",
  "x".repeat(215),
  ".tool",
  "_tool",
  "-tool",
  "__proto__",
  "tool!",
  "to'ol",
  "a b",
  "a/b",
  "@acme/",
  "@/tool",
  "@acme/.tool",
  "@Acme/tool",
  "@acme/a/b",
  "../tool",
  "..",
  "node_modules",
  "favicon.ico",
  "tööl",
  "a%2fb",
  "a\u0000b",
  "tool\n",
])("%j may not be published", (name) => {
  expect(refuseNewName(name)).toEqual(expect.any(String));
});

test("an old name with capitals can be asked for", () => {
  expect(isPackageName("JSONStream")).toBe(true);
});

test.each(["1.0.0", "0.0.1", "1.2.3-beta.1", "1.2.3-0", "1.0.0+build.5", "1.0.0-a-b.c+d"])(
  "%s is a version",
  (version) => {
    expect(isVersion(version)).toBe(true);
  },
);

test.each([
  "",
  "1",
  "1.0",
  "v1.0.0",
  "01.0.0",
  "1.0.0-01",
  "1.0.0 ",
  "1.0.0-",
  "1.0.0/../x",
  "__proto__",
  "latest",
  `1.0.0-${"a".repeat(300)}`,
])("%j is no version", (version) => {
  expect(isVersion(version)).toBe(false);
});

test.each(["latest", "next", "v1-lts", "beta.2", "constructor", "stable"])("%s can be a tag", (tag) => {
  expect(isTag(tag)).toBe(true);
});

test.each([
  "",
  "1",
  "1.0.0",
  "v1",
  "x",
  "1.x",
  "=1.2.3",
  "*",
  "1.0.0-beta",
  "__proto__",
  "a b",
  "a/b",
  "-a",
  "a".repeat(300),
])("%j cannot be a tag", (tag) => {
  expect(isTag(tag)).toBe(false);
});

test("the name of a tarball has no scope in it", () => {
  expect(tarballOf("@acme/tool", "1.0.0")).toBe("tool-1.0.0.tgz");
});
