/** Yarn 4 with the files that the agent wrote. */
import { describe, expect, test } from "vitest";
import { check, mint, restore, setUp } from "../job.ts";
import { fail, succeed } from "../wares.ts";
import { type Client, doesTheJob, openWorld } from "./javascript.ts";

const before = `# mine
npmMinimalAgeGate: 0
enableTelemetry: false
nodeLinker:   node-modules

npmRegistries:
  "//other.example/npm":
    npmAuthToken: kept # theirs
unsafeHttpWhitelist: [other.example]
# end
`;

const yarnBerry: Client = {
  manager: "yarn-berry",
  command: "yarn",
  program: "yarn-berry/bin/yarn.js",
  prepare: "install",
  publish: "npm publish",
  add: "add",
  refusal: /YN0041: .*Invalid authentication/,
  // An empty lock file makes a folder a project of its own.
  project: { "yarn.lock": "" },
  before: { ".yarnrc.yml": before },
};

describe("yarn 4", () => {
  doesTheJob(yarnBerry);

  test("takes its token from a variable, does its other work without one, and adds to the hosts that http is for", async () => {
    await using world = await openWorld(yarnBerry);
    const { agent, machine, run, asked } = world;
    const { id, token } = await mint(agent, "read_only");
    await setUp(agent, "yarn-berry", { secret_style: "reference", token_id: id });
    const text = (await machine.read(".yarnrc.yml")) ?? "";
    expect(text).toContain("${FLY_TOKEN-}");
    expect(text).not.toContain("flyt_");
    expect(text).toContain(`unsafeHttpWhitelist: [other.example, "127.0.0.1"]`);
    asked(id);
    expect(await succeed(run("npm whoami", machine.path, { FLY_TOKEN: token }))).toContain("admin");
    expect(asked(id)).toEqual(["GET -/whoami 200"]);
    expect(await fail(run("npm whoami"))).toContain("YN0033");
    await succeed(run("--version"));
    await restore(agent, "yarn-berry");
    expect(await machine.read(".yarnrc.yml")).toBe(before);
  });

  test("is told that a variable outranks what would be written", async () => {
    await using world = await openWorld(yarnBerry, { YARN_NPM_REGISTRY_SERVER: "http://127.0.0.1:9/" });
    const { registry, agent, run } = world;
    const refused = await agent.call("configure_package_manager", { manager: "yarn-berry" });
    expect(refused.text).toMatch(/YARN_NPM_REGISTRY_SERVER sets `registry`/);
    await agent.call("configure_package_manager", { manager: "yarn-berry", verify: false });
    registry.log.length = 0;
    await fail(run("npm whoami"));
    expect(registry.log).toEqual([]);
    expect(await check(agent, "yarn-berry")).toMatch(/outranks/);
  });
});
