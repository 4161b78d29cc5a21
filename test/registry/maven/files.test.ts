import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { fileClient, mount, sum } from "./client.ts";

let registry: TestRegistry;
let maven: ReturnType<typeof fileClient>;
let token: string;
const folder = "/com/acme/hello/1.0";

beforeAll(async () => {
  registry = await startRegistry({ now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) });
  token = (await registry.mint()).value;
  maven = fileClient(registry, token);
});
afterAll(() => registry.close());

describe("a file", () => {
  test("comes back byte for byte, with its size, its kind, its date and its checksums, to HEAD as to GET", async () => {
    expect((await maven.put(`${folder}/hello-1.0.pom`, "<project/>")).status).toBe(201);
    for (const method of ["GET", "HEAD"]) {
      const answer = await maven.send(method, `${folder}/hello-1.0.pom`);
      expect([answer.status, await answer.text()]).toEqual([200, method === "GET" ? "<project/>" : ""]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "content-length": "10",
        "content-type": "application/xml",
        "last-modified": "Fri, 02 Jan 2026 03:04:05 GMT",
        etag: `"sha256:${sum("sha256", "<project/>")}"`,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "x-checksum-md5": sum("md5", "<project/>"),
        "x-checksum-sha1": sum("sha1", "<project/>"),
      });
    }
  });

  test("is not sent again to a client that has it, and in part to one that asks for a part", async () => {
    await maven.put(`${folder}/part-1.0.jar`, "0123456789");
    const etag = (await maven.get(`${folder}/part-1.0.jar`)).headers.get("etag") ?? "";
    expect((await maven.get(`${folder}/part-1.0.jar`, { "if-none-match": etag })).status).toBe(304);
    const part = await maven.get(`${folder}/part-1.0.jar`, { range: "bytes=2-4" });
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
      206,
      "234",
      "bytes 2-4/10",
    ]);
    expect((await maven.get(`${folder}/part-1.0.jar`, { range: "bytes=10-" })).status).toBe(416);
  });

  test.each([
    "/lib_2.13-1.0+build.5~rc1.jar",
    "/ünïcode-1.0.jar",
    "/with space-1.0.zip",
    "/a$b@c,d=(1)[2]!.jar",
  ])("may be called %s", async (name) => {
    expect((await maven.put(folder + name, name)).status).toBe(201);
    expect(await (await maven.get(folder + encodeURI(name))).text()).toBe(name);
  });

  test("may be empty", async () => {
    expect((await maven.put(`${folder}/empty-1.0.txt`, "")).status).toBe(201);
    expect(await (await maven.get(`${folder}/empty-1.0.txt.md5`)).text()).toBe(sum("md5", ""));
  });

  test.each(["/com/acme/hello/9.9/hello-9.9.jar", "/com/acme/hello", "/com/acme/hello/1.0/", "/x"])(
    "that is not there is a 404 without a page: %s",
    async (path) => {
      const answer = await maven.get(path);
      expect([answer.status, await answer.text()]).toEqual([404, "There is nothing at this path\n"]);
      expect([answer.headers.get("content-type"), answer.statusText]).toEqual([
        "text/plain;charset=UTF-8",
        "There is nothing at this path",
      ]);
    },
  );

  test("survives the registry's end", async () => {
    const { openRegistry } = await import("../../../src/registry/service.ts");
    await maven.put("/com/acme/kept/1/kept-1.jar", "kept");
    const again = await openRegistry({ folder: registry.folder, database: registry.database });
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://registry${mount}/com/acme/kept/1/kept-1.jar`;
    expect(await (await again.fetch(new Request(url, { headers }))).text()).toBe("kept");
    await again.close();
  });
});

