import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { npmClient, type Packument, publishBody, sentence } from "./client.ts";

let registry: TestRegistry;
let npm: ReturnType<typeof npmClient>;

beforeAll(async () => {
  registry = await startRegistry();
  npm = npmClient(registry, (await registry.mint()).value);
});
afterAll(() => registry.close());

/** A package with versions 1.0.0 and 2.0.0. */
async function pair(name: string): Promise<Packument> {
  await npm.publish(name, "1.0.0");
  await npm.publish(name, "2.0.0");
  return npm.document(name);
}

describe("dist-tags", () => {
  const path = (name: string, tag = "") =>
    `/-/package/${name.replace("/", "%2f")}/dist-tags${tag && `/${tag}`}`;

  test("are set, read, joined and removed", async () => {
    await pair("@acme/tags");
    expect((await npm.send("PUT", path("@acme/tags", "stable"), "1.0.0")).status).toBe(200);
    expect((await npm.send("POST", path("@acme/tags"), { old: "1.0.0" })).status).toBe(200);
    expect(await (await npm.get(path("@acme/tags"))).json()).toEqual({
      latest: "2.0.0",
      stable: "1.0.0",
      old: "1.0.0",
    });
    expect((await npm.send("DELETE", path("@acme/tags", "stable"))).status).toBe(200);
    expect((await npm.document("@acme/tags"))["dist-tags"]).toEqual({ latest: "2.0.0", old: "1.0.0" });
  });

  test.each([
    ["PUT", "next", "9.9.9", 404],
    ["PUT", "next", "constructor", 404],
    ["PUT", "next", { version: "1.0.0" }, 400],
    ["PUT", "1.x", "1.0.0", 400],
    ["DELETE", "latest", undefined, 400],
    ["DELETE", "nosuch", undefined, 404],
    ["DELETE", "constructor", undefined, 404],
    ["DELETE", "", undefined, 405],
    ["PUT", "", { next: "1.0.0" }, 405],
    ["POST", "", {}, 400],
  ])("%s of %j with %j is refused", async (method, tag, body, status) => {
    await pair("tags");
    const answer = await npm.send(method, path("tags", tag), body);
    expect([answer.status, await sentence(answer)]).toEqual([status, expect.any(String)]);
    expect((await npm.document("tags"))["dist-tags"]).toEqual({ latest: "2.0.0" });
  });

  test("of an unknown package are a 404, and none comes into being", async () => {
    expect((await npm.send("PUT", path("phantom", "next"), "1.0.0")).status).toBe(404);
    expect((await npm.get("/phantom")).status).toBe(404);
  });
});

describe("deprecation", () => {
  test("is taken over and taken back, and changes nothing else", async () => {
    const document = await pair("old");
    const deprecate = (text: string) => {
      const versions = structuredClone(document.versions);
      Object.assign(versions["1.0.0"] ?? {}, {
        deprecated: text,
        dist: { integrity: "sha512-forged" },
        dependencies: { evil: "*" },
      });
      return { ...document, _rev: undefined, versions };
    };
    expect((await npm.send("PUT", "/old", deprecate("use 2"))).status).toBe(200);
    const { deprecated, ...rest } = (await npm.document("old")).versions["1.0.0"] ?? {};
    expect(deprecated).toBe("use 2");
    expect(rest).toEqual(document.versions["1.0.0"]);
    expect((await npm.send("PUT", "/old", deprecate(""))).status).toBe(200);
    expect((await npm.document("old")).versions["1.0.0"]).toEqual(document.versions["1.0.0"]);
  });

  test("removes no version that the document leaves out", async () => {
    const document = await pair("kept");
    await npm.send("PUT", "/kept", {
      name: "kept",
      _rev: document._rev,
      versions: { "1.0.0": { deprecated: "x" } },
    });
    expect(Object.keys((await npm.document("kept")).versions)).toEqual(["1.0.0", "2.0.0"]);
  });

  test("by a document that is out of date is a conflict", async () => {
    const document = await pair("stale");
    await npm.publish("stale", "3.0.0");
    const answer = await npm.send("PUT", "/stale", document);
    expect([answer.status, await sentence(answer)]).toEqual([
      409,
      expect.stringContaining("changed in the meantime"),
    ]);
  });

  test("of a version that was never published is refused", async () => {
    await pair("never");
    const answer = await npm.send("PUT", "/never", {
      name: "never",
      versions: { "9.9.9": { deprecated: "x" } },
    });
    expect(answer.status).toBe(400);
    expect(
      await (await npm.send("PUT", "/never", { name: "never", versions: { constructor: {} } })).status,
    ).toBe(400);
  });
});

