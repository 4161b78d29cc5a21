/** bun with the files that the agent wrote. */
import { describe, expect, test } from "vitest";
import { check } from "../job.ts";
import { fail } from "../wares.ts";
import { type Client, doesTheJob, openWorld } from "./javascript.ts";

const bun: Client = {
  manager: "bun",
  command: "bun",
  program: "bun/bin/bun.exe",
  publish: "publish",
  add: "add --no-cache",
  refusal: / - 401$/m,
  before: {
    ".npmrc": "; mine\r\nfund = false\r\n\r\n//other.example/:_authToken = kept",
    ".config/.bunfig.toml": "# mine\n[install]\nexact   = true\n",
  },
};

describe("bun", () => {
  doesTheJob(bun);

  test.each([
    ["its own file", { ".config/.bunfig.toml": '[install]\nregistry = "http://127.0.0.1:9/"\n' }, {}],
    ["a variable", {}, { BUN_CONFIG_REGISTRY: "http://127.0.0.1:9/" }],
  ])("is told that %s outranks what would be written, and nothing is left behind", async (_, files, env) => {
    await using world = await openWorld({ ...bun, before: { ...bun.before, ...files } }, env);
    const { registry, agent, machine, run } = world;
    const refused = await agent.call("configure_package_manager", { manager: "bun" });
    expect(refused.text).toMatch(/http:\/\/127\.0\.0\.1:9\/, and outranks the user configuration/);
    expect(await machine.read(".npmrc")).toBe(bun.before[".npmrc"]);
    // Written all the same, it is of no use: bun asks elsewhere.
    const { isError } = await agent.call("configure_package_manager", { manager: "bun", verify: false });
    expect(isError).toBe(false);
    registry.log.length = 0;
    await fail(run("pm whoami"));
    expect(registry.log).toEqual([]);
    expect(await check(agent, "bun")).toMatch(/outranks/);
  });
});