describe("a second upload", () => {
  test("of the same bytes is no fault, and of others is refused and changes nothing", async () => {
    const path = "/com/acme/twice/1.0/twice-1.0.jar";
    expect((await maven.put(path, "first")).status).toBe(201);
    expect((await maven.put(path, "first")).status).toBe(200);
    const refused = await maven.put(path, "second");
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining("raise the version"),
    ]);
    expect(await (await maven.get(path)).text()).toBe("first");
    expect(await (await maven.get(`${path}.sha1`)).text()).toBe(sum("sha1", "first"));
  });

  test.each([
    "/com/acme/maven-metadata.xml",
    "/com/acme/twice/maven-metadata.xml",
    "/com/acme/twice/1.1-SNAPSHOT/maven-metadata.xml",
    "/com/acme/twice/1.1-SNAPSHOT/twice-1.1-SNAPSHOT.jar",
    "/com/acme/twice/1.1-SNAPSHOT/twice-1.1-20260102.030405-1.jar",
    "/archetype-catalog.xml",
  ])("of other bytes replaces %s, and its checksums and its tag are the new ones", async (path) => {
    await maven.put(path, "first");
    const { headers } = await maven.get(path);
    expect((await maven.put(path, "second")).status).toBe(200);
    const answer = await maven.get(path, { "if-none-match": headers.get("etag") ?? "" });
    expect([answer.status, await answer.text()]).toEqual([200, "second"]);
    expect(await (await maven.get(`${path}.sha256`)).text()).toBe(sum("sha256", "second"));
  });

  test.each([
    "/com/acme/maven-metadata.xml.bak",
    "/com/SNAPSHOT/acme/1.0/acme-1.0.jar",
    "/a/1-SNAPSHOTS/a.jar",
  ])("of other bytes is refused where the path only looks as if it changed: %s", async (path) => {
    await maven.put(path, "first");
    expect((await maven.put(path, "second")).status).toBe(409);
  });

  test("by many at once is won by one", async () => {
    const path = "/com/acme/race/1.0/race-1.0.jar";
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => maven.put(path, `bytes ${n}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const winner = answers.findIndex(({ status }) => status === 201);
    expect(await (await maven.get(path)).text()).toBe(`bytes ${winner}`);
  });
});

describe("checksums", () => {
  const path = "/com/acme/sums/1.0/sums-1.0.jar";
  beforeAll(() => maven.put(path, "content"));

  test.each(["md5", "sha1", "sha256", "sha512"])(
    "%s is answered although nobody uploaded it",
    async (kind) => {
      const answer = await maven.get(`${path}.${kind}`);
      expect([answer.status, await answer.text()]).toEqual([200, sum(kind, "content")]);
      const head = await maven.send("HEAD", `${path}.${kind}`);
      expect(head.headers.get("content-length")).toBe(`${sum(kind, "content").length}`);
    },
  );

  test.each([
    ["alone", (digits: string) => digits],
    ["in upper case, with a line end", (digits: string) => `${digits.toUpperCase()}\r\n`],
    ["with the file's name after it", (digits: string) => `${digits}  sums-1.0.jar\n`],
    ["as openssl writes it", (digits: string) => `SHA1(sums-1.0.jar)= ${digits}\n`],
  ])("that are right are taken: %s", async (_how, write) => {
    expect((await maven.put(`${path}.sha1`, write(sum("sha1", "content")))).status).toBe(201);
  });

  test("that are wrong are refused, and ours is still the answer", async () => {
    const refused = await maven.put(`${path}.sha1`, sum("sha1", "other"));
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining("sha1")]);
    expect(await (await maven.get(`${path}.sha1`)).text()).toBe(sum("sha1", "content"));
  });

  test.each([
    ["another kind", 400, `${path}.sha1`, () => sum("md5", "content")],
    ["no checksum at all", 400, `${path}.sha1`, () => "<html>"],
    ["more than a line", 413, `${path}.sha1`, () => "x".repeat(5000)],
    ["a file that is not there", 404, "/com/acme/none/1/none-1.jar.sha1", () => sum("sha1", "content")],
    ["a checksum", 404, `${path}.sha1.md5`, () => sum("md5", sum("sha1", "content"))],
  ])("of %s are refused with %i", async (_what, status, to, body) => {
    expect((await maven.put(to, body())).status).toBe(status);
    expect((await maven.get(`${path}.sha1.md5`)).status).toBe(404);
  });

  test("in headers are checked as well, and what does not have them is not kept", async () => {
    const to = "/com/acme/headers/1/headers-1.jar";
    const wrong = await maven.put(to, "x", { "x-checksum-sha256": sum("sha256", "y") });
    expect([wrong.status, (await maven.get(to)).status]).toEqual([409, 404]);
    const right = await maven.put(to, "x", { "x-checksum-sha256": sum("sha256", "x").toUpperCase() });
    expect(right.status).toBe(201);
  });

  test("a file may have such a name's ending only", async () => {
    expect((await maven.put("/com/acme/x/1/.md5", "x")).status).toBe(201);
    expect((await maven.put("/com/acme/x/1/x.asc.md5", sum("md5", "x"))).status).toBe(404);
  });
});

describe("a path that is none", () => {
  const odd = [
    ["a slash that is encoded", "/com%2Facme/x.jar"],
    ["a backslash", "/com%5Cacme/x.jar"],
    ["a way up that is hidden in a slash", "/com/..%2f..%2fx.jar"],
    ["a way up with a backslash", "/com/..%5cx.jar"],
    ["three dots", "/com/.../x.jar"],
    ["an empty segment", "/com//x.jar"],
    ["a slash at the end", "/com/acme/"],
    ["a null byte", "/com/x%00.jar"],
    ["a line break", "/com/x%0a.jar"],
    ["a mark that turns the text around", "/com/x%E2%80%AE.jar"],
    ["a space at the end", "/com/x.jar%20"],
    ["a percent sign that was encoded twice", "/com/%252e%252e/x.jar"],
    ["a percent sign that encodes nothing", "/com/%zz/x.jar"],
    ["bytes that are no UTF-8", "/com/%ff/x.jar"],
    ["a colon", "/C:/x.jar"],
    ["a name that is too long", `/com/${"x".repeat(256)}.jar`],
    ["too many segments", `${"/x".repeat(600)}.jar`],
  ] as const;
  test.each(odd)("%s: refused to write, and nothing to read", async (_what, path) => {
    const answer = await maven.put(path, "x");
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("not the path")]);
    expect((await maven.get(path)).status).toBe(404);
  });

  test.each(["/../api/generic/x/1/file", "/a/../../../../etc/passwd", "/%2e%2e/%2e%2e/x"])(
    "that climbs, sent as it is, leaves no file in this room: %s",
    async (path) => {
      const before = await readdir(join(registry.folder, "blobs/sha256"));
      const headers = { authorization: `Bearer ${(await registry.mint({ permission: "read_only" })).value}` };
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const { port } = new URL(registry.url);
        request({ port, host: "127.0.0.1", method: "PUT", path: mount + path, headers }, (response) =>
          resolve(response.resume().statusCode),
        )
          .on("error", reject)
          .end("x");
      });
      expect([403, 404]).toContain(status);
      expect(await readdir(join(registry.folder, "blobs/sha256"))).toEqual(before);
    },
  );
});

test("a file that says that it is larger than the limit is refused before it is read", async () => {
  const headers = { authorization: `Bearer ${token}`, "content-length": 3 * 1024 ** 3 };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${registry.url}${mount}/a/b.jar`, { method: "PUT", headers }, (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.write("x");
  });
  expect(status).toBe(413);
});

test("a connection that breaks in the middle leaves nothing that could be read, and the path free", async () => {
  const headers = { authorization: `Bearer ${token}`, "content-length": 1000 };
  const path = "/com/acme/broken/1/broken-1.jar";
  const seen = registry.log.length;
  const sent = request(`${registry.url}${mount}${path}`, { method: "PUT", headers });
  sent.on("error", () => {});
  await new Promise((written) => sent.write("half", written));
  await expect.poll(() => readdir(join(registry.folder, "blobs/incoming"))).not.toEqual([]);
  sent.destroy();
  await expect
    .poll(() => registry.log.slice(seen).map(({ path: at, status }) => [at, status]))
    .toEqual([[mount + path, 400]]);
  expect(await readdir(join(registry.folder, "blobs/incoming"))).toEqual([]);
  expect((await maven.get(path)).status).toBe(404);
  expect((await maven.put(path, "whole")).status).toBe(201);
});
