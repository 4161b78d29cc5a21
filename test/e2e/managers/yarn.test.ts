/** Yarn 1 with the files that the agent wrote. */
import { describe, expect, test } from "vitest";
import { setUp } from "../job.ts";
import { fail, npmPackage, succeed } from "../wares.ts";
import { type Client, doesTheJob, openWorld } from "./javascript.ts";

const yarn: Client = {
  manager: "yarn",
  command: "yarn",
  program: "yarn-classic/bin/yarn.js",
  publish: "publish --non-interactive --no-git-tag-version",
  add: "add --no-progress",
  refusal: /error Error: .*: The credential is unknown, expired or revoked/,
  before: {
    ".npmrc":
      "# mine\n\nregistry = https://former.example/npm/ ; theirs\n@other:registry=https://other.example/\n",
    ".yarnrc": 'lastUpdateCheck 1700000000000\nregistry "https://elsewhere.example/"\n',
  },
};

describe("yarn 1", () => {
  doesTheJob(yarn);

  test("needs `always-auth` for packages without a scope, about which npm warns; for one scope it does without", async () => {
    await using world = await openWorld(yarn);
    const { machine, agent, project, run, asked } = world;
    const wide = await setUp(agent, "yarn", { permission: "read_write" });
    const folder = await npmPackage(machine, "hello", "1.0.0");
    const npm = await machine.run("npm", "publish", { cwd: folder });
    expect([npm.code, npm.stderr]).toEqual([0, expect.stringContaining("always-auth")]);
    await agent.call("restore_package_manager", { manager: "yarn" });

    await machine.write(".npmrc", "");
    const narrow = await setUp(agent, "yarn", { permission: "read_write", npm_scope: "@acme" });
    expect(await machine.read(".npmrc")).not.toContain("always-auth");
    asked(wide);
    await succeed(run(yarn.publish, await project("@acme/hello")));
    await succeed(run(`${yarn.add} @acme/hello`, await project("app")));
    expect(asked(narrow)).toEqual(expect.arrayContaining(["PUT @acme%2fhello 201", "GET @acme%2fhello 200"]));
  });

  test("is told that a variable outranks what would be written", async () => {
    await using world = await openWorld(yarn, { npm_config_registry: "http://127.0.0.1:9/" });
    const { registry, agent, project, run } = world;
    const refused = await agent.call("configure_package_manager", { manager: "yarn" });
    expect(refused.text).toMatch(/npm_config_registry sets `registry`/);
    await agent.call("configure_package_manager", { manager: "yarn", verify: false });
    registry.log.length = 0;
    await fail(run(`${yarn.add} hello`, await project("app")));
    expect(registry.log).toEqual([]);
  });
});
