import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { checksums, mount, npmClient, type Packument, publishBody, sentence, tarballFor } from "./client.ts";

let registry: TestRegistry;
let npm: ReturnType<typeof npmClient>;

beforeAll(async () => {
  registry = await startRegistry();
  npm = npmClient(registry, (await registry.mint()).value);
});
afterAll(() => registry.close());

describe("a published version", () => {
  test.each(["tool", "@acme/tool", "constructor"])(
    "of %s is in the document, at its number and as a tarball",
    async (name) => {
      expect((await npm.publish(name, "1.0.0")).status).toBe(201);
      const document = (await (await npm.get(`/${name}`)).json()) as Packument;
      expect(document).toMatchObject({
        name,
        "dist-tags": { latest: "1.0.0" },
        versions: { "1.0.0": { name, version: "1.0.0" } },
      });
      expect(await (await npm.get(`/${name}/1.0.0`)).json()).toEqual(document.versions["1.0.0"]);
      expect(await (await npm.get(`/${name}/latest`)).json()).toEqual(document.versions["1.0.0"]);
      const { tarball } = document.versions["1.0.0"]?.dist ?? { tarball: "" };
      expect(tarball).toBe(`${registry.url}${mount}/${name}/-/${name.split("/").at(-1)}-1.0.0.tgz`);
      const file = await npm.get(tarball.slice(registry.url.length + mount.length));
      expect(Buffer.from(await file.arrayBuffer())).toEqual(tarballFor(name, "1.0.0"));
    },
  );

  test("can be put with the scope's slash unescaped", async () => {
    expect((await npm.send("PUT", "/@acme/plain", publishBody("@acme/plain", "1.0.0"))).status).toBe(201);
    expect((await npm.get("/@acme%2fplain")).status).toBe(200);
  });

  test("has tarball URLs at the address by which the registry was reached", async () => {
    await npm.publish("reached", "1.0.0");
    const other = registry.url.replace("127.0.0.1", "localhost");
    const headers = { authorization: `Bearer ${(await registry.mint()).value}` };
    const { versions } = (await (await fetch(`${other}${mount}/reached`, { headers })).json()) as Packument;
    expect(versions["1.0.0"]?.dist.tarball).toBe(`${other}${mount}/reached/-/reached-1.0.0.tgz`);
  });

  test("is latest when it is the first, whatever its tag, and not when a later one has another tag", async () => {
    await npm.publish("tagged", "1.0.0-beta.1", { tag: "beta" });
    expect((await npm.document("tagged"))["dist-tags"]).toEqual({
      latest: "1.0.0-beta.1",
      beta: "1.0.0-beta.1",
    });
    await npm.publish("tagged", "1.0.0", {});
    await npm.publish("tagged", "2.0.0-rc.1", { tag: "next" });
    expect((await npm.document("tagged"))["dist-tags"]).toEqual({
      latest: "1.0.0",
      beta: "1.0.0-beta.1",
      next: "2.0.0-rc.1",
    });
  });

  test("gets the checksums that npm installs by, when the client claims none", async () => {
    await npm.publish("unclaimed", "1.0.0", { manifest: { dist: undefined } });
    const { dist } = (await npm.document("unclaimed")).versions["1.0.0"] ?? {};
    expect(dist).toMatchObject(checksums(tarballFor("unclaimed", "1.0.0")));
  });
});

