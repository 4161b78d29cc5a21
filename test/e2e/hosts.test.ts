/**
 * The manifests, judged and used by the programs that read them: half a gigabyte, so only where somebody has installed
 * them (`npm ci --prefix test/e2e/hosts`), and skipped by name elsewhere, also in CI.
 */
import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundle, type Machine, openMachine } from "./machine.ts";
import { nodes, root, useNode } from "./packages.ts";
import { succeed } from "./wares.ts";

const hosts = join(import.meta.dirname, "hosts/node_modules");
const claude = join(hosts, "claude/claude");
const gemini = join(hosts, "@google/gemini-cli/bundle/gemini.js");
const command = /npx -y fly-tokens-mcp@\d+\.\d+\.\d+/;

/** What a repository holds for a host, and `npx` in place of the network: it notes what it was handed and starts this build. */
async function checkout(machine: Machine, ...names: string[]): Promise<string> {
  await useNode(machine, nodes["24"] ?? "");
  const log = machine.at("npx.log");
  const note = `{ echo "npx $*"; env | grep -E "^(FLY|JFROG)" | sort; } >> '${log}'`;
  await machine.write("bin/npx", `#!/bin/sh\n${note}\nexec node '${bundle}'\n`, 0o755);
  await mkdir(machine.at("repository"));
  for (const name of [...names, "README.md"])
    await cp(join(root, name), machine.at("repository", name), { recursive: true });
  return machine.at("repository");
}

describe.skipIf(!existsSync(claude))("Claude Code", () => {
  const quiet = {
    DISABLE_TELEMETRY: "1",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
  const run = (machine: Machine, ...args: string[]) =>
    succeed(machine.run(claude, args, { env: { ...quiet, FLY_TOKENS_HOME: undefined } }));

  test("finds no fault with the plugin and the marketplace, not even a warning", async () => {
    await using machine = await openMachine();
    const repository = await checkout(machine, ".claude-plugin");
    for (const path of [repository, join(repository, ".claude-plugin/plugin.json")])
      expect(await run(machine, "plugin", "validate", "--strict", path)).toContain("Validation passed");
  });

  test("installs the plugin from the marketplace and connects to its server", async () => {
    await using machine = await openMachine();
    await run(machine, "plugin", "marketplace", "add", await checkout(machine, ".claude-plugin"));
    await run(machine, "plugin", "install", "fly-tokens@fly-tokens-mcp");
    expect(await run(machine, "mcp", "list")).toMatch(/plugin:fly-tokens:fly-tokens: npx .* Connected/);
    const log = (await machine.read("npx.log")) ?? "";
    expect(log).toMatch(command);
    // What nobody filled in arrives empty, and counts as not set.
    expect(log).toMatch(/FLY_API_TOKEN=\nFLY_TOKENS_CONFIRM=auto\n/);
  });
});

describe.skipIf(!existsSync(gemini))("Gemini CLI", () => {
  /** Without a terminal it says everything on stderr. */
  async function run(machine: Machine, ...args: string[]): Promise<string> {
    const env = { FLY_API_TOKEN: "not-declared-by-a-person" };
    const { code, stdout, stderr } = await machine.run("node", [gemini, ...args], { env });
    expect(code, stdout + stderr).toBe(0);
    return stdout + stderr;
  }

  test("finds no fault with the extension", async () => {
    await using machine = await openMachine();
    const repository = await checkout(machine, "gemini-extension.json");
    expect(await run(machine, "extensions", "validate", repository)).toContain("successfully validated");
  });

  test("installs the extension, connects to its server, and hands on the settings alone", async () => {
    await using machine = await openMachine({ GEMINI_CLI_TRUST_WORKSPACE: "true" });
    const repository = await checkout(machine, "gemini-extension.json");
    await run(machine, "extensions", "install", "--consent", "--skip-settings", repository);
    await machine.write(".gemini/extensions/fly-tokens/.env", 'FLY_TOKENS_CONFIRM="always"\n');
    expect(await run(machine, "mcp", "list")).toMatch(/fly-tokens .*npx .* Connected/);
    expect(await machine.read("npx.log")).toMatch(/^npx -y fly-tokens-mcp@\S+\nFLY_TOKENS_CONFIRM=always\n$/);
  });
});
