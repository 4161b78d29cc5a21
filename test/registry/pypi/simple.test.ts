import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount, pypiClient, sha256 } from "./client.ts";

let registry: TestRegistry;
let pypi: ReturnType<typeof pypiClient>;
const [wheel, source] = [Buffer.from("a wheel"), Buffer.from("a source distribution")];
const json = "application/vnd.pypi.simple.v1+json";
const html = "application/vnd.pypi.simple.v1+html";

beforeAll(async () => {
  let minute = 0;
  registry = await startRegistry({ now: () => new Date(Date.UTC(2026, 0, 1, 0, minute++)) });
  pypi = pypiClient(registry, (await registry.mint()).value);
  await pypi.upload("Fly_Hello-1.0.0.tar.gz", source);
  await pypi.upload("fly_hello-1.1.0+cpu-py3-none-any.whl", wheel, { requires_python: '>=3.8,<4 & "x"' });
  await pypi.upload("another-2.0.tar.gz", source);
});
afterAll(() => registry.close());

test("a project's page has a link for every file, with its hash and what Python it needs, escaped", async () => {
  const answer = await pypi.get("/simple/fly-hello/");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const links = [...(await answer.text()).matchAll(/<a .*<\/a>/g)].map(([link]) => link);
  expect(links).toEqual([
    `<a href="../../packages/Fly_Hello-1.0.0.tar.gz#sha256=${sha256(source)}">Fly_Hello-1.0.0.tar.gz</a>`,
    `<a href="../../packages/fly_hello-1.1.0%2Bcpu-py3-none-any.whl#sha256=${sha256(wheel)}" data-requires-python="&gt;=3.8,&lt;4 &amp; &quot;x&quot;">fly_hello-1.1.0+cpu-py3-none-any.whl</a>`,
  ]);
});

test("the same as JSON", async () => {
  const answer = await pypi.get("/simple/fly-hello/", { accept: json });
  expect(answer.headers.get("content-type")).toBe(json);
  expect(await answer.json()).toEqual({
    meta: { "api-version": "1.1" },
    name: "fly-hello",
    versions: ["1.0.0", "1.1.0+cpu"],
    files: [
      {
        filename: "Fly_Hello-1.0.0.tar.gz",
        url: "../../packages/Fly_Hello-1.0.0.tar.gz",
        hashes: { sha256: sha256(source) },
        size: source.length,
        "upload-time": expect.stringMatching(/^2026-01-01T00:/),
      },
      {
        filename: "fly_hello-1.1.0+cpu-py3-none-any.whl",
        url: "../../packages/fly_hello-1.1.0%2Bcpu-py3-none-any.whl",
        hashes: { sha256: sha256(wheel) },
        size: wheel.length,
        "upload-time": expect.any(String),
        "requires-python": '>=3.8,<4 & "x"',
      },
    ],
  });
});

test("the links lead to the files, plus signs included", async () => {
  const { files } = (await (await pypi.get("/simple/fly-hello/", { accept: json })).json()) as {
    files: { url: string; hashes: { sha256: string } }[];
  };
  for (const { url, hashes } of files) {
    const path = new URL(url, `${registry.url}${mount}/simple/fly-hello/`).pathname.slice(mount.length);
    expect(sha256(Buffer.from(await (await pypi.get(path)).arrayBuffer()))).toBe(hashes.sha256);
  }
});

test("the list of projects has their normalized names", async () => {
  expect(await (await pypi.get("/simple/", { accept: json })).json()).toEqual({
    meta: { "api-version": "1.1" },
    projects: [{ name: "another" }, { name: "fly-hello" }],
  });
  expect(await (await pypi.get("/simple/")).text()).toContain('<a href="fly-hello/">fly-hello</a>');
});

test.each([
  ["/simple", "/simple/"],
  ["/simple/fly-hello", "/simple/fly-hello/"],
  ["/simple/Fly.Hello/", "/simple/fly-hello/"],
  ["/simple/fly__hello", "/simple/fly-hello/"],
])("%s leads to %s", async (path, canonical) => {
  const answer = await pypi.get(path);
  expect([answer.status, answer.headers.get("location")]).toEqual([301, mount + canonical]);
});

test.each([
  [undefined, "text/html"],
  ["*/*", "text/html"],
  [`${json}, ${html}; q=0.1, text/html; q=0.01`, json],
  [`${json};q=0.5, ${html}`, html],
  [`text/html;q=0.2, ${json};q=0.3`, json],
  [`${json};q=0, */*;q=0.5`, "text/html"],
  ["application/*", json],
  ["image/png", "text/html"],
])("Accept: %s is answered with %s", async (accept, type) => {
  const answer = await pypi.get("/simple/fly-hello/", accept === undefined ? {} : { accept });
  expect(answer.headers.get("content-type")?.split(";")[0]).toBe(type);
  expect(answer.headers.get("vary")).toBe("accept");
});

test("a page that the client has is not sent again until a file comes to it", async () => {
  const etag = (await pypi.get("/simple/another/")).headers.get("etag") ?? "";
  expect((await pypi.get("/simple/another/", { "if-none-match": etag })).status).toBe(304);
  await pypi.upload("another-2.1.tar.gz", source);
  expect((await pypi.get("/simple/another/", { "if-none-match": etag })).status).toBe(200);
});

test("a file comes in part, or not at all when the client has it", async () => {
  const path = "/packages/another-2.0.tar.gz";
  const part = await pypi.get(path, { range: "bytes=2-7" });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
    206,
    `bytes 2-7/${source.length}`,
    "source",
  ]);
  const head = await pypi.send("HEAD", path);
  expect([head.headers.get("content-length"), await head.text()]).toEqual([`${source.length}`, ""]);
  expect((await pypi.get(path, { "if-none-match": head.headers.get("etag") ?? "" })).status).toBe(304);
});

test.each([
  "/packages/",
  "/packages/nosuch-1.0.tar.gz",
  "/packages/..%2fregistry.db",
  "/packages/a/b",
  "/",
  "",
  "/simple/%3Cb%3E/",
  "/simple/..%2f..%2fx/",
  "/simple/a/b/",
])("GET %j is a 404", async (path) => {
  expect((await pypi.get(path)).status).toBe(404);
});

describe("a project that is not here", () => {
  test("is a 404 that names the setting", async () => {
    const answer = await pypi.get("/simple/unknown/");
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.stringMatching(/unknown is not in this index.*FLY_TOKENS_PYPI_UPSTREAM/),
    ]);
  });

  test("is looked for upstream when there is one; a project of ours is not, nor is a file, nor what is no name", async () => {
    await using other = await startRegistry({ upstreams: { pypi: "https://index.example/simple/" } });
    const client = pypiClient(other, (await other.mint()).value);
    await client.upload("ours-1.0.tar.gz", source);
    for (const path of ["/simple/unknown/", "/simple/Unknown", "/simple/unknown/?x=y"]) {
      const answer = await client.get(path);
      expect([answer.status, answer.headers.get("location")]).toEqual([
        302,
        "https://index.example/simple/unknown/",
      ]);
    }
    expect((await client.get("/simple/ours/")).status).toBe(200);
    for (const path of ["/packages/unknown-1.0.tar.gz", "/simple/..%2f..%2fx/", "/simple/a%0d%0ab/"])
      expect((await client.get(path)).status).toBe(404);
    expect((await pypiClient(other, "wrong").get("/simple/unknown/")).status).toBe(401);
  });
});
