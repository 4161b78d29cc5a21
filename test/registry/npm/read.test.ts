import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { npmClient, sentence, tarballFor } from "./client.ts";

let registry: TestRegistry;
let npm: ReturnType<typeof npmClient>;

beforeAll(async () => {
  registry = await startRegistry();
  npm = npmClient(registry, (await registry.mint()).value);
  const manifest = {
    dependencies: { other: "^1.0.0" },
    scripts: { postinstall: "node x.js" },
    readme: "# Tool",
    bin: { tool: "tool.js" },
    keywords: ["hammer"],
  };
  await npm.publish("tool", "1.0.0", { manifest });
});
afterAll(() => registry.close());

const install = "application/vnd.npm.install-v1+json";

describe("the document", () => {
  test("is abbreviated for an installer, with what it needs to know and no more", async () => {
    const answer = await npm.get("/tool", { accept: `${install}; q=1.0, application/json; q=0.8, */*` });
    expect(answer.headers.get("content-type")).toBe(install);
    const { versions, ...rest } = (await answer.json()) as {
      versions: Record<string, Record<string, unknown>>;
    };
    expect(Object.keys(rest).sort()).toEqual(["dist-tags", "modified", "name"]);
    expect(versions["1.0.0"]).toMatchObject({
      name: "tool",
      dependencies: { other: "^1.0.0" },
      bin: { tool: "tool.js" },
      hasInstallScript: true,
      dist: { tarball: expect.any(String) },
    });
    expect(versions["1.0.0"]).not.toHaveProperty("scripts");
    expect(versions["1.0.0"]).not.toHaveProperty("readme");
  });

  test.each([undefined, "application/json", "*/*", "text/plain", `${install}; q=0.1, application/json`])(
    "is whole for Accept: %s",
    async (accept) => {
      const answer = await npm.get("/tool", accept === undefined ? {} : { accept });
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(await answer.json()).toMatchObject({
        _id: "tool",
        _rev: "1",
        readme: "# Tool",
        time: { "1.0.0": expect.any(String) },
        versions: { "1.0.0": { scripts: { postinstall: "node x.js" } } },
      });
    },
  );

  test("is not sent again while it is the same, and is once it changes", async () => {
    await npm.publish("cached", "1.0.0");
    const etag = (await npm.get("/cached")).headers.get("etag") ?? "";
    const same = await npm.get("/cached", { "if-none-match": etag });
    expect([same.status, await same.text()]).toEqual([304, ""]);
    expect((await npm.get("/cached", { "if-none-match": etag, accept: install })).status).toBe(200);
    await npm.publish("cached", "1.0.1");
    expect((await npm.get("/cached", { "if-none-match": etag })).status).toBe(200);
  });

  test("answers HEAD without a body", async () => {
    const answer = await npm.send("HEAD", "/tool");
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

describe("a tarball", () => {
  const path = "/tool/-/tool-1.0.0.tgz";
  const bytes = tarballFor("tool", "1.0.0");

  test("comes whole, with its length and an entity tag", async () => {
    const answer = await npm.get(path);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": `${bytes.length}`,
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"sha256:[0-9a-f]{64}"$/),
    });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });

  test.each([
    ["bytes=0-9", 0, 9],
    ["bytes=10-", 10, bytes.length - 1],
    ["bytes=-5", bytes.length - 5, bytes.length - 1],
    ["bytes=5-999999", 5, bytes.length - 1],
    ["bytes=-999999", 0, bytes.length - 1],
  ])("comes in part for %s", async (range, start, end) => {
    const answer = await npm.get(path, { range });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([
      206,
      `bytes ${start}-${end}/${bytes.length}`,
    ]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes.subarray(start, end + 1));
  });

  test.each(["bytes=999999-", "bytes=-0"])("is a 416 for %s", async (range) => {
    const answer = await npm.get(path, { range });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, `bytes */${bytes.length}`]);
  });

  test.each(["bytes=9-5", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b", ""])(
    "comes whole for %j, which is no single range",
    async (range) => {
      const answer = await npm.get(path, { range });
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, bytes.length]);
    },
  );

  test("comes whole when it is not the one that the range was meant for", async () => {
    expect((await npm.get(path, { range: "bytes=0-9", "if-range": '"other"' })).status).toBe(200);
    const etag = (await npm.send("HEAD", path)).headers.get("etag") ?? "";
    expect((await npm.get(path, { range: "bytes=0-9", "if-range": etag })).status).toBe(206);
    expect((await npm.get(path, { "if-none-match": etag })).status).toBe(304);
  });

  test("answers HEAD with its length and without its bytes", async () => {
    const answer = await npm.send("HEAD", path);
    expect([answer.headers.get("content-length"), (await answer.arrayBuffer()).byteLength]).toEqual([
      `${bytes.length}`,
      0,
    ]);
  });

  test.each(["/tool/-/tool-9.9.9.tgz", "/tool/-/..%2f..%2fregistry.db", "/tool/-/package.json"])(
    "is a 404 at %s",
    async (other) => {
      const answer = await npm.get(other);
      expect(answer.status).toBe(404);
    },
  );

  test("of one package is not reached through another", async () => {
    await npm.publish("neighbour", "1.0.0");
    expect((await npm.get("/neighbour/-/tool-1.0.0.tgz")).status).toBe(404);
  });
});

test.each(["/tool/9.9.9", "/tool/nosuchtag", "/tool/constructor", "/tool/__proto__"])(
  "%s is a 404 that says so",
  async (path) => {
    const answer = await npm.get(path);
    expect([answer.status, await sentence(answer)]).toEqual([404, "tool has no such version or tag."]);
  },
);

test("a search finds words in names and descriptions, in pages", async () => {
  for (const name of ["find-a", "find-b", "find-c"])
    await npm.publish(name, "1.0.0", { manifest: { description: "A Looking Glass 100%" } });
  type Found = { total: number; objects: { package: { name: string; version: string } }[] };
  const search = async (query: string) => (await (await npm.get(`/-/v1/search?${query}`)).json()) as Found;
  expect(await search("text=glass")).toMatchObject({
    total: 3,
    objects: [{ package: { name: "find-a", version: "1.0.0" } }, {}, {}],
  });
  expect((await search("text=glass+find-b")).objects.map((found) => found.package.name)).toEqual(["find-b"]);
  expect((await search("text=find-&size=1&from=1")).objects.map((found) => found.package.name)).toEqual([
    "find-b",
  ]);
  expect((await search("text=100%25")).total).toBe(3);
  expect((await search("text=%27%20or%201=1")).total).toBe(0);
  expect((await search("size=-1&from=x")).total).toBeGreaterThanOrEqual(3);
});