describe("refused, and nothing kept:", () => {
  test("the same version again, in words that release tools know", async () => {
    await npm.publish("once", "1.0.0");
    const again = await npm.publish("once", "1.0.0", { tarball: Buffer.from("other bytes") });
    expect(again.status).toBe(409);
    expect(await sentence(again)).toMatch(/^Cannot publish over existing version 1\.0\.0 of once/);
    const file = await npm.get("/once/-/once-1.0.0.tgz");
    expect(Buffer.from(await file.arrayBuffer())).toEqual(tarballFor("once", "1.0.0"));
  });

  test("all but one of many clients that publish the same version at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        npm.publish("race", "1.0.0", { tarball: Buffer.from(`bytes ${n}`) }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const winner = answers.findIndex(({ status }) => status === 201);
    const { dist } = (await npm.document("race")).versions["1.0.0"] ?? {};
    expect(dist).toMatchObject(checksums(Buffer.from(`bytes ${winner}`)));
  });

  test("none of many clients that publish different versions at once", async () => {
    const versions = Array.from({ length: 8 }, (_, n) => `1.0.${n}`);
    const answers = await Promise.all(versions.map((version) => npm.publish("parallel", version)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(Object.keys((await npm.document("parallel")).versions).sort()).toEqual(versions);
  });

  const faults: [string, (body: ReturnType<typeof publishBody>) => unknown][] = [
    [
      "a tarball that is not the one of the integrity",
      (body) => edit(body, { dist: { integrity: `sha512-${Buffer.alloc(64).toString("base64")}` } }),
    ],
    [
      "a tarball that is not the one of the shasum",
      (body) => edit(body, { dist: { shasum: "0".repeat(40) } }),
    ],
    [
      "an integrity of which only one hash is right",
      (body) =>
        edit(body, {
          dist: { integrity: `${checksums(tarballFor("fault", "1.0.0")).integrity} sha256-AAAA` },
        }),
    ],
    ["an integrity that cannot be checked", (body) => edit(body, { dist: { integrity: "md5-AAAA" } })],
    [
      "a tarball that is shorter than it says",
      (body) => ({
        ...body,
        _attachments: { "fault-1.0.0.tgz": { ...body._attachments["fault-1.0.0.tgz"], length: 99_999 } },
      }),
    ],
    ["another name in the document", (body) => ({ ...body, name: "other" })],
    ["another name in the manifest", (body) => edit(body, { name: "other" })],
    ["another version in the manifest", (body) => edit(body, { version: "2.0.0" })],
    [
      "a version that is none",
      (body) => ({ ...body, versions: { "../../x": { ...body.versions["1.0.0"], version: "../../x" } } }),
    ],
    [
      "two versions",
      (body) => ({
        ...body,
        versions: { ...body.versions, "2.0.0": { ...body.versions["1.0.0"], version: "2.0.0" } },
      }),
    ],
    ["no version", (body) => ({ ...body, versions: {} })],
    [
      "two attachments",
      (body) => ({ ...body, _attachments: { ...body._attachments, "fault-1.0.0.sigstore": { data: "{}" } } }),
    ],
    [
      "an attachment that is no tarball",
      (body) => ({ ...body, _attachments: { "fault.exe": { data: "" } } }),
    ],
    ["a tag for a version that is not in it", (body) => ({ ...body, "dist-tags": { latest: "9.9.9" } })],
    ["a tag that reads like a version", (body) => ({ ...body, "dist-tags": { "1.x": "1.0.0" } })],
    ["versions of another type", (body) => ({ ...body, versions: ["1.0.0"] })],
    ["a new version without a tarball", (body) => ({ ...body, _attachments: {} })],
    ["a list", () => []],
    ["null", () => null],
  ];
  test.each(faults)("%s", async (_what, change) => {
    const answer = await npm.send("PUT", "/fault", change(publishBody("fault", "1.0.0")));
    expect(answer.status).toSatisfy((status) => status === 400 || status === 404);
    expect(await sentence(answer)).toMatch(/^[A-Z@f].+/);
    expect((await npm.get("/fault")).status).toBe(404);
  });

  test("what is not JSON", async () => {
    const headers = {
      authorization: `Bearer ${(await registry.mint()).value}`,
      "content-type": "application/json",
    };
    const answer = await registry.fetch(`${mount}/fault`, { method: "PUT", headers, body: "{" });
    expect([answer.status, await sentence(answer)]).toEqual([400, "The body is not JSON."]);
  });

  test.each(["/Capital", `/${"x".repeat(215)}`, "/tool!"])("the name in %s", async (path) => {
    const name = path.slice(1);
    const answer = await npm.send("PUT", path, publishBody(name, "1.0.0"));
    expect([answer.status, await sentence(answer)]).toEqual([400, expect.stringContaining("name")]);
  });

  test.each(["/__proto__", "/..%2f..%2fetc", "/%2e%2e%2fx", "/.hidden"])(
    "the path %s, which names no package",
    async (path) => {
      expect((await npm.send("PUT", path, publishBody("x", "1.0.0"))).status).toBe(404);
    },
  );

  test("keys that would reach into an object's prototype", async () => {
    const text = JSON.stringify(publishBody("proto", "1.0.0")).replace(
      '"dist-tags":{',
      '"__proto__":{"polluted":true},"dist-tags":{"__proto__":"1.0.0",',
    );
    const headers = {
      authorization: `Bearer ${(await registry.mint()).value}`,
      "content-type": "application/json",
    };
    await registry.fetch(`${mount}/proto`, { method: "PUT", headers, body: text });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const tags = await registry.fetch(`${mount}/-/package/proto/dist-tags/__proto__`, {
      method: "PUT",
      headers,
      body: '"1.0.0"',
    });
    expect(tags.status).toBe(400);
  });

  test("a body that says that it is larger than the limit, before it is read", async () => {
    const { request } = await import("node:http");
    const { value } = await registry.mint();
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        `${registry.url}${mount}/large`,
        { method: "PUT", headers: { authorization: `Bearer ${value}`, "content-length": 200 * 1024 * 1024 } },
        (response) => {
          resolve(response.statusCode);
          sent.destroy();
        },
      );
      sent.on("error", reject);
      sent.write("{");
    });
    expect(answer).toBe(413);
  });
});

function edit(body: ReturnType<typeof publishBody>, change: Record<string, unknown>) {
  return { ...body, versions: { "1.0.0": { ...body.versions["1.0.0"], ...change } } };
}
