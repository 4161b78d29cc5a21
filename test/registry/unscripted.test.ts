/** That nothing which others have put here runs in the browser of whoever is logged in at the token page. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { push } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { fileClient } from "./maven/client.ts";
import { npmClient, mount as npmMount, publishBody } from "./npm/client.ts";
import { pypiClient, mount as pypiMount } from "./pypi/client.ts";

const script = "<script xmlns='http://www.w3.org/1999/xhtml'>document.title = 'owned'</script>";
const page = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>${script}</head></html>`;

/** The same page as an artifact of each kind. @returns the addresses at which it is read */
async function publishEverywhere(registry: TestRegistry, token: string): Promise<string[]> {
  const generic = "/artifactory/api/generic";
  const maven = "/artifactory/maven";
  const took = async (answer: Promise<Response>) => expect((await answer).status).toBeLessThan(300);
  const files = ["page.html", "page.svg", "page.xml", "page.xhtml", "page.js", "page"];
  for (const file of files) {
    await took(fileClient(registry, token, generic).put(`/site/1/${file}`, page));
    await took(fileClient(registry, token).put(`/site/page/1/${file}`, page));
  }
  await took(fileClient(registry, token).put("/site/page/1/page-1.pom", page));
  const bytes = Buffer.from(page);
  const npm = npmClient(registry, token);
  const wanted = { tarball: bytes, manifest: { description: page, readme: page } };
  await took(npm.send("PUT", "/site", publishBody("site", "1.0.0", wanted)));
  await took(
    pypiClient(registry, token).upload("site-1.0.tar.gz", bytes, { requires_python: ">=3", summary: page }),
  );
  await push(registry, token, "docker/site", "1");
  const digest = `sha256:${createHash("sha256").update(page).digest("hex")}`;
  await took(
    registry.fetch(`/v2/docker/site/blobs/uploads/?digest=${digest}`, {
      method: "POST",
      body: page,
      headers: { authorization: `Bearer ${token}`, "content-type": "text/html" },
    }),
  );
  return [
    ...files.flatMap((file) => [`${generic}/site/1/${file}`, `${maven}/site/page/1/${file}`]),
    ...[`${maven}/site/page/1/page-1.pom`, `${maven}/site/page/1/page-1.pom.sha1`, maven],
    ...[generic, `${generic}/site`, `${generic}/site/1`],
    ...["/site", "/site/1.0.0", "/site/-/site-1.0.0.tgz", "/-/v1/search"].map((path) => npmMount + path),
    ...["/simple/", "/simple/site/", "/packages/site-1.0.tar.gz"].map((path) => pypiMount + path),
    ...[`blobs/${digest}`, "manifests/1", "tags/list"].map((path) => `/v2/docker/site/${path}`),
  ];
}

describe("what a browser finds at the address of an artifact", () => {
  test("runs nothing and belongs to no origin: in every room, read, in part, unchanged and refused", async () => {
    await using registry = await startRegistry();
    const { value } = await registry.mint();
    const authorization = `Basic ${Buffer.from(`admin:${value}`).toString("base64")}`;
    const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const loose: unknown[] = [];
    for (const path of await publishEverywhere(registry, value)) {
      const whole = await registry.fetch(path, { headers: { authorization, accept } });
      expect([path, whole.status]).toEqual([path, 200]);
      const etag = whole.headers.get("etag") ?? "";
      const answers = [
        whole,
        await registry.fetch(path, { method: "HEAD", headers: { authorization, accept } }),
        await registry.fetch(path, { headers: { authorization, accept, range: "bytes=0-9" } }),
        await registry.fetch(path, { headers: { authorization, accept, "if-none-match": etag } }),
        await registry.fetch(path, { headers: { authorization: "Basic eDp4", accept } }),
        await registry.fetch(`${path}/${encodeURIComponent("<script>")}`, {
          headers: { authorization, accept },
        }),
      ];
      for (const { status, headers } of answers) {
        const policy = headers.get("content-security-policy") ?? "";
        const isTied = /(^|; )sandbox(?!.*allow-(scripts|same-origin))/.test(policy);
        if (!isTied || headers.get("x-content-type-options") !== "nosniff")
          loose.push([path, status, policy]);
      }
      const isIndex = path.startsWith(`${pypiMount}/simple/`);
      expect([path, /html|svg|javascript/.test(whole.headers.get("content-type") ?? "")]).toEqual([
        path,
        isIndex,
      ]);
    }
    expect(loose).toEqual([]);
  });

  test("is as little where nothing is, and where tokens are managed", async () => {
    await using registry = await startRegistry();
    for (const path of [
      "/nowhere",
      "/fly/api/v1/tokens",
      "/fly/api/v1/nothing",
      "/fly/api/v1/health",
      "/v2/token",
    ]) {
      const { headers } = await registry.fetch(path);
      expect([path, headers.get("content-security-policy")]).toEqual([
        path,
        expect.stringContaining("sandbox"),
      ]);
    }
  });
});
