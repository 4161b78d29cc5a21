/** What an agent on another machine is shown. */
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { tempHome } from "../support/home.ts";
import { openWorld } from "../support/world.ts";

const root = resolve(import.meta.dirname, "../..");

async function listedWith(env: Record<string, string> = {}) {
  await using world = await openWorld({ remote: true, env });
  const { client } = await world.connect({ era: "modern" });
  return { ...(await client.listTools()), instructions: client.getInstructions() ?? "" };
}

describe("the tools that callers on other machines are offered", () => {
  it("are what has been committed", async () => {
    const { tools } = await listedWith();
    for (const tool of tools)
      await expect(`${JSON.stringify(tool, null, 2)}\n`).toMatchFileSnapshot(
        join(root, "test/snapshots/remote", `${tool.name}.json`),
      );
  });

  it("promise nothing of the machine: no file that is written, no place that is known", async () => {
    const { tools, instructions } = await listedWith();
    const said = [instructions, ...tools.map(({ description = "" }) => description)].join("\n");
    expect(said).not.toMatch(/deliver_to|on record here|this machine|restore_package_manager|dry_run/);
    expect(said).not.toMatch(/check_package_manager|find_leaks|restrict_token/);
    for (const { name, description = "" } of tools)
      expect([name, description.length <= 600]).toEqual([name, true]);
    expect(instructions.length).toBeLessThanOrEqual(2048);
  });

  it("fit into 14 kB, with Fly.io and a protected environment, too", async () => {
    await using home = await tempHome();
    const rules = { environments: { production: { protected: true } } };
    const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
    const flyio = { FLY_API_TOKEN: "fo1_a-token-of-nobody" };
    for (const env of [{}, flyio, { ...flyio, FLY_TOKENS_POLICY }]) {
      const { tools } = await listedWith(env);
      expect(JSON.stringify({ tools }).length).toBeLessThanOrEqual(14_000);
    }
  });

  it("have the set-up as something that only tells, so that a reader may call it", async () => {
    const { tools } = await listedWith({ FLY_TOKENS_READ_ONLY: "true" });
    const setUp = tools.find(({ name }) => name === "configure_package_manager");
    expect(setUp?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(tools.map(({ name }) => name)).not.toContain("generate_token");
  });

  it("ask nobody about a set-up that only tells, whatever is protected", async () => {
    await using home = await tempHome();
    const rules = { environments: { production: { protected: true } } };
    const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
    await using world = await openWorld({ remote: true, env: { FLY_TOKENS_POLICY } });
    const { call } = await world.connect({ era: "modern" });
    await call("create_environment", { name: "production" });
    const told = await call("configure_package_manager", { manager: "npm", environment: "production" });
    expect(told.text).toMatch(/"environment":"production"/);
    expect(told.data).not.toHaveProperty("confirmation_required");
  });
});
