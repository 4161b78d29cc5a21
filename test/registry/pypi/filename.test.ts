import { expect, test } from "vitest";
import { belongsTo, fileType } from "../../../src/registry/pypi/filename.ts";

test.each([
  ["fly_hello-1.0.0-py3-none-any.whl", "fly-hello", "1.0.0"],
  ["Fly.Hello-1.0.0-py3-none-any.whl", "fly_hello", "1.0.0"],
  ["fly_hello-1.0.0-2-cp311-cp311-manylinux_2_17_x86_64.whl", "fly-hello", "1.0.0"],
  ["fly_hello-1.0.0rc1-py3-none-any.whl", "fly-hello", "1.0.0rc1"],
  ["fly_hello-1.0+local.1-py3-none-any.whl", "fly-hello", "1.0+local.1"],
  ["fly_hello-1.0_local.1-py3-none-any.whl", "fly-hello", "1.0+local.1"],
  ["fly_hello-1.0.0.tar.gz", "fly-hello", "1.0.0"],
  ["fly-hello-1.0.0.tar.gz", "fly-hello", "1.0.0"],
  ["fly-hello-1.0.0-rc1.zip", "fly-hello", "1.0.0rc1"],
])("%s is a file of %s %s", (file, project, version) => {
  expect(belongsTo(file, project, version)).toBe(true);
});

test.each([
  ["other-1.0.0-py3-none-any.whl", "fly-hello", "1.0.0"],
  ["fly_hello-2.0.0-py3-none-any.whl", "fly-hello", "1.0.0"],
  ["fly_hello_extra-1.0.0.tar.gz", "fly-hello", "1.0.0"],
  ["fly-hello-1.0.0.tar.gz", "fly", "1.0.0"],
  ["fly_hello-1.0.0-any.whl", "fly-hello", "1.0.0"],
  ["fly_hello-1.0.0-x-py3-none-any.whl", "fly-hello", "1.0.0"],
  ["fly_hello-1.0.0-py3--any.whl", "fly-hello", "1.0.0"],
  ["fly_hello.tar.gz", "fly-hello", "1.0.0"],
  ["-1.0.0.tar.gz", "", "1.0.0"],
])("%s is not a file of %s %s", (file, project, version) => {
  expect(belongsTo(file, project, version) && fileType(file) !== undefined).toBe(false);
});

test.each([
  "",
  ".whl",
  "a.exe",
  "a-1.0.egg",
  "a-1.0.tar.bz2",
  "../a-1.0.tar.gz",
  "a/b-1.0.tar.gz",
  "a\\b-1.0.tar.gz",
  "a\u0000-1.0.tar.gz",
  "a-1.0.tar.gz\n",
  ".a-1.0.tar.gz",
  "a<b>-1.0.tar.gz",
  `a-${"1".repeat(300)}.tar.gz`,
])("%j is not taken", (file) => {
  expect(fileType(file)).toBeUndefined();
});
