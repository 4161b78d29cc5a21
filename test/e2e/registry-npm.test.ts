/** The npm room with the npm that people have. What the registry has logged decides, and then what the client says. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type RunResult, run } from "../../src/run.ts";
import { startRegistry, type TestRegistry, type TestRegistryOptions } from "../support/registry.ts";
import { describeWith } from "./clients.ts";
import { fail, succeed } from "./wares.ts";

const mount = "/artifactory/api/npm/npm";

async function registryFor(options?: TestRegistryOptions): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

/** Somebody with a home, a cache and a configuration of their own. @param lines of .npmrc besides registry */
async function person(registry: TestRegistry, ...lines: string[]) {
  const home = await mkdtemp(join(tmpdir(), "fly-tokens-e2e-npm-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const project = join(home, "project");
  await mkdir(project);
  await writeFile(
    join(project, "package.json"),
    '{ "name": "project", "version": "1.0.0", "private": true }',
  );
  await writeFile(join(home, ".npmrc"), [`registry=${registry.url}${mount}/`, ...lines, ""].join("\n"), {
    mode: 0o600,
  });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    NPM_CONFIG_USERCONFIG: join(home, ".npmrc"),
    NPM_CONFIG_GLOBALCONFIG: join(home, "no-global-npmrc"),
    NPM_CONFIG_CACHE: join(home, ".npm"),
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    NPM_CONFIG_FETCH_RETRIES: "0",
  };
  const npm = (args: string | string[], cwd = project): Promise<RunResult> =>
    run("npm", typeof args === "string" ? args.split(" ") : args, { env, cwd, timeout: 60_000 });
  return {
    npm,
    project,
    /** Publishes a package whose module exports its version. */
    async publish(
      name: string,
      version: string,
      more: Record<string, unknown> = {},
      flags = "",
    ): Promise<RunResult> {
      const folder = join(home, "packages", name, version);
      await mkdir(folder, { recursive: true });
      await writeFile(
        join(folder, "package.json"),
        JSON.stringify({ name, version, description: `About ${name}`, ...more }),
      );
      await writeFile(join(folder, "index.js"), `module.exports = ${JSON.stringify(version)};\n`);
      return npm(`publish ${flags}`.trim(), folder);
    },
    installed: (name: string) => readFile(join(project, "node_modules", name, "index.js"), "utf8"),
  };
}

function bearer(registry: TestRegistry, value: string): string {
  return `//${new URL(registry.url).host}${mount}/:_authToken=${value}`;
}

/** `"PUT 201 /tool"` for each request, in order. */
function requests(registry: TestRegistry): string[] {
  return registry.log
    .filter(({ path }) => `${path}`.startsWith(mount))
    .map(({ method, status, path }) => `${method} ${status} ${`${path}`.slice(mount.length)}`);
}

/** A registry that asks for no credential and remembers who brought one; at another host name than ours. */
async function publicRegistry(names: string[], version: string) {
  const origin = await registryFor();
  const { value } = await origin.mint();
  const publisher = await person(origin, bearer(origin, value));
  for (const name of names) await succeed(publisher.publish(name, version));
  const seen: { url: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization });
    const found = await origin.fetch(mount + request.url, { headers: { authorization: `Bearer ${value}` } });
    const bytes = Buffer.from(await found.arrayBuffer());
    response.end(
      request.url?.endsWith(".tgz") ? bytes : bytes.toString().replaceAll(origin.url + mount, url),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { url, seen };
}

describeWith(["npm"], "npm", () => {
  test.each(["tool", "@acme/tool"])("publishes %s, finds it and installs it elsewhere", async (name) => {
    const registry = await registryFor();
    const credential = bearer(registry, (await registry.mint()).value);
    await succeed((await person(registry, credential)).publish(name, "1.0.0"));
    const escaped = name.replace("/", "%2f");
    expect(requests(registry).at(-1)).toBe(`PUT 201 /${escaped}`);
    const { npm, installed } = await person(registry, credential);
    expect(JSON.parse(await succeed(npm(`view ${name} --json`)))).toMatchObject({
      name,
      version: "1.0.0",
      description: `About ${name}`,
    });
    await succeed(npm(`install ${name}`));
    expect(await installed(name)).toBe('module.exports = "1.0.0";\n');
    expect(requests(registry)).toContain(`GET 200 /${name}/-/tool-1.0.0.tgz`);
    expect(requests(registry)).toContain("POST 200 /-/npm/v1/security/advisories/bulk");
  });

  test("installs from a lockfile with an empty cache, and runs install scripts by what the registry says of them", async () => {
    const registry = await registryFor();
    const credential = bearer(registry, (await registry.mint()).value);
    const first = await person(registry, credential);
    await succeed(first.publish("tool", "1.0.0", { dependencies: { part: "^1.0.0" } }));
    await succeed(
      first.publish("part", "1.2.0", { bin: { part: "index.js" }, scripts: { postinstall: "node -e 0" } }),
    );
    await succeed(first.npm("install tool"));
    const second = await person(registry, credential);
    for (const file of ["package.json", "package-lock.json"])
      await writeFile(join(second.project, file), await readFile(join(first.project, file)));
    await succeed(second.npm("ci"));
    expect(await second.installed("part")).toBe('module.exports = "1.2.0";\n');
    const lock = JSON.parse(await readFile(join(first.project, "package-lock.json"), "utf8"));
    expect(lock.packages["node_modules/part"]).toMatchObject({
      hasInstallScript: true,
      resolved: `${registry.url}${mount}/part/-/part-1.2.0.tgz`,
      bin: { part: "index.js" },
    });
  });

  test("says who it is, with Bearer and with Basic", async () => {
    const registry = await registryFor();
    const { token, value } = await registry.mint({
      key: await registry.addUser("alice"),
      permission: "read_only",
    });
    expect(token.username).toBe("alice");
    const { npm } = await person(registry, bearer(registry, value));
    expect(await succeed(npm("whoami"))).toBe("alice\n");
    expect(await succeed(npm("ping --json"))).toContain(registry.url);
    const basic = bearer(registry, Buffer.from(`alice:${value}`).toString("base64")).replace(
      "_authToken",
      "_auth",
    );
    await succeed((await person(registry, basic)).npm("ping"));
    expect(requests(registry)).toEqual(["GET 200 /-/whoami", "GET 200 /-/ping", "GET 200 /-/ping"]);
  });

  test("moves tags", async () => {
    const registry = await registryFor();
    const { npm, publish } = await person(registry, bearer(registry, (await registry.mint()).value));
    await succeed(publish("@acme/tool", "1.0.0"));
    await succeed(publish("@acme/tool", "2.0.0-rc.1", {}, "--tag next"));
    expect(await succeed(npm("dist-tag ls @acme/tool"))).toBe("latest: 1.0.0\nnext: 2.0.0-rc.1\n");
    await succeed(npm("dist-tag add @acme/tool@2.0.0-rc.1 latest"));
    await succeed(npm("dist-tag rm @acme/tool next"));
    expect(await succeed(npm("dist-tag ls @acme/tool"))).toBe("latest: 2.0.0-rc.1\n");
    expect(requests(registry)).toEqual(
      expect.arrayContaining([
        "PUT 200 /-/package/@acme%2ftool/dist-tags/latest",
        "DELETE 200 /-/package/@acme%2ftool/dist-tags/next",
      ]),
    );
  });

  test("deprecates a version and takes it back", async () => {
    const registry = await registryFor();
    const { npm, publish } = await person(registry, bearer(registry, (await registry.mint()).value));
    await succeed(publish("tool", "1.0.0"));
    await succeed(publish("tool", "1.1.0"));
    await succeed(npm(["deprecate", "tool@<1.1.0", "too old"]));
    expect(JSON.parse(await succeed(npm("view tool@1.0.0 deprecated --json")))).toBe("too old");
    expect(await succeed(npm("view tool@1.1.0 deprecated"))).toBe("");
    const { stderr } = await npm("install tool@1.0.0");
    expect(stderr).toContain("too old");
    await succeed(npm(["deprecate", "tool@1.0.0", ""]));
    expect(await succeed(npm("view tool@1.0.0 deprecated"))).toBe("");
    expect(requests(registry).filter((line) => line === "PUT 200 /tool")).toHaveLength(2);
  });

  test.each(["tool", "@acme/tool"])("unpublishes a version of %s, and then all of it", async (name) => {
    const registry = await registryFor();
    const { npm, publish } = await person(registry, bearer(registry, (await registry.mint()).value));
    for (const version of ["1.0.0", "1.1.0"]) await succeed(publish(name, version));
    await succeed(npm(`unpublish ${name}@1.1.0`));
    expect(JSON.parse(await succeed(npm(`view ${name} versions dist-tags --json`)))).toEqual({
      versions: ["1.0.0"],
      "dist-tags": { latest: "1.0.0" },
    });
    const escaped = name.replace("/", "%2f");
    expect(requests(registry)).toContain(`PUT 200 /${escaped}/-rev/2`);
    expect(requests(registry)).toContain(`DELETE 200 /${name}/-/tool-1.1.0.tgz/-rev/3`);
    await succeed(npm(`unpublish ${name} --force`));
    expect(requests(registry)).toContain(`DELETE 200 /${escaped}/-rev/3`);
    expect(await fail(npm(`view ${name}`))).toContain("was unpublished");
  });

  test("searches", async () => {
    const registry = await registryFor();
    const { npm, publish } = await person(registry, bearer(registry, (await registry.mint()).value));
    await succeed(publish("tool", "1.0.0", { keywords: ["hammer"] }));
    expect(JSON.parse(await succeed(npm("search about --json")))).toMatchObject([
      { name: "tool", version: "1.0.0", keywords: ["hammer"] },
    ]);
  });

  test("is told why it may not publish with a read-only token, which installs", async () => {
    const registry = await registryFor();
    const writer = await person(registry, bearer(registry, (await registry.mint()).value));
    await succeed(writer.publish("tool", "1.0.0"));
    const reader = await person(
      registry,
      bearer(registry, (await registry.mint({ permission: "read_only" })).value),
    );
    await succeed(reader.npm("install tool"));
    expect(await fail(reader.publish("tool", "2.0.0"))).toMatch(/E403.*read-only/s);
    expect(await fail(reader.npm(["deprecate", "tool", "x"]))).toMatch(/E403.*read-only/s);
    expect(await fail(reader.npm("unpublish tool --force"))).toMatch(/E403.*read-only/s);
    expect(await fail(reader.npm("dist-tag add tool@1.0.0 next"))).toMatch(/E403.*read-only/s);
    expect(requests(registry).filter((line) => /^(PUT|DELETE) /.test(line))).toEqual([
      "PUT 201 /tool",
      "PUT 403 /tool",
      "PUT 403 /tool",
      "DELETE 403 /tool/-rev/1",
      "PUT 403 /-/package/tool/dist-tags/next",
    ]);
  });

  test("is told why it may not publish a version twice", async () => {
    const registry = await registryFor();
    const { publish } = await person(registry, bearer(registry, (await registry.mint()).value));
    await succeed(publish("tool", "1.0.0"));
    expect(await fail(publish("tool", "1.0.0", {}, "--force"))).toMatch(
      /E409.*Cannot publish over existing version 1\.0\.0 of tool/s,
    );
    expect(requests(registry).at(-1)).toBe("PUT 409 /tool");
  });

  test("is refused with a token that is wrong, revoked or a user's key", async () => {
    const registry = await registryFor();
    const { token, value } = await registry.mint();
    const { npm } = await person(registry, bearer(registry, value));
    await succeed(npm("whoami"));
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await fail(npm("whoami"))).toContain("E401");
    expect(await fail((await person(registry, bearer(registry, "wrong"))).npm("install tool"))).toContain(
      "E401",
    );
    expect(await fail((await person(registry)).npm("install tool"))).toContain("E401");
    expect(await fail((await person(registry, bearer(registry, registry.adminKey))).npm("whoami"))).toMatch(
      /E403.*mint a token/s,
    );
  });

  test("gets what is not here from upstream, without taking the token there, and what is here from nowhere else", async () => {
    const upstream = await publicRegistry(["theirs", "ours"], "9.0.0");
    const registry = await registryFor({ upstreams: { npm: upstream.url } });
    const { npm, publish, installed } = await person(
      registry,
      bearer(registry, (await registry.mint()).value),
    );
    await succeed(publish("ours", "1.0.0", {}, "--force"));
    await succeed(npm("install theirs ours"));
    expect(await installed("theirs")).toBe('module.exports = "9.0.0";\n');
    expect(await installed("ours")).toBe('module.exports = "1.0.0";\n');
    expect(requests(registry)).toContain("GET 302 /theirs");
    expect(await fail(npm("install ours@9.0.0"))).toContain("ETARGET");
    expect(upstream.seen).toEqual([
      { url: "/theirs", authorization: undefined },
      { url: "/theirs/-/theirs-9.0.0.tgz", authorization: undefined },
    ]);
  });

  test("gets an upstream's tarballs through here where it takes that host for its own registry's", async () => {
    const upstream = await publicRegistry(["theirs"], "9.0.0");
    const registry = await registryFor({ upstreams: { npm: upstream.url } });
    // What npm does by default for the public registry: it asks the configured one for the tarballs.
    const replace = `replace-registry-host=${new URL(upstream.url).hostname}`;
    const { npm, installed } = await person(
      registry,
      bearer(registry, (await registry.mint()).value),
      replace,
    );
    await succeed(npm("install theirs"));
    expect(await installed("theirs")).toBe('module.exports = "9.0.0";\n');
    expect(requests(registry)).toContain("GET 302 /theirs/-/theirs-9.0.0.tgz");
  });

  test("is told which setting to use when there is no upstream", async () => {
    const registry = await registryFor();
    const { npm } = await person(registry, bearer(registry, (await registry.mint()).value));
    expect(await fail(npm("view nosuch"))).toMatch(/E404.*FLY_TOKENS_NPM_UPSTREAM/s);
  });
});
