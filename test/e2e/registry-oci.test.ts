/** Images with the clients that people have: skopeo, umoci, and docker's command line without an engine. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { run } from "../../src/run.ts";
import { startRegistry } from "../support/registry.ts";
import { describeWith } from "./clients.ts";
import { fail, succeed } from "./wares.ts";

const imageType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const insecure = {
  source: "--src-tls-verify=false",
  target: "--dest-tls-verify=false",
  only: "--tls-verify=false",
};

/** A registry with one token of each kind, and clients whose every file lies in a folder of its own. */
async function workshop() {
  const registry = await startRegistry();
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-e2e-oci-"));
  onTestFinished(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    DOCKER_CONFIG: join(folder, "docker"),
    REGISTRY_AUTH_FILE: join(folder, "auth.json"),
  };
  // With an empty file, docker would look for a credential store of the system.
  await mkdir(env.DOCKER_CONFIG);
  await writeFile(join(env.DOCKER_CONFIG, "config.json"), '{"auths":{"placeholder.invalid":{}}}', {
    mode: 0o600,
  });
  await registry.call("POST", "/environments", { name: "production" });
  const writer = await registry.mint();
  const reader = await registry.mint({ permission: "read_only" });
  const production = await registry.mint({ permission: "read_only", environment: "production" });
  const host = new URL(registry.url).host;

  const start = (program: string, args: readonly string[], input?: string) =>
    run(program, args, { env, cwd: folder, ...(input !== undefined && { input }) });
  const login = (program: string, token: string) =>
    start(
      program,
      ["login", ...(program === "skopeo" ? [insecure.only] : []), "-u", "admin", "--password-stdin", host],
      token,
    );

  /** Makes an image in a local layout. @returns how skopeo calls it */
  async function image(tag: string): Promise<string> {
    const layout = join(folder, "layout");
    if (!(await readdir(folder)).includes("layout"))
      await succeed(start("umoci", ["init", "--layout", layout]));
    await succeed(start("umoci", ["new", "--image", `${layout}:${tag}`]));
    await mkdir(join(folder, tag));
    await writeFile(join(folder, tag, "file"), `${tag}\n`.repeat(200_000));
    await succeed(start("umoci", ["insert", "--image", `${layout}:${tag}`, join(folder, tag), "/data"]));
    return `oci:${layout}:${tag}`;
  }

  const push = (from: string, to: string) =>
    start("skopeo", ["copy", insecure.target, from, `docker://${host}/${to}`]);
  const pull = (from: string, to: string) =>
    start("skopeo", ["copy", insecure.source, `docker://${host}/${from}`, to]);
  const deployments = async () => {
    const answer = await registry.call("GET", "/environments/production/deployments");
    return ((await answer.json()) as { deployments: { image: string; tag?: string; digest: string }[] })
      .deployments;
  };
  return { registry, folder, host, writer, reader, production, start, login, image, push, pull, deployments };
}

const statuses = (log: readonly Record<string, unknown>[], method: string) =>
  log
    .filter((line) => line.method === method && `${line.path}`.startsWith("/v2/docker/"))
    .map(({ status }) => status);

