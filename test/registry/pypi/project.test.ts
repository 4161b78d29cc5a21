import { expect, test } from "vitest";
import { isProject, normalizeProject, normalizeVersion } from "../../../src/registry/pypi/project.ts";

test.each([
  ["Fly.Hello_World", "fly-hello-world"],
  ["fly--hello", "fly-hello"],
  ["fly-_.hello", "fly-hello"],
  ["FLY", "fly"],
])("%s is found as %s", (name, normal) => {
  expect(normalizeProject(name)).toBe(normal);
});

test.each(["a", "A1", "fly.hello", "fly_hello-2"])("%s is the name of a project", (name) => {
  expect(isProject(name)).toBe(true);
});

test.each(["", "-a", "a-", ".a", "_a", "a b", "a/b", "../a", "ä", "a\n", "a".repeat(201)])(
  "%j is not",
  (name) => {
    expect(isProject(name)).toBe(false);
  },
);

test.each([
  ["1.0", "1.0"],
  ["v1.0.0", "1.0.0"],
  ["1.0.0-RC.1", "1.0.0rc1"],
  ["1.0alpha", "1.0a0"],
  ["1.0_beta_02", "1.0b2"],
  ["1.0preview3", "1.0rc3"],
  ["1.0-1", "1.0.post1"],
  ["1.0.rev4", "1.0.post4"],
  ["1.0post", "1.0.post0"],
  ["1.0-dev", "1.0.dev0"],
  ["1!01.002", "1!1.2"],
  ["0!1.0", "1.0"],
  ["1.0+Local_01-x", "1.0+local.1.x"],
  ["2024.01.05", "2024.1.5"],
  ["1.0a1.post2.dev3+l", "1.0a1.post2.dev3+l"],
])("the normal form of %s is %s", (version, normal) => {
  expect(normalizeVersion(version)).toBe(normal);
  expect(normalizeVersion(normal)).toBe(normal);
});

test.each(["", "latest", "1.0/..", "1..0", "1.0+", "1.0 beta", "a1", "1.0-", "1".repeat(200)])(
  "%j is no version",
  (version) => {
    expect(normalizeVersion(version)).toBeUndefined();
  },
);
