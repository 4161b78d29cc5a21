/** What init writes is started as the client would: with exactly the command, the arguments and the environment of the file. */
import { readFile } from "node:fs/promises";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { resultOf } from "./agent.ts";
import { type Machine, openMachine } from "./machine.ts";

interface Entry {
  command: string;
  args: string[];
  env?: Record<string, string>;
  env_vars?: string[];
}

/** What a client that was started by the desktop has: no shell has added anything to it. */
function desktop(machine: Machine, more: Record<string, string>): Record<string, string> {
  return { HOME: machine.env.HOME ?? "", PATH: "/usr/bin:/bin", ...more };
}

/** Starts the entry and asks for the status. */
async function statusOf({ command, args }: Entry, env: Record<string, string>) {
  const client = new Client({ name: "init-test", version: "1" });
  await client.connect(new StdioClientTransport({ command, args, env, stderr: "pipe" }));
  try {
    return resultOf(await client.callTool({ name: "get_status", arguments: {} }));
  } finally {
    await client.close();
  }
}

const token = "FlyV1 fm2_lJPECAAAAAAAAAAB";

test("Cursor: variables are filled in as ${env:NAME}, and settings are values", async () => {
  await using machine = await openMachine({ FLY_API_TOKEN: token, FLY_TOKENS_PROVIDER: "local" });
  const { code, stderr } = await machine.flyTokens([
    "init",
    ...["--client", "cursor", "--with-settings", "--read-only"],
  ]);
  expect([code, stderr]).toEqual([0, ""]);
  const text = await readFile(machine.at(".cursor/mcp.json"), "utf8");
  expect(text).not.toContain(token);
  const entry = (JSON.parse(text) as { mcpServers: Record<string, Entry> }).mcpServers["fly-tokens"];
  expect(entry).toBeDefined();
  if (!entry) return;
  const own = desktop(machine, { FLY_API_TOKEN: token });
  const filled = Object.entries(entry.env ?? {}).map(([name, value]) => [
    name,
    value.replace(/\$\{env:(\w+)\}/g, (_, variable: string) => own[variable] ?? ""),
  ]);
  const env: Record<string, string> = { ...own, ...Object.fromEntries(filled) };
  expect(env).toMatchObject({ FLY_TOKENS_HOME: machine.env.FLY_TOKENS_HOME, FLY_API_TOKEN: token });
  const status = await statusOf(entry, env);
  expect(status.isError).toBe(false);
  expect(status.data).toMatchObject({ default_provider: "local", policy: { read_only: true } });
  expect(status.data.providers).toContainEqual(expect.objectContaining({ id: "flyio", configured: true }));

  // Where the variable is not set, a client may hand on its name.
  const unset = await statusOf(entry, { ...env, FLY_API_TOKEN: "${env:FLY_API_TOKEN}" });
  expect(unset.data.providers).toContainEqual(expect.objectContaining({ id: "flyio", configured: false }));
});

test("Codex: the environment is cleared, and env_vars are handed on", async () => {
  await using machine = await openMachine({ FLY_API_TOKEN: token });
  const before = await machine.tree();
  expect((await machine.flyTokens(["init", "--client", "codex", "--with-settings"])).code).toBe(0);
  const text = await readFile(machine.at(".codex/config.toml"), "utf8");
  expect(text).not.toContain(token);
  const data = parse(text) as unknown as { mcp_servers: Record<string, Entry> };
  const entry = data.mcp_servers["fly-tokens"];
  expect(entry?.env_vars).toEqual(["FLY_API_TOKEN"]);
  if (!entry) return;
  const handedOn = Object.fromEntries((entry.env_vars ?? []).map((name) => [name, machine.env[name] ?? ""]));
  const status = await statusOf(entry, { ...desktop(machine, {}), ...handedOn, ...entry.env });
  expect(status.isError).toBe(false);
  expect(status.data.providers).toContainEqual(expect.objectContaining({ id: "flyio", configured: true }));

  expect((await machine.flyTokens(["init", "--client", "codex", "--undo"])).code).toBe(0);
  const left = Object.keys(await machine.tree()).filter((name) => !name.startsWith("fly-tokens"));
  expect(left).toEqual(Object.keys(before).filter((name) => !name.startsWith("fly-tokens")));
});

test("a refusal ends with its class's code, says what to do, and leaves the file", async () => {
  await using machine = await openMachine();
  const path = ".cursor/mcp.json";
  const foreign = '{"mcpServers": {"fly-tokens": {"command": "flyctl"}}}';
  await machine.write(path, foreign);
  const { code, stdout, stderr } = await machine.flyTokens(["init", "--client", "cursor"]);
  expect([code, stdout]).toEqual([5, ""]);
  expect(stderr).toContain("--name fly-tokens-2");
  await machine.write(path, "{");
  expect((await machine.flyTokens(["init", "--client", "cursor"])).code).toBe(8);
  expect(await machine.read(path)).toBe("{");
  expect((await machine.flyTokens(["init", "--client", "windsurf", "--scope", "project"])).code).toBe(2);
  expect((await machine.flyTokens(["init"])).stdout).toMatch(/cursor +Cursor +found/);
});
