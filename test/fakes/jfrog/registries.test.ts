/** The fake's repositories: each package manager's own proof of a token, and what a scope lets through. */
import { describe, expect, it } from "vitest";
import { docker } from "../../../src/package-managers/docker.ts";
import { go } from "../../../src/package-managers/go.ts";
import { gradle } from "../../../src/package-managers/gradle.ts";
import { helm } from "../../../src/package-managers/helm.ts";
import { maven } from "../../../src/package-managers/maven.ts";
import { npm } from "../../../src/package-managers/npm.ts";
import { nuget } from "../../../src/package-managers/nuget.ts";
import { pip } from "../../../src/package-managers/pip.ts";
import { Secret } from "../../../src/secret.ts";
import { ask, basic, tokens } from "./ask.ts";
import { startFakeJfrog } from "./fake.ts";

describe.each([
  [npm, "/artifactory/api/npm/npm/"],
  [pip, "/artifactory/api/pypi/pypi/simple"],
  [go, "/artifactory/api/go/go"],
  [maven, "/artifactory/maven"],
  [gradle, "/artifactory/gradle/"],
  [nuget, "/artifactory/api/nuget/v3/nuget/index.json"],
  [docker, "docker"],
  [helm, "helmoci"],
])("$id", (manager, place) => {
  it.each(["JWT", "reference"])("proves a %s, and finds out that it was revoked", async (form) => {
    await using fake = await startFakeJfrog();
    const { id, value, reference } = fake.addToken({ reference: true });
    const target = {
      ...(place.startsWith("/") ? { url: fake.url + place } : { url: fake.host, path: place }),
      username: "bob@example.com",
      secret: new Secret((form === "JWT" ? value : reference) ?? ""),
    };
    expect(await manager.verify(target, fetch)).toMatchObject({ ok: true });
    expect(await manager.verify({ ...target, username: "somebody" }, fetch)).toMatchObject(
      manager === npm ? { ok: true } : { ok: false, status: 401 },
    );
    await ask(fake, fake.admin.token, `DELETE ${tokens}/${id}`);
    expect(await manager.verify(target, fetch)).toMatchObject({ ok: false, status: 401 });
  });
});

const writes = [
  "PUT /artifactory/api/npm/npm/hello",
  "POST /artifactory/api/pypi/pypi/",
  "PUT /artifactory/maven/com/acme/hello/1/hello-1.pom",
  "PUT /artifactory/api/generic/hello/1/hello.txt",
  "PUT /fly/api/v1/generic/hello/1/hello.txt",
  "PUT /v2/docker/acme/hello/manifests/1",
];

it.each(writes)("%s needs a scope that writes; what is written can be read", async (write) => {
  await using fake = await startFakeJfrog();
  const all = fake.repositories.map(({ key }) => key);
  const scoped = (actions: string) =>
    fake.addToken({ scope: all.map((key) => `artifact:${key}:${actions}`).join(" ") }).value;
  expect((await ask(fake, scoped("r"), write, { name: "hello" })).status).toBe(403);
  expect((await ask(fake, "", write, { name: "hello" })).status).toBe(401);
  expect((await ask(fake, scoped("r,w"), write, { name: "hello" })).ok).toBe(true);
  if (write.startsWith("PUT")) {
    const read = write.replace("PUT", "GET");
    const again = write.includes("/npm/") ? 201 : 403;
    expect((await ask(fake, scoped("r,w"), write, { name: "hello" })).status).toBe(again);
    expect((await ask(fake, scoped("r,w,d"), write, { name: "hello" })).status).toBe(201);
    expect((await ask(fake, scoped("r"), read)).body).toEqual({ name: "hello" });
    expect((await ask(fake, fake.addToken({ scope: "artifact:elsewhere:r" }).value, read)).status).toBe(403);
  }
});

it("a scope below a repository lets through what is below it", async () => {
  await using fake = await startFakeJfrog();
  fake.files.set("docker/acme/app/1", "{}").set("docker/other/app/1", "{}");
  const token = fake.addToken({ scope: "artifact:docker/acme:r" }).value;
  const status = async (image: string) =>
    (await ask(fake, token, `GET /v2/docker/${image}/manifests/1`)).status;
  expect(await status("acme/app")).toBe(200);
  expect(await status("other/app")).toBe(403);
});

it("docker's login gives a token of its own, which ends with the other", async () => {
  await using fake = await startFakeJfrog();
  const { username, token, record } = fake.developer;
  const { body } = await ask(fake, basic(username, token), "GET /v2/token?service=x");
  const { token: pass } = body as { token: string };
  expect((await ask(fake, pass, "GET /v2/")).status).toBe(200);
  await ask(fake, token, `DELETE ${tokens}/${record.id}`);
  expect((await ask(fake, pass, "GET /v2/")).status).toBe(401);
});

it("says which repositories there are, to whom it lets ask, and who may read there", async () => {
  await using fake = await startFakeJfrog({ keys: { pypi: "pip", npm: ["npm", "npm-old"], go: [] } });
  const list = "GET /artifactory/api/repositories";
  const { body } = await ask(fake, fake.developer.token, `${list}?packageType=pypi`);
  expect(body).toEqual([
    { key: "pip", type: "VIRTUAL", url: `${fake.url}/artifactory/pip`, packageType: "Pypi" },
  ]);
  const keys = async (token: string) =>
    ((await ask(fake, token, list)).body as { key: string }[]).map(({ key }) => key);
  expect(await keys(fake.addToken({ scope: "artifact:npm*:r" }).value)).toEqual(["npm", "npm-old"]);
  expect(await keys(fake.developer.token)).not.toContain("go");
  fake.settings.listsRepositories = false;
  expect((await ask(fake, fake.developer.token, list)).status).toBe(403);
  expect(fake.violations).toEqual([]);
});
