import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { npmClient, sentence } from "./client.ts";

describe("with an upstream", () => {
  let registry: TestRegistry;
  let npm: ReturnType<typeof npmClient>;
  const upstream = "https://registry.example/npm";

  beforeAll(async () => {
    registry = await startRegistry({ upstreams: { npm: `${upstream}/` } });
    npm = npmClient(registry, (await registry.mint()).value);
    await npm.publish("ours", "1.0.0");
    await npm.publish("left", "1.0.0");
    await npm.send("DELETE", `/left/-rev/${(await npm.document("left"))._rev}`);
  });
  afterAll(() => registry.close());

  test.each([
    ["/unknown", "/unknown"],
    ["/@acme%2funknown", "/@acme/unknown"],
    ["/@acme/unknown?a=b", "/@acme/unknown"],
    ["/unknown/1.0.0", "/unknown/1.0.0"],
    ["/unknown/-/unknown-1.0.0.tgz", "/unknown/-/unknown-1.0.0.tgz"],
    ["/JSONStream", "/JSONStream"],
  ])("%s is looked for there, without query or credential", async (path, there) => {
    const answer = await npm.get(path);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, upstream + there]);
  });

  test.each(["/ours/9.9.9", "/ours/-/ours-9.9.9.tgz", "/left", "/left/1.0.0", "/left/-/left-1.0.0.tgz"])(
    "%s is not, because that name is ours",
    async (path) => {
      expect((await npm.get(path)).status).toBe(404);
    },
  );

  test("a client that means to write is not sent there", async () => {
    expect((await npm.get("/unknown?write=true")).status).toBe(404);
    expect((await npm.send("DELETE", "/unknown/-rev/1")).status).toBe(404);
    expect((await npm.send("PUT", "/-/package/unknown/dist-tags/next", "1.0.0")).status).toBe(404);
  });

  test("nobody is sent there without a credential, nor with one that opens no package", async () => {
    expect((await npmClient(registry, "wrong").get("/unknown")).status).toBe(401);
    expect((await npmClient(registry, registry.adminKey).get("/unknown")).status).toBe(403);
  });

  test("no path leads out of it", async () => {
    for (const path of ["/..%2f..%2fx", "/%2e%2e", "/a%0d%0ab", "/@a%2f..%2f.."])
      expect((await npm.get(path)).status).toBe(404);
  });
});

test("without an upstream an unknown package is a 404 that names the setting", async () => {
  await using registry = await startRegistry();
  const answer = await npmClient(registry, (await registry.mint()).value).get("/unknown");
  expect(answer.status).toBe(404);
  expect(await sentence(answer)).toMatch(/unknown is not in this registry.*FLY_TOKENS_NPM_UPSTREAM/);
});
