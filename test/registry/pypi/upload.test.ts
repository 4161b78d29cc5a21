import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount, pypiClient, sha256, uploadForm } from "./client.ts";

let registry: TestRegistry;
let pypi: ReturnType<typeof pypiClient>;
const bytes = Buffer.from("the bytes of a distribution");

beforeAll(async () => {
  registry = await startRegistry();
  pypi = pypiClient(registry, (await registry.mint()).value);
});
afterAll(() => registry.close());

describe("an upload", () => {
  test.each(["", "/"])(
    "to %j below the mount is in the index, and comes back byte for byte",
    async (path) => {
      const file = `fly_up${path.length}-1.0.0-py3-none-any.whl`;
      expect((await pypi.send("POST", path, uploadForm(file, bytes))).status).toBe(200);
      const page = await (await pypi.get(`/simple/fly-up${path.length}/`)).text();
      expect(page).toContain(`href="../../packages/${file}#sha256=${sha256(bytes)}"`);
      const answer = await pypi.get(`/packages/${file}`);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    },
  );

  test("of the same file a second time is no fault", async () => {
    await pypi.upload("again-1.0.0.tar.gz", bytes);
    const answer = await pypi.upload("again-1.0.0.tar.gz", bytes);
    expect([answer.status, await answer.text()]).toEqual([200, "The file was here already.\n"]);
  });

  test("of other bytes under the same name is refused in the words that twine --skip-existing looks for", async () => {
    await pypi.upload("taken-1.0.0.tar.gz", bytes);
    const answer = await pypi.upload("taken-1.0.0.tar.gz", Buffer.from("other bytes"));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^File already exists/);
    expect(Buffer.from(await (await pypi.get("/packages/taken-1.0.0.tar.gz")).arrayBuffer())).toEqual(bytes);
  });

  test("of the same name by many at once is won by one", async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => pypi.upload("race-1.0.0.tar.gz", Buffer.from(`bytes ${n}`))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(await (await pypi.get("/packages/race-1.0.0.tar.gz")).text()).toBe(`bytes ${winner}`);
  });

  test("claims digests that may be upper case, or none at all", async () => {
    expect(
      (await pypi.upload("upper-1.0.0.tar.gz", bytes, { sha256_digest: sha256(bytes).toUpperCase() })).status,
    ).toBe(200);
    expect(
      (await pypi.upload("none-1.0.0.tar.gz", bytes, { sha256_digest: null, md5_digest: null })).status,
    ).toBe(200);
  });

  test("with its blake2 digest is checked against that too", async () => {
    const file = Buffer.from("abc");
    const digest = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
    expect((await pypi.upload("blake-1.0.0.tar.gz", file, { blake2_256_digest: digest })).status).toBe(200);
    expect(
      (await pypi.upload("blake-1.0.1.tar.gz", file, { blake2_256_digest: digest.replace("b", "c") })).status,
    ).toBe(400);
  });

  const faults: [string, string, Record<string, string | null>][] = [
    ["a SHA-256 of something else", "fault-1.0.0.tar.gz", { sha256_digest: "0".repeat(64) }],
    ["an MD5 of something else", "fault-1.0.0.tar.gz", { md5_digest: "0".repeat(32) }],
    ["another project's name", "fault-1.0.0.tar.gz", { name: "other" }],
    ["another version", "fault-1.0.0.tar.gz", { version: "2.0.0" }],
    ["no name", "fault-1.0.0.tar.gz", { name: null }],
    ["a name that is none", "fault-1.0.0.tar.gz", { name: "../fault" }],
    ["a version that is none", "fault-1.0.0.tar.gz", { version: "newest" }],
    ["another action", "fault-1.0.0.tar.gz", { ":action": "submit" }],
    ["no action", "fault-1.0.0.tar.gz", { ":action": null }],
    ["a file type that the name contradicts", "fault-1.0.0.tar.gz", { filetype: "bdist_wheel" }],
    ["an egg", "fault-1.0.0-py3.egg", {}],
    ["a path for a file name", "../../fault-1.0.0.tar.gz", { name: "fault", version: "1.0.0" }],
    ["a line break in requires_python", "fault-1.0.0.tar.gz", { requires_python: ">=3\n<x>" }],
    ["a requires_python without end", "fault-1.0.0.tar.gz", { requires_python: ">".repeat(1000) }],
  ];
  test.each(faults)("with %s is refused, and nothing kept", async (_what, file, change) => {
    const answer = await pypi.upload(file, bytes, change);
    expect([answer.status, (await answer.text()).length > 10]).toEqual([400, true]);
    expect((await pypi.get("/simple/fault/")).status).toBe(404);
    expect((await pypi.get("/packages/fault-1.0.0.tar.gz")).status).toBe(404);
  });

  test("without a file, or with a text instead of one, is refused", async () => {
    const form = uploadForm("fault-1.0.0.tar.gz", bytes);
    form.set("content", "text");
    expect((await pypi.send("POST", "/", form)).status).toBe(400);
    form.delete("content");
    expect((await pypi.send("POST", "/", form)).status).toBe(400);
  });

  test("that is no form is refused", async () => {
    expect((await pypi.send("POST", "/", "{}", { "content-type": "application/json" })).status).toBe(400);
    expect((await pypi.send("POST", "/", "x", { "content-type": "multipart/form-data" })).status).toBe(400);
  });

  test("that says that it is larger than the limit is refused before it is read", async () => {
    const { request } = await import("node:http");
    const { value } = await registry.mint();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${value}`,
        "content-length": 200 * 1024 * 1024,
        "content-type": "multipart/form-data; boundary=x",
      };
      const sent = request(`${registry.url}${mount}/`, { method: "POST", headers }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.write("--x");
    });
    expect(status).toBe(413);
  });

  test.each(["/simple/", "/simple/fly/", "/packages/fly-1.0.0.tar.gz", "/legacy"])(
    "to %s, where nothing is uploaded, is a 404",
    async (path) => {
      expect((await pypi.send("POST", path, uploadForm("fly-1.0.0.tar.gz", bytes))).status).toBe(404);
    },
  );
});

describe("access", () => {
  test("a read-only token reads and does not upload", async () => {
    await pypi.upload("shared-1.0.0.tar.gz", bytes);
    const reader = pypiClient(registry, (await registry.mint({ permission: "read_only" })).value);
    for (const path of ["/simple/", "/simple/shared/", "/packages/shared-1.0.0.tar.gz"])
      expect((await reader.get(path)).status).toBe(200);
    const answer = await reader.upload("shared-2.0.0.tar.gz", bytes);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("read-only")]);
    expect((await pypi.get("/packages/shared-2.0.0.tar.gz")).status).toBe(404);
  });

  test.each([
    ["GET", "/simple/"],
    ["GET", "/simple/shared/"],
    ["GET", "/simple/unknown/"],
    ["GET", "/packages/shared-1.0.0.tar.gz"],
    ["POST", "/"],
    ["POST", ""],
  ])(
    "without a credential, %s %j is a 401 that asks for Basic, so that pip sends what it has",
    async (method, path) => {
      const answer = await fetch(`${registry.url}${mount}${path}`, { method });
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
        401,
        expect.stringMatching(/^Basic realm="/),
      ]);
    },
  );

  test("a wrong credential is a 401, and a user's key a 403 that says what to do", async () => {
    expect((await pypiClient(registry, "wrong").get("/simple/")).status).toBe(401);
    const answer = await pypi.send("GET", "/simple/", null, { authorization: `Bearer ${registry.adminKey}` });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("mint a token")]);
  });
});
