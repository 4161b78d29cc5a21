/** npm and its kin at a registry that a team already runs, through our tokens. What both have logged decides. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../src/secret.ts";
import { startRegistry } from "../support/registry.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, revoke, setUp } from "./job.ts";
import { type Machine, openMachine } from "./machine.ts";
import { startVerdaccio, type Verdaccio } from "./servers/verdaccio.ts";
import { fail, npmPackage, succeed } from "./wares.ts";

const mount = "/artifactory/api/npm/npm";

/** The team's, for all tests here: each has packages with names of its own. It takes longer to start than a test. */
let behind: Machine;
let verdaccio: Verdaccio;

/** The registry with the gateway to Verdaccio, and a person with an agent and with nothing else. */
async function openTeam() {
  const earlier = verdaccio.requests().length;
  const npm = new Secret(verdaccio.credential);
  const registry = await startRegistry({ gateway: { upstreams: { npm } } });
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
  });
  const agent = await agentOn(machine);
  await machine.write("app/package.json", '{ "name": "app", "version": "1.0.0", "private": true }');
  const run: Machine["run"] = (command, args, options) =>
    machine.run(command, typeof args === "string" ? args.split(" ") : args, {
      cwd: machine.at("app"),
      ...options,
    });
  return {
    /** What has come to Verdaccio since. */
    requests: () => verdaccio.requests().slice(earlier),
    registry,
    machine,
    agent,
    run,
    npm: (args: string | string[], cwd?: string) => run("npm", args, cwd === undefined ? {} : { cwd }),
    /** With an empty cache: what was published from here is in npm's own. */
    install: (name: string) => run("npm", ["install", name, "--cache", machine.at("other-cache")]),
    publish: async (name: string, version: string, flags = "") =>
      machine.run("npm", `publish ${flags}`.trim(), { cwd: await npmPackage(machine, name, version) }),
    /** `METHOD STATUS PATH` of what came to us with this token. */
    asked: (token: string) =>
      registry.log
        .filter((line) => line.token === token && `${line.path}`.startsWith(mount))
        .map(({ method, status, path }) => `${method} ${status} ${`${path}`.slice(mount.length)}`),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

describeWith(["npm"], "npm through the gateway to Verdaccio", () => {
  beforeAll(async () => {
    behind = await openMachine();
    verdaccio = await startVerdaccio(behind);
  });
  afterAll(() => behind[Symbol.asyncDispose]());

  test.each(["tool", "@acme/tool"])(
    "is set up by the agent and does its whole work there with %s; Verdaccio sees its own user alone",
    async (name) => {
      await using team = await openTeam();
      const { agent, npm, install, publish, registry, requests, machine, asked } = team;
      const id = await setUp(agent, "npm", { permission: "read_write" });
      expect(await check(agent, "npm")).toMatch(/works/);
      expect(await succeed(npm("whoami"))).toBe("admin\n");

      const escaped = name.replace("/", "%2f");
      await succeed(publish(name, "1.0.0"));
      await succeed(publish(name, "1.1.0-rc.1", "--tag next"));
      expect(JSON.parse(await succeed(npm(`view ${name} dist.tarball --json`)))).toBe(
        `${registry.url}${mount}/${name}/-/tool-1.0.0.tgz`,
      );
      await succeed(install(name));
      expect(await readFile(machine.at("app/node_modules", name, "index.js"), "utf8")).toBe(
        `// ${name} 1.0.0\n`,
      );
      expect(await succeed(npm(`dist-tag ls ${name}`))).toBe("latest: 1.0.0\nnext: 1.1.0-rc.1\n");
      await succeed(npm(`dist-tag add ${name}@1.0.0 stable`));
      await succeed(npm(`dist-tag rm ${name} next`));
      await succeed(npm(["deprecate", `${name}@1.0.0`, "too old"]));
      expect(JSON.parse(await succeed(npm(`view ${name}@1.0.0 deprecated --json`)))).toBe("too old");
      await succeed(npm(`unpublish ${name}@1.1.0-rc.1`));
      expect(JSON.parse(await succeed(npm(`view ${name} versions --json`)))).toEqual(["1.0.0"]);
      expect(asked(id)).toEqual(
        expect.arrayContaining([
          `PUT 201 /${escaped}`,
          `GET 200 /${name}/-/tool-1.0.0.tgz`,
          `PUT 201 /-/package/${escaped}/dist-tags/stable`,
          `DELETE 201 /-/package/${escaped}/dist-tags/next`,
        ]),
      );
      await succeed(npm(`uninstall ${name}`));
      await succeed(npm(`unpublish ${name} --force`));
      expect(await fail(npm(`view ${name}`))).toContain("E404");

      expect(requests().filter((line) => !line.startsWith("gateway "))).toEqual([]);
      expect(JSON.stringify(requests())).not.toContain("flyt_");
      expect(JSON.stringify(registry.log)).not.toMatch(new RegExp(`${verdaccio.url}|${verdaccio.password}`));
    },
  );

  test("installs from a lockfile, with what the packages need, and finds nothing of Verdaccio's address in it", async () => {
    await using team = await openTeam();
    const { agent, npm, install, publish, machine, registry } = team;
    await setUp(agent, "npm", { permission: "read_write" });
    await succeed(publish("part", "1.2.0"));
    const folder = await npmPackage(machine, "whole", "1.0.0");
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "whole", version: "1.0.0", dependencies: { part: "^1.0.0" } }),
    );
    await succeed(npm("publish", folder));
    await succeed(install("whole"));
    const lock = await readFile(machine.at("app/package-lock.json"), "utf8");
    expect(JSON.parse(lock).packages["node_modules/part"].resolved).toBe(
      `${registry.url}${mount}/part/-/part-1.2.0.tgz`,
    );
    expect(lock).not.toContain(new URL(verdaccio.url).host);
    await succeed(npm("ci"));
  });

  test("is told why it may not publish with a read-only token, and is refused on the next request when it is revoked", async () => {
    await using team = await openTeam();
    const { agent, npm, install, publish, requests, asked } = team;
    const writer = await setUp(agent, "npm", { permission: "read_write" });
    await succeed(publish("guarded", "1.0.0"));
    const reader = await setUp(agent, "npm", { permission: "read_only" });
    await succeed(install("guarded"));
    const before = requests().length;
    expect(await fail(publish("guarded", "2.0.0"))).toMatch(/E403.*read-only/s);
    expect(await fail(npm(["deprecate", "guarded", "x"]))).toMatch(/E403.*read-only/s);
    expect(await fail(npm("unpublish guarded --force"))).toMatch(/E403.*read-only/s);
    expect(await fail(npm("dist-tag add guarded@1.0.0 next"))).toMatch(/E403.*read-only/s);
    expect(asked(reader).filter((line) => line.includes(" 403 "))).toHaveLength(4);
    expect(
      requests()
        .slice(before)
        .filter((line) => !line.includes(" GET ")),
    ).toEqual([]);

    await revoke(agent, [reader, writer]);
    const after = requests().length;
    expect(await fail(npm("view guarded"))).toContain("E401");
    expect(await check(agent, "npm")).toMatch(/does not work: the token .+ is revoked/);
    expect(requests()).toHaveLength(after);
  });

  test("cannot log in to Verdaccio, nor manage its tokens", async () => {
    await using team = await openTeam();
    const { agent, npm, requests } = team;
    await setUp(agent, "npm", { permission: "read_write" });
    for (const args of ["token list", "profile get", "owner add ann tool", "access list packages"])
      expect(await fail(npm(args)), args).toMatch(/E403.*generate_token/s);
    expect(requests()).toEqual([]);
  });

  test("publishes and installs 20 MB through it", async () => {
    await using team = await openTeam();
    const { agent, npm, install, machine } = team;
    await setUp(agent, "npm", { permission: "read_write" });
    const folder = await npmPackage(machine, "large", "1.0.0");
    const content = randomBytes(20 * 1024 * 1024);
    await writeFile(join(folder, "content.bin"), content);
    await succeed(npm("publish", folder));
    await succeed(install("large"));
    expect((await readFile(machine.at("app/node_modules/large/content.bin"))).equals(content)).toBe(true);
  });

  test("pnpm publishes and installs, too", async () => {
    await using team = await openTeam();
    const { agent, machine, run, requests } = team;
    const program = join(import.meta.dirname, "programs/node_modules/pnpm/pnpm");
    await machine.write("bin/pnpm", `#!/bin/sh\nexec '${program}' "$@"\n`, 0o755);
    await machine.write(".config/pnpm/config.yaml", "minimumReleaseAge: 0\n");
    await setUp(agent, "pnpm", { permission: "read_write" });
    expect(await succeed(run("pnpm", "whoami"))).toContain("admin");
    const folder = await npmPackage(machine, "@acme/other", "1.0.0");
    await succeed(run("pnpm", "publish --no-git-checks", { cwd: folder }));
    await succeed(run("pnpm", "add @acme/other"));
    expect(await readFile(machine.at("app/node_modules/@acme/other/index.js"), "utf8")).toBe(
      "// @acme/other 1.0.0\n",
    );
    expect(requests()).toContainEqual(expect.stringMatching(/^gateway PUT 201 \/@acme%2[fF]other$/));
  });

  // The last one: Verdaccio is away then.
  test("is told that it is not its fault when Verdaccio does not know the gateway, or is away", async () => {
    await using team = await openTeam();
    const { agent, npm, machine } = team;
    await setUp(agent, "npm");
    const npm401 = new Secret(verdaccio.credential.replace("gateway:", "stranger:"));
    await using stranger = await startRegistry({ gateway: { upstreams: { npm: npm401 } } });
    const { value } = await stranger.mint();
    const key = `--//${new URL(stranger.url).host}${mount}/:_authToken=${value}`;
    const flags = [`--registry=${stranger.url}${mount}/`, key];
    const said = await fail(machine.run("npm", ["view", "tool", ...flags]));
    expect(said).toMatch(/E502.*FLY_TOKENS_GATEWAY.*Your token is good/s);
    await verdaccio.stop();
    expect(await fail(npm("view tool"))).toMatch(/E502.*cannot be reached/s);
    expect(await succeed(npm("whoami"))).toBe("admin\n");
  });
});
