import { type Duplex, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
  brotliCompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  deflateSync,
  gzipSync,
} from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replaceIn, replacementFor } from "../../../src/registry/gateway/addresses.ts";
import { rewriting } from "../../../src/registry/gateway/rewrite.ts";

const pack: Record<string, (whole: Buffer) => Buffer> = {
  "": (whole) => whole,
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
};
const unpack = {
  "": [],
  gzip: [createGunzip],
  br: [createBrotliDecompress],
  deflate: [createInflate],
} as Record<string, (() => Duplex)[]>;

const ours = "https://tokens.example/artifactory/api/pypi/pypi";
const at = (host: string, base: string, links = false) => replacementFor({ host, base, ours }, links);

describe("whole URLs", () => {
  test.each([
    ["http://up.example:4873/npm/tool", `${ours}/tool`],
    ["https://up.example:4873/npm", ours],
    ["HTTP://UP.example:4873/npm/", `${ours}/`],
    ['"http:\\/\\/up.example:4873\\/npm\\/tool"', `"${ours.replaceAll("/", "\\/")}\\/tool"`],
    ["see http://up.example:4873/npm.", `see ${ours}.`],
    ["http://up.example:4873/npm?a", `${ours}?a`],
    ['"http:\\u002f\\u002Fup.example:4873\\u002fnpm\\u002ftool"', `"${ours}\\u002ftool"`],
    ['"http:&#x2F;&#x2f;up.example:4873&#47;npm&#x2F;tool"', `"${ours}&#x2F;tool"`],
    ["&quot;http://up.example:4873/npm&quot;", `&quot;${ours}&quot;`],
  ])("%s", (text, replaced) => {
    expect(replaceIn(text, at("up.example:4873", "/npm"))).toBe(replaced);
  });

  test.each([
    "http://up.example:4873/npm-private/x",
    "http://up.example:4873/npm.bak",
    "http://up.example:48730/npm",
    "http://up.example/npm",
    "http://upXexample:4873/npm",
    "http://up.example:4873/other",
    "http://up.example:4873/NPM/x",
    "http://up.example:4873/npm&x",
    "ftp://up.example:4873/npm",
    'href="/npm/x"',
  ])("not %s", (text) => {
    expect(replaceIn(text, at("up.example:4873", "/npm"))).toBe(text);
  });

  test("with the scheme's own port, said or not; not at a longer name", () => {
    const replacement = at("up.example", "");
    expect(replaceIn("https://up.example:443/a http://up.example/b", replacement)).toBe(
      `${ours}/a ${ours}/b`,
    );
    for (const text of [
      "https://up.example.com/a",
      "https://up.example:8443/a",
      "https://up.example@evil.example/a",
    ])
      expect(replaceIn(text, replacement)).toBe(text);
  });
});

describe("links of an index that are paths", () => {
  test.each([
    ["/pypi", '<a href="/pypi/packages/a.whl">', '<a href="/artifactory/api/pypi/pypi/packages/a.whl">'],
    ["", "<a HREF = '/packages/a.whl'>", "<a HREF = '/artifactory/api/pypi/pypi/packages/a.whl'>"],
    ["", '{"url": "/packages/a.whl"}', '{"url": "/artifactory/api/pypi/pypi/packages/a.whl"}'],
  ])("below %j: %s", (base, text, replaced) => {
    expect(replaceIn(text, at("up.example", base, true))).toBe(replaced);
  });

  test.each([
    ["/pypi", '<a href="/other/a.whl">'],
    ["/pypi", '<a href="/pypi-2/a.whl">'],
    ["", '<a href="//evil.example/a.whl">'],
    ["", '<a href="../../packages/a.whl">'],
    ["", '{"filename": "/a"}'],
  ])("below %j not %s", (base, text) => {
    expect(replaceIn(text, at("up.example", base, true))).toBe(text);
  });
});

test("a stream, however it is cut, comes out as its whole would, every other byte as it was", async () => {
  const piece = fc.constantFrom(
    Buffer.from("http://up.example/npm"),
    Buffer.from("https:\\/\\/up.example\\/npm"),
    Buffer.from("https:&#x2f;&#x2f;up.example&#x2f;npm&#x2f;"),
    Buffer.from('href="/npm/x'),
    Buffer.from("http://"),
    Buffer.from("/npm"),
    Buffer.from("é"),
    Buffer.from([0xff, 0x00]),
    Buffer.from("x".repeat(200)),
  );
  const replacement = at("up.example", "/npm", true);
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece),
      fc.constantFrom("", "gzip", "br", "deflate"),
      fc.integer({ min: 1, max: 50 }),
      async (all, coding, size) => {
        const whole = Buffer.concat(all);
        const chunks: Buffer[] = [];
        const packed = pack[coding]?.(whole) ?? whole;
        for (let i = 0; i < packed.length; i += size) chunks.push(packed.subarray(i, i + size));
        let stream: Readable = Readable.from(chunks);
        for (const part of [
          ...(rewriting(coding, replacement) ?? []),
          ...(unpack[coding] ?? []).map((make) => make()),
        ])
          stream = stream.pipe(part);
        const expected = Buffer.from(replaceIn(whole.toString("latin1"), replacement), "latin1");
        expect((await buffer(stream)).equals(expected)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test("what cannot be unpacked is not taken", () => {
  expect(rewriting("zstd", at("up.example", ""))).toBeUndefined();
});
