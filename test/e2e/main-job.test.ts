/** The main job with the clients that people have: an agent sets them up, they work as far as the token lets them, and then they stop. */
import { expect, test } from "vitest";
import { startRegistry } from "../support/registry.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, mint, restore, revoke, setUp } from "./job.ts";
import { type Machine, openMachine } from "./machine.ts";
import { fail, images, npmPackage, succeed, twineUpload } from "./wares.ts";

describeWith(["npm"], "npm", () => {
  const before = "; mine\r\nfund = false\r\n\r\n//other.example/:_authToken = kept";

  test("publishes, installs and says who it is with the file that the agent wrote", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await machine.write(".npmrc", before);
    await setUp(agent, "npm", { permission: "read_write" });
    await succeed(machine.run("npm", "publish", { cwd: await npmPackage(machine, "hello", "1.0.0") }));
    const app = await npmPackage(machine, "app", "1.0.0");
    await succeed(machine.run("npm", "install hello", { cwd: app }));
    expect(await machine.read("packages/app/node_modules/hello/index.js")).toBe("// hello 1.0.0\n");
    expect(await succeed(machine.run("npm", "whoami"))).toBe("admin\n");
    expect(await check(agent, "npm")).toMatch(/^npm: works\n.*token tok_\w+, read_write, active/s);
  });

  test("installs with a read-only token, is refused to publish, and the check says that it may not", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await setUp(agent, "npm", { permission: "read_write" });
    await succeed(machine.run("npm", "publish", { cwd: await npmPackage(machine, "hello", "1.0.0") }));
    await setUp(agent, "npm");
    const app = await npmPackage(machine, "app", "1.0.0");
    await succeed(machine.run("npm", "install hello", { cwd: app }));
    const refused = machine.run("npm", "publish", { cwd: await npmPackage(machine, "hello", "2.0.0") });
    expect(await fail(refused)).toMatch(/E403.*read-only/s);
    expect(await check(agent, "npm")).toMatch(/read_only \(it may not publish or push\), active/);
  });

  test("is refused once the token is revoked, the check says why, and undoing gives back the former bytes", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await machine.write(".npmrc", before);
    const id = await setUp(agent, "npm");
    await revoke(agent, [id]);
    expect(await fail(machine.run("npm", "whoami"))).toContain("E401");
    expect(await check(agent, "npm")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "npm");
    expect(await machine.read(".npmrc")).toBe(before);
  });

  test("works in a project whose own file, which git tracks, got the registry and no token", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await setUp(agent, "npm", { permission: "read_write", npm_scope: "@else" });
    const project = await npmPackage(machine, "app", "1.0.0");
    const rc = "packages/app/.npmrc";
    await machine.write(rc, "; everybody's\nsave-exact=true\n", 0o644);
    const git = (args: string) => succeed(machine.run("git", args, { cwd: project }));
    await git("init --quiet");
    await git("add .npmrc");
    await setUp(agent, "npm", { scope: "project", project_dir: project, permission: "read_write" });
    const registry = `${machine.url}/artifactory/api/npm/npm/`;
    expect(await machine.read(rc)).toBe(`; everybody's\nsave-exact=true\nregistry=${registry}\n`);
    expect(await machine.mode(rc)).toBe(0o644);
    expect(await git("diff --stat")).toContain("1 insertion");
    expect(await machine.read(".npmrc")).toContain("_authToken");
    expect(await succeed(machine.run("npm", "whoami", { cwd: project }))).toBe("admin\n");
    expect(await check(agent, "npm", { scope: "project", project_dir: project })).toContain("npm: works");
  });
});

describeWith(["pip", "twine", "python3"], "pip and twine", () => {
  const download = (machine: Machine, to: string) =>
    machine.run("pip", `download -vv --no-deps --no-cache-dir --dest ${to} fly-hello`);

  test("upload what a read-and-write token may, and download and install with the files that the agent wrote", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await succeed(twineUpload(machine, await mint(agent, "read_write"), "1.0.0"));
    await setUp(agent, "pip");
    expect(await succeed(download(machine, "out"))).toContain("Successfully downloaded");
    await succeed(machine.run("pip", "install --no-deps --no-cache-dir --target site fly-hello"));
    expect(await machine.read("site/fly_hello/__init__.py")).toContain("VERSION = '1.0.0'");
    expect(await check(agent, "pip")).toContain("pip: works");
    expect(await fail(twineUpload(machine, await mint(agent, "read_only"), "2.0.0"))).toContain("403");
  });

  test("are refused once the tokens are revoked, the check says why, and undoing gives back the former bytes", async () => {
    const conf = "# mine\r\n[global]\r\ntimeout : 60\r\n";
    const netrc = "machine other.example login me password kept\n";
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await machine.write(".config/pip/pip.conf", conf);
    await machine.write(".netrc", netrc);
    const uploader = await mint(agent, "read_write");
    await succeed(twineUpload(machine, uploader, "1.0.0"));
    const id = await setUp(agent, "pip");
    await succeed(download(machine, "out"));
    await revoke(agent, [id, uploader.id]);
    expect(await fail(download(machine, "again"))).toMatch(/401.*No matching distribution/s);
    expect(await fail(twineUpload(machine, uploader, "2.0.0"))).toContain("401");
    expect(await check(agent, "pip")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "pip");
    expect(await machine.read(".config/pip/pip.conf")).toBe(conf);
    expect(await machine.read(".netrc")).toBe(netrc);
  });
});

