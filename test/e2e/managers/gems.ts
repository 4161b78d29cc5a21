/** What the tests of gem and bundler have in common: where the registry is, and gems to push. */
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { type Machine, openMachine } from "../machine.ts";
import { startGems } from "../servers/gems.ts";
import type { Guarded } from "../servers/guarded.ts";
import { succeed } from "../wares.ts";

export interface Stage extends AsyncDisposable {
  registry: TestRegistry;
  server: Guarded;
  machine: Machine;
}

/** A registry of gems, and a machine whose agent knows of it. */
export async function openStage(): Promise<Stage> {
  const registry = await startRegistry();
  const server = await startGems(registry);
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    FLY_TOKENS_LOCAL_ENDPOINTS: `gems=${server.url}`,
  });
  return {
    registry,
    server,
    machine,
    async [Symbol.asyncDispose]() {
      for (const one of [machine, server, registry]) await one[Symbol.asyncDispose]();
    },
  };
}

/** @returns the path of a gem */
export async function buildGem(machine: Machine, name: string, version: string): Promise<string> {
  const fields = {
    name,
    version,
    summary: "x",
    authors: ["a"],
    homepage: "https://x.example",
    license: "MIT",
  };
  const lines = Object.entries(fields).map(([key, value]) => `s.${key} = ${JSON.stringify(value)}\n`);
  await machine.write(`gems/${name}.gemspec`, `Gem::Specification.new do |s|\n${lines.join("")}end\n`);
  await succeed(machine.run("gem", `build --quiet ${name}.gemspec`, { cwd: machine.at("gems") }));
  return machine.at("gems", `${name}-${version}.gem`);
}
