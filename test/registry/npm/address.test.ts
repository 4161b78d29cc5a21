import fc from "fast-check";
import { expect, test } from "vitest";
import { type Address, parseAddress, pathOf } from "../../../src/registry/npm/address.ts";

const word = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/).filter((text) => text !== "node_modules");
const name = fc.oneof(
  word,
  fc.tuple(word, word).map(([scope, own]) => `@${scope}/${own}`),
);
const segment = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((text) => !["-", "-rev", ".", ".."].includes(text));

const address: fc.Arbitrary<Address> = fc.oneof(
  name.map((each) => ({ kind: "package" as const, name: each })),
  fc.tuple(name, segment).map(([each, version]) => ({ kind: "version" as const, name: each, version })),
  fc.tuple(name, segment).map(([each, file]) => ({ kind: "tarball" as const, name: each, file })),
  fc.tuple(name, segment).map(([each, tag]) => ({ kind: "tags" as const, name: each, tag })),
);

test("an address survives its way through a path", () => {
  fc.assert(
    fc.property(address, (each) => {
      expect(parseAddress(pathOf(each))).toEqual(each);
    }),
  );
});

test("a scoped name is the same in every spelling that clients use", () => {
  for (const spelling of [
    "/@acme/tool",
    "/@acme%2ftool",
    "/@acme%2Ftool",
    "/%40acme/tool",
    "/%40acme%2ftool",
    "/@acme/tool/",
  ]) {
    expect(parseAddress(spelling)).toEqual({ kind: "package", name: "@acme/tool" });
  }
});

test.each([
  ["/tool/-rev/3", { kind: "package", name: "tool", revision: "3" }],
  [
    "/@acme/tool/-/tool-1.0.0.tgz/-rev/3",
    { kind: "tarball", name: "@acme/tool", file: "tool-1.0.0.tgz", revision: "3" },
  ],
  ["/@acme%2ftool/1.0.0", { kind: "version", name: "@acme/tool", version: "1.0.0" }],
  ["/-/package/@acme%2ftool/dist-tags", { kind: "tags", name: "@acme/tool" }],
  ["/-/package/tool/dist-tags/next", { kind: "tags", name: "tool", tag: "next" }],
])("%s names what npm means by it", (path, expected) => {
  expect(parseAddress(path)).toEqual(expected);
});

test.each([
  "",
  "/",
  "/-",
  "/-/package/tool",
  "/-/package/tool/collaborators",
  "/-/package/tool/dist-tags/a/b",
  "/tool/1.0.0/more",
  "/tool/-/a/b",
  "/tool/1.0.0/-rev/3",
  "/..%2f..%2fetc",
  "/%2e%2e",
  "/__proto__",
  "/.hidden",
  "/-rf",
  "/node_modules",
  "/@acme",
  "/@/tool",
  "/@../tool",
  "/@acme/..",
  "/a%00b",
  "/a%20b",
  "/%E0%A4%A",
  "/%ZZ",
])("%s names nothing", (path) => {
  expect(parseAddress(path)).toBeUndefined();
});
