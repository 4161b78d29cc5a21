import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount, pypiClient, uploadForm } from "../pypi/client.ts";
import { bodyOf, type FakeUpstream, startUpstream } from "./fake-upstream.ts";

let upstream: FakeUpstream;
let registry: TestRegistry;
let writer: ReturnType<typeof pypiClient>;
let reader: ReturnType<typeof pypiClient>;

/** @param path of the upstream, as the operator names it */
async function start(path = ""): Promise<void> {
  upstream = await startUpstream();
  const pypi = new Secret(`http://gateway:secret@${upstream.host}${path}`);
  registry = await startRegistry({ gateway: { upstreams: { pypi } } });
  writer = pypiClient(registry, (await registry.mint()).value);
  reader = pypiClient(registry, (await registry.mint({ permission: "read_only" })).value);
}
beforeEach(() => start());
afterEach(async () => {
  await registry.close();
  await upstream[Symbol.asyncDispose]();
});

const asked = () => upstream.seen.map(({ method, url }) => `${method} ${url}`);

test("reads the index and files with either permission, uploads with one that may write", async () => {
  let body = "";
  upstream.answers(async (request, response) => {
    body = (await bodyOf(request)).toString("latin1");
    response.end("ok");
  });
  for (const path of ["/simple/", "/simple", "/simple/fly-hello/", "/packages/a-1.0.whl"])
    expect((await reader.get(path)).status).toBe(200);
  const refused = await reader.upload("a-1.0.tar.gz", Buffer.from("a"));
  expect([refused.status, refused.statusText]).toEqual([403, expect.stringContaining("read-only")]);
  expect((await writer.upload("a-1.0.tar.gz", Buffer.from("content of a"))).status).toBe(200);
  expect((await writer.send("POST", "", uploadForm("a-1.0.tar.gz", Buffer.from("a")))).status).toBe(200);
  expect(asked()).toEqual([
    "GET /simple/",
    "GET /simple",
    "GET /simple/fly-hello/",
    "GET /packages/a-1.0.whl",
    "POST /",
    "POST /",
  ]);
  expect(body).toContain("a-1.0.tar.gz");
  expect(upstream.seen.at(-1)?.headers).toMatchObject({
    authorization: `Basic ${Buffer.from("gateway:secret").toString("base64")}`,
    "content-type": expect.stringContaining("multipart/form-data"),
  });
});

test("nobody with a wrong token, none, or a key; nothing where an index has nothing", async () => {
  const wrong = await pypiClient(registry, "wrong").get("/simple/");
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get("www-authenticate")).toMatch(/^Basic realm="fly-tokens"/);
  expect((await fetch(`${registry.url}${mount}/simple/`)).status).toBe(401);
  const authorization = `Bearer ${registry.adminKey}`;
  expect((await registry.fetch(`${mount}/simple/`, { headers: { authorization } })).status).toBe(403);
  expect((await writer.get("")).status).toBe(404);
  expect((await writer.get("/")).status).toBe(404);
  expect((await writer.get("/simple/%2e%2e%2fadmin")).status).toBe(404);
  expect((await writer.send("POST", "/simple/")).status).toBe(404);
  expect((await writer.send("DELETE", "/packages/a-1.0.whl")).status).toBe(404);
  expect((await writer.send("PUT", "/")).status).toBe(405);
  expect(upstream.seen).toEqual([]);
});

test.each([
  ["text/html", (base: string) => `<a href="${base}/packages/a.whl#sha256=1">a</a> <a href="../x">`],
  ["application/vnd.pypi.simple.v1+html", (base: string) => `<a href='${base}/packages/a.whl'>a</a>`],
  ["application/vnd.pypi.simple.v1+json", (base: string) => `{"files":[{"url": "${base}/packages/a.whl"}]}`],
])(
  "links of %s lead here, by their address and by their path; files pass as they are",
  async (type, text) => {
    await registry.close();
    await upstream[Symbol.asyncDispose]();
    await start("/index/simple/");
    for (const [theirs, ours] of [
      [`${upstream.url}/index`, registry.url + mount],
      ["/index", mount],
    ] as const) {
      upstream.answers((_request, response) =>
        response.writeHead(200, { "content-type": type }).end(text(theirs)),
      );
      expect(await (await reader.get("/simple/a/")).text()).toBe(text(ours));
      expect(await (await reader.get("/packages/a.whl")).text()).toBe(text(theirs));
    }
    expect(asked()[0]).toBe("GET /index/simple/a/");
  },
);

test.each(["/pypi/a/json", "/pypi/a/1.0/json"])("what %s says of a project leads here, too", async (path) => {
  upstream.answers((_request, response) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(`{"urls":[{"url":"${upstream.url}/packages/a.whl"}]}`),
  );
  expect(await (await reader.get(path)).text()).toContain(`"${registry.url}${mount}/packages/a.whl"`);
});

test("says in the reason phrase what the upstream said in its own, and that its credential is not good", async () => {
  upstream.answers((_request, response) => response.writeHead(400, "File already exists").end());
  const refused = await writer.upload("a-1.0.tar.gz", Buffer.from("a"));
  expect([refused.status, refused.statusText]).toEqual([400, "File already exists"]);
  upstream.answers((_request, response) => response.writeHead(401, { "www-authenticate": "Basic" }).end());
  const unknown = await writer.upload("a-1.0.tar.gz", Buffer.from("a"));
  expect([unknown.status, unknown.statusText]).toEqual([502, expect.stringContaining("FLY_TOKENS_GATEWAY")]);
  expect(unknown.headers.get("www-authenticate")).toBeNull();
});