describeWith(["skopeo", "umoci"], "skopeo", () => {
  it("pushes two tags, lists them, and gets back the bytes that it pushed", async () => {
    const { login, image, push, pull, start, host, folder, writer } = await workshop();
    await succeed(login("skopeo", writer.value));
    const local = await image("1.0");
    await succeed(push(local, "docker/org/hello:1.0"));
    await succeed(push(await image("2.0"), "docker/org/hello:2.0"));
    const listed = JSON.parse(
      await succeed(start("skopeo", ["list-tags", insecure.only, `docker://${host}/docker/org/hello`])),
    );
    expect(listed.Tags).toEqual(["1.0", "2.0"]);
    await succeed(pull("docker/org/hello:1.0", "oci:back:1.0"));
    await succeed(start("umoci", ["unpack", "--rootless", "--image", "back:1.0", "bundle"]));
    expect(await readFile(join(folder, "bundle/rootfs/data/file"), "utf8")).toBe("1.0\n".repeat(200_000));
    const raw = (name: string) =>
      succeed(
        start("skopeo", ["inspect", "--raw", ...(name.startsWith("docker:") ? [insecure.only] : []), name]),
      );
    expect(await raw(`docker://${host}/docker/org/hello:1.0`)).toBe(await raw(local));
  });

  it("pushes docker's own format, and copies between repositories without sending the layers again", async () => {
    const { login, image, push, start, host, writer, registry } = await workshop();
    await succeed(login("skopeo", writer.value));
    const local = await image("1.0");
    await succeed(
      start("skopeo", [
        "copy",
        "--format",
        "v2s2",
        insecure.target,
        local,
        `docker://${host}/docker/first:1.0`,
      ]),
    );
    const pushed = await succeed(
      start("skopeo", ["inspect", "--raw", insecure.only, `docker://${host}/docker/first:1.0`]),
    );
    expect(JSON.parse(pushed).mediaType).toBe("application/vnd.docker.distribution.manifest.v2+json");
    registry.log.length = 0;
    await succeed(push(local, "docker/second:1.0"));
    expect(statuses(registry.log, "POST")).toContain(201); // mounted
  });

  it("keeps a folder of an image", async () => {
    const { login, image, push, pull, folder, writer } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    await succeed(pull("docker/hello:1.0", "dir:kept"));
    expect(await readdir(join(folder, "kept"))).toContain("manifest.json");
    await succeed(push("dir:kept", "docker/again:1.0"));
  });

  it("deletes an image, of which it asks for the scope `*`", async () => {
    const { login, image, push, start, host, writer } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    const name = `docker://${host}/docker/hello:1.0`;
    await succeed(start("skopeo", ["delete", insecure.only, name]));
    expect(await fail(start("skopeo", ["inspect", insecure.only, name]))).toContain("manifest unknown");
  });

  it("may read with a read-only token, and is denied to push and to delete without asking again and again", async () => {
    const { login, image, push, pull, start, host, writer, reader, registry } = await workshop();
    await succeed(login("skopeo", writer.value));
    const local = await image("1.0");
    await succeed(push(local, "docker/hello:1.0"));
    await succeed(login("skopeo", reader.value));
    await succeed(pull("docker/hello:1.0", "oci:back:1.0"));
    registry.log.length = 0;
    expect(await fail(push(local, "docker/new:1.0"))).toContain("denied");
    expect(new Set(statuses(registry.log, "POST"))).toEqual(new Set([403]));
    expect(registry.log.length).toBeLessThan(12);
    expect(await fail(push(local, "docker/hello:2.0"))).toContain("denied");
    expect(
      await fail(start("skopeo", ["delete", insecure.only, `docker://${host}/docker/hello:1.0`])),
    ).toContain("403");
    await succeed(pull("docker/hello:1.0", "oci:still:1.0"));
  });

  it("is refused with a revoked, a wrong and no credential", async () => {
    const { login, image, push, pull, start, host, writer, registry } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    expect((await registry.call("POST", `/tokens/${writer.token.id}/revoke`)).status).toBeLessThan(300);
    expect(await fail(pull("docker/hello:1.0", "oci:back:1.0"))).toMatch(/unauthorized|invalid username/);
    expect(await fail(login("skopeo", writer.value))).toContain("invalid username/password");
    expect(await fail(login("skopeo", "wrong"))).toContain("invalid username/password");
    await succeed(start("skopeo", ["logout", host]));
    expect(await fail(pull("docker/hello:1.0", "oci:back:1.0"))).toMatch(
      /unauthorized|authentication required|invalid username/,
    );
  });

  it("deploys with an environment's token: what runs, and that it is behind", async () => {
    const { login, image, push, pull, writer, production, registry, deployments } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    await succeed(login("skopeo", production.value));
    await succeed(pull("docker/hello:1.0", "oci:back:1.0"));
    expect(await deployments()).toMatchObject([
      { image: "docker/hello", tag: "1.0", token_id: production.token.id },
    ]);
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("2.0"), "docker/hello:2.0"));
    await succeed(pull("docker/hello:2.0", "oci:back:2.0"));
    expect(await deployments()).toHaveLength(1);
    const { drift } = (await (await registry.call("GET", "/environments/production/drift")).json()) as {
      drift: unknown[];
    };
    expect(drift).toHaveLength(1);
  });
});

describeWith(["skopeo", "umoci"], "an image for several platforms", () => {
  it("is one deployment, although two manifests are fetched", async () => {
    const { login, image, push, pull, start, host, writer, production, registry, deployments } =
      await workshop();
    await succeed(login("skopeo", writer.value));
    const manifests = [];
    for (const architecture of ["amd64", "arm64"]) {
      await succeed(push(await image(architecture), `docker/hello:${architecture}`));
      const raw = await succeed(
        start("skopeo", ["inspect", "--raw", insecure.only, `docker://${host}/docker/hello:${architecture}`]),
      );
      const digest = `sha256:${createHash("sha256").update(raw).digest("hex")}`;
      manifests.push({
        mediaType: imageType,
        digest,
        size: raw.length,
        platform: { os: "linux", architecture },
      });
    }
    const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
    const headers = { authorization: `Bearer ${writer.value}`, "content-type": indexType };
    expect(
      (await registry.fetch("/v2/docker/hello/manifests/1.0", { method: "PUT", body, headers })).status,
    ).toBe(201);

    await succeed(login("skopeo", production.value));
    await succeed(pull("docker/hello:1.0", "oci:back:1.0"));
    const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
    expect(await deployments()).toMatchObject([{ image: "docker/hello", tag: "1.0", digest }]);
  });
});

describeWith(["docker", "skopeo", "umoci"], "docker's command line", () => {
  it("logs in with a token on stdin and reads a manifest", async () => {
    const { login, image, push, start, host, folder, writer, reader } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    const inspect = () => start("docker", ["manifest", "inspect", "--insecure", `${host}/docker/hello:1.0`]);
    expect(await fail(inspect())).toMatch(/unauthorized|no basic auth|authentication required/i);
    expect(await succeed(login("docker", reader.value))).toContain("Login Succeeded");
    expect(await readFile(join(folder, "docker/config.json"), "utf8")).toContain(host);
    expect(JSON.parse(await succeed(inspect()))).toMatchObject({ schemaVersion: 2 });
  });

  it("is refused with a wrong and with a revoked token", async () => {
    const { login, image, push, start, host, writer, reader, registry } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    expect(await fail(login("docker", "wrong"))).toContain("unauthorized");
    await succeed(login("docker", reader.value));
    await registry.call("POST", `/tokens/${reader.token.id}/revoke`);
    expect(
      await fail(start("docker", ["manifest", "inspect", "--insecure", `${host}/docker/hello:1.0`])),
    ).toContain("unauthorized");
  });

  it("records a deployment for an environment's token", async () => {
    const { login, image, push, start, host, writer, production, deployments } = await workshop();
    await succeed(login("skopeo", writer.value));
    await succeed(push(await image("1.0"), "docker/hello:1.0"));
    await succeed(login("docker", production.value));
    await succeed(start("docker", ["manifest", "inspect", "--insecure", `${host}/docker/hello:1.0`]));
    expect(await deployments()).toMatchObject([{ image: "docker/hello", tag: "1.0" }]);
  });
});