describeWith(["docker", "skopeo", "umoci"], "docker and skopeo", () => {
  const before = '{\n\t"auths": { "other.example": {} },\n\t"psFormat": "table {{.Names}}"\n}';

  test("log in, push, pull and read manifests, until the token is revoked; undoing gives back the former bytes", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await machine.write(".docker/config.json", before);
    // Everything that docker is asked, written down by a program of its name that comes first on PATH.
    await machine.write(
      "bin/docker",
      `#!/bin/sh\necho "$@" >> "$HOME/asked"\nPATH="\${PATH#*:}" exec docker "$@"\n`,
      0o755,
    );
    const { push, pull, inspect } = images(machine);
    const writer = await setUp(agent, "docker", { permission: "read_write" });
    expect(await machine.read("asked")).toBe(`login ${machine.host} -u admin --password-stdin\n`);
    await succeed(push("1.0", "docker/hello:1.0"));
    await succeed(pull("docker/hello:1.0", "first"));
    expect(JSON.parse(await succeed(inspect("docker/hello:1.0")))).toMatchObject({ schemaVersion: 2 });

    const reader = await setUp(agent, "docker");
    await succeed(pull("docker/hello:1.0", "second"));
    expect(await fail(push("2.0", "docker/hello:2.0"))).toContain("denied");
    expect(await check(agent, "docker")).toMatch(/read_only \(it may not publish or push\), active/);

    await revoke(agent, [reader, writer]);
    expect(await fail(inspect("docker/hello:1.0"))).toMatch(/unauthorized/i);
    expect(await fail(pull("docker/hello:1.0", "third"))).toMatch(/unauthorized|invalid username/);
    expect(await check(agent, "docker")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "docker");
    await restore(agent, "docker");
    expect(await machine.read(".docker/config.json")).toBe(before);
  });

  test("show an agent what runs where, what ran before and what is behind, by pulls with an environment's token", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await agent.call("create_environment", { name: "production" });
    const { username, token, id } = await mint(agent, "read_only", { environment: "production" });
    await setUp(agent, "docker", { permission: "read_write" });
    const { push, pull, digest } = images(machine);
    for (const tag of ["1.0", "2.0"]) await succeed(push(tag, `docker/hello:${tag}`));
    for (const [index, tag] of ["1.0", "2.0", "1.0"].entries())
      await succeed(pull(`docker/hello:${tag}`, `pulled-${index}`, `${username}:${token}`));
    await succeed(push("3.0", "docker/hello:3.0"));
    const digests = { "1.0": await digest("docker/hello:1.0"), "3.0": await digest("docker/hello:3.0") };
    const { data, text } = await agent.call("describe_environment", { name: "production" });
    expect(data.environments).toMatchObject([
      {
        name: "production",
        tokens: 1,
        running: [{ image: "docker/hello", tag: "1.0", digest: digests["1.0"] }],
        drift: [{ image: "docker/hello", running: digests["1.0"], latest: digests["3.0"], behind: 2 }],
        history: ["1.0", "2.0", "1.0"].map((tag) => ({ image: "docker/hello", tag, token_id: id })),
      },
    ]);
    expect(text).toMatch(/docker\/hello:1\.0 .*, 2 pushes behind/);
    expect((await agent.call("get_token", { id })).data.last_pulls).toHaveLength(3);
  });
});

describeWith(["npm", "pip", "docker", "skopeo", "umoci"], "npm, pip, skopeo and docker", () => {
  test("are refused once their tokens have expired, and the check says so", async () => {
    let now = new Date();
    await using registry = await startRegistry({ now: () => now });
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    for (const manager of ["npm", "pip", "docker"])
      await setUp(agent, manager, { permission: "read_write", expires: "2h" });
    const { push, pull, inspect } = images(machine);
    await succeed(push("1.0", "docker/hello:1.0"));
    expect(await succeed(machine.run("npm", "whoami"))).toBe("admin\n");

    now = new Date(now.getTime() + 3 * 3_600_000);
    registry.log.length = 0;
    expect(await fail(machine.run("npm", "whoami"))).toContain("E401");
    await fail(machine.run("pip", "download --no-deps fly-hello"));
    expect(await fail(pull("docker/hello:1.0", "back"))).toMatch(/unauthorized|invalid username/);
    expect(await fail(inspect("docker/hello:1.0"))).toMatch(/unauthorized/i);
    expect(new Set(registry.log.map(({ status }) => status))).toEqual(new Set([401]));
    for (const manager of ["npm", "pip", "docker"])
      expect(await check(agent, manager)).toMatch(/does not work: the token .+ is expired/);
  });
});
