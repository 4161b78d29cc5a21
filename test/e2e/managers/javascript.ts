/** The clients of an npm registry besides npm: how each is started, and what all of them must do with a token. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { type Agent, agentOn } from "../agent.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

export interface Client {
  manager: string;
  /** What a person types. */
  command: string;
  /** The program that it is, below the folder of the programs that tests drive. */
  program: string;
  publish: string;
  /** What has to be run in a project before it can publish. */
  prepare?: string;
  add: string;
  /** What it says where its token is no longer known. */
  refusal: RegExp;
  /** What must be in a project besides package.json. */
  project?: Readonly<Record<string, string>>;
  /** Files of the user's, by their place in the home folder. */
  before: Readonly<Record<string, string>>;
}

export interface World extends AsyncDisposable {
  registry: TestRegistry;
  machine: Machine;
  agent: Agent;
  /** Makes a project. @returns its folder */
  project(name: string, version?: string): Promise<string>;
  run(args: string, cwd?: string, env?: Record<string, string>): ReturnType<Machine["run"]>;
  /** `METHOD NAME STATUS` of what the registry was asked with this token, or with none that it knows, since the last look. */
  asked(token?: string): string[];
}

const programs = join(import.meta.dirname, "../programs/node_modules");
const base = "/artifactory/api/npm/npm/";

/** A registry, and a machine with the client and its user's files. */
export async function openWorld(client: Client, env: Record<string, string> = {}): Promise<World> {
  const registry = await startRegistry();
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    // Yarn 1 takes root for another user unless it believes to be in a fake root.
    FAKEROOTKEY: "1",
    ...env,
  });
  const words = client.program.endsWith(".js") ? [process.execPath] : [];
  const start = [...words, join(programs, client.program)].map((word) => `'${word}'`).join(" ");
  await machine.write(`bin/${client.command}`, `#!/bin/sh\nexec ${start} "$@"\n`, 0o755);
  for (const [file, text] of Object.entries(client.before)) await machine.write(file, text);
  const agent = await agentOn(machine);
  const run: World["run"] = (args, cwd = machine.path, env = {}) =>
    machine.run(client.command, args.split(" "), { cwd, env });
  return {
    registry,
    machine,
    agent,
    async project(name, version = "1.0.0") {
      const files = { "package.json": JSON.stringify({ name, version, license: "MIT" }), ...client.project };
      for (const [file, text] of Object.entries({ ...files, "index.js": `// ${name} ${version}\n` }))
        await machine.write(`projects/${name}-${version}/${file}`, text);
      const folder = machine.at("projects", `${name}-${version}`);
      if (client.prepare !== undefined) await succeed(run(client.prepare, folder));
      return folder;
    },
    run,
    asked(token) {
      const lines = registry.log.splice(0).filter((line) => String(line.path).startsWith(base));
      return lines
        .filter((line) => line.token === token)
        .map(({ method, path, status }) => `${method} ${String(path).slice(base.length)} ${status}`);
    },
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

/** The whole job: set up, publish, install, refused for want of permission, refused when revoked, put back. */
export function doesTheJob(client: Client): void {
  test("publishes and installs, is refused what its token does not allow or when it is revoked, and leaves no trace", async () => {
    await using world = await openWorld(client);
    const { agent, machine, project, run, asked } = world;
    const writer = await setUp(agent, client.manager, { permission: "read_write" });
    await succeed(run(client.publish, await project("hello")));
    expect(asked(writer)).toContain("PUT hello 201");
    const app = await project("app");
    await succeed(run(`${client.add} hello`, app));
    expect(asked(writer)).toEqual(
      expect.arrayContaining(["GET hello 200", "GET hello/-/hello-1.0.0.tgz 200"]),
    );
    expect(await machine.read("projects/app-1.0.0/node_modules/hello/index.js")).toBe("// hello 1.0.0\n");

    const reader = await setUp(agent, client.manager);
    await fail(run(client.publish, await project("hello", "2.0.0")));
    expect(asked(reader)).toContain("PUT hello 403");
    expect(await check(agent, client.manager)).toMatch(/read_only \(it may not publish or push\), active/);

    await revoke(agent, [reader, writer]);
    expect(await fail(run(`${client.add} other`, app))).toMatch(client.refusal);
    expect(asked()).toContainEqual(expect.stringMatching(/^GET other\S* 401$/));
    expect(await check(agent, client.manager)).toMatch(/does not work: the token .+ is revoked/);

    await restore(agent, client.manager);
    await restore(agent, client.manager);
    for (const [file, text] of Object.entries(client.before)) expect(await machine.read(file)).toBe(text);
  });

  test("works in a project that got the registry alone; the token is in the user's file", async () => {
    await using world = await openWorld(client);
    const { registry, agent, machine, project, run, asked } = world;
    const app = await project("app");
    const id = await setUp(agent, client.manager, {
      scope: "project",
      project_dir: app,
      permission: "read_write",
    });
    await succeed(run(client.publish, app));
    expect(asked(id)).toContain("PUT app 201");
    const inProject = Object.entries(await machine.tree()).filter(([file]) => file.startsWith("projects/"));
    expect(JSON.stringify(inProject)).toContain(registry.url);
    expect(JSON.stringify(inProject)).not.toContain("flyt_");
    expect(await check(agent, client.manager, { scope: "project", project_dir: app })).toMatch(/: works/);
  });
}