describe("unpublishing one version", () => {
  test("takes it out of the document, its tags and its tarball, step by step as npm does it", async () => {
    const { _rev, versions, ...document } = await pair("@acme/gone");
    const { "2.0.0": removed, ...left } = versions;
    const put = await npm.send("PUT", `/@acme%2fgone/-rev/${_rev}`, {
      ...document,
      versions: left,
      "dist-tags": { latest: "1.0.0" },
    });
    expect(put.status).toBe(200);
    const now = await npm.document("@acme/gone");
    expect([Object.keys(now.versions), now["dist-tags"], Object.keys(now.time).includes("2.0.0")]).toEqual([
      ["1.0.0"],
      { latest: "1.0.0" },
      false,
    ]);
    const tarball = new URL(removed?.dist.tarball ?? "").pathname.split("/npm/npm").at(-1) ?? "";
    expect((await npm.get(tarball)).status).toBe(404);
    expect((await npm.send("DELETE", `${tarball}/-rev/${now._rev}`)).status).toBe(200);
  });

  test("moves latest to the version published last when the client forgets to", async () => {
    const { _rev, versions } = await pair("forgot");
    await npm.send("PUT", `/forgot/-rev/${_rev}`, {
      name: "forgot",
      "dist-tags": {},
      versions: { "1.0.0": versions["1.0.0"] },
    });
    expect((await npm.document("forgot"))["dist-tags"]).toEqual({ latest: "1.0.0" });
  });

  test("of a revision that is out of date is a conflict", async () => {
    const { _rev, ...document } = await pair("raced");
    await npm.publish("raced", "3.0.0");
    expect((await npm.send("PUT", `/raced/-rev/${_rev}`, { ...document, versions: {} })).status).toBe(409);
    expect(Object.keys((await npm.document("raced")).versions)).toEqual(["1.0.0", "2.0.0", "3.0.0"]);
  });

  test("by its tarball alone is refused", async () => {
    const { _rev } = await pair("half");
    expect((await npm.send("DELETE", `/half/-/half-1.0.0.tgz/-rev/${_rev}`)).status).toBe(409);
    expect((await npm.send("DELETE", "/half/-/half-1.0.0.tgz/-rev/999")).status).toBe(409);
    expect((await npm.get("/half/-/half-1.0.0.tgz")).status).toBe(200);
  });
});

describe("unpublishing a package", () => {
  test("ends in a 404 that says when; the name can be published again, at a higher revision", async () => {
    const { _rev } = await pair("whole");
    expect((await npm.send("DELETE", `/whole/-rev/${_rev}`)).status).toBe(200);
    const answer = await npm.get("/whole");
    expect([answer.status, await sentence(answer)]).toEqual([
      404,
      expect.stringMatching(/^whole was unpublished on 20/),
    ]);
    expect((await npm.get("/whole/-/whole-1.0.0.tgz")).status).toBe(404);
    expect((await npm.send("PUT", "/whole", { name: "whole", versions: {} })).status).toBe(404);
    expect((await npm.publish("whole", "1.0.0", { tarball: Buffer.from("anew") })).status).toBe(201);
    const { _rev: later, versions } = await npm.document("whole");
    expect([Number(later) > Number(_rev), Object.keys(versions)]).toEqual([true, ["1.0.0"]]);
  });

  test.each(["/whole2", "/whole2/-rev/1", "/whole2/-rev/x"])(
    "without the current revision is refused: %s",
    async (path) => {
      await pair("whole2");
      expect((await npm.send("DELETE", path)).status).toBeOneOf([400, 409]);
      expect((await npm.get("/whole2")).status).toBe(200);
    },
  );

  test("that is not here is a 404", async () => {
    expect((await npm.send("DELETE", "/phantom/-rev/1")).status).toBe(404);
    expect((await npm.send("DELETE", "/phantom/-/phantom-1.0.0.tgz/-rev/1")).status).toBe(404);
  });
});

test.each([
  ["POST", "/tool"],
  ["PATCH", "/tool"],
  ["PUT", "/tool/1.0.0"],
  ["PUT", "/tool/-/tool-1.0.0.tgz"],
  ["DELETE", "/tool/1.0.0"],
  ["PATCH", "/-/package/tool/dist-tags/next"],
])("%s %s is a 405", async (method, path) => {
  expect((await npm.send(method, path, publishBody("tool", "1.0.0"))).status).toBe(405);
});

test.each(["/-/all", "/-/user/org.couchdb.user:x", "/", ""])(
  "GET %j is a 404 in npm's shape",
  async (path) => {
    const answer = await npm.get(path);
    expect([answer.status, await sentence(answer)]).toEqual([404, expect.any(String)]);
  },
);
