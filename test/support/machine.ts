/** A user's machine with an agent on it: a world, its files, and the tokens that its registry has. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { answerOf } from "./answers.ts";
import { treeOf } from "./home.ts";
import { openWorld, type ToolResult, type WorldOptions } from "./world.ts";

export interface MachineOptions extends WorldOptions {
  /** What happens between the minting of a token and the moment that the server learns of it. */
  minted?: (home: string) => Promise<unknown>;
  /** What stands for the programs on PATH: shell scripts by name. Others are not there. */
  programs?: Record<string, string>;
}

export type Machine = Awaited<ReturnType<typeof openMachine>>;

export async function openMachine({ minted, programs = {}, ...options }: MachineOptions = {}) {
  const bin = await mkdtemp(join(tmpdir(), "fly-tokens-bin-"));
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  const values: string[] = [];
  const world = await openWorld({
    ...options,
    env: { PATH: bin, ...options.env },
    fetch: (real) => {
      const fetch = options.fetch?.(real) ?? real;
      return async (input, init) => {
        const response = await fetch(input, init);
        if (response.status === 201 && response.url.endsWith("/fly/api/v1/tokens")) {
          values.push(((await response.clone().json()) as { value: string }).value);
          await minted?.(world.home);
        }
        return response;
      };
    },
  });
  const { call } = await world.connect();
  const at = (name: string) => join(world.home, name);
  return {
    ...world,
    call: call as (name: string, args?: Record<string, unknown>) => Promise<ToolResult>,
    /** configure_package_manager, which has to succeed. */
    async setUp(args: Record<string, unknown>) {
      return answerOf(configurePackageManager, await call("configure_package_manager", args));
    },
    at,
    /** The value of every token that the server has had made, as the registry gave it out. */
    values: values as readonly string[],
    /** Mode 0600. */
    async write(name: string, text: string): Promise<void> {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), text, { mode: 0o600 });
    },
    read: (name: string) => readFile(at(name), "utf8").catch(() => undefined),
    link: (name: string, target: string) => symlink(at(target), at(name)),
    /** Everything in the home folder but what is ours. */
    async tree(): Promise<Record<string, string>> {
      const entries = Object.entries(await treeOf(world.home));
      return Object.fromEntries(entries.filter(([name]) => name !== "ours" && !name.startsWith("ours/")));
    },
    /** Id and status of every token, the newest first. */
    async tokens(): Promise<{ id: string; status: string }[]> {
      const response = await world.registry.call("GET", "/tokens?limit=200");
      const { tokens } = (await response.json()) as { tokens: { id: string; status: string }[] };
      return tokens.map(({ id, status }) => ({ id, status }));
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await rm(bin, { recursive: true, force: true });
    },
  };
}
