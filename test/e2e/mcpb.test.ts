/** The bundle for MCP hosts: packed as it is published, unpacked as a host does, and started as its manifest says. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { version } from "../../src/version.ts";
import { tools } from "../../tools/index.generated.ts";
import { type Machine, openMachine } from "./machine.ts";
import { hostOf, nodes, programs, root } from "./packages.ts";
import { succeed } from "./wares.ts";

const mcpb = join(programs, ".bin/mcpb");

interface Manifest {
  server: { mcp_config: { command: string; args: string[]; env: Record<string, string> } };
  user_config: Record<string, { default?: string | boolean; sensitive?: boolean }>;
}

let machine: Machine;
let manifest: Manifest;
beforeAll(async () => {
  machine = await openMachine();
  const packer = [join(root, "scripts/pack-bundle.ts"), "--out", machine.at("a.mcpb")];
  await succeed(machine.run(join(root, "node_modules/.bin/tsx"), packer));
  await succeed(machine.run(mcpb, "unpack a.mcpb unpacked"));
  manifest = JSON.parse(await readFile(machine.at("unpacked/manifest.json"), "utf8")) as Manifest;
  return () => machine[Symbol.asyncDispose]();
});

/** What a host makes of `mcp_config`. @param node what it takes for `node` @param filled by key; others stay placeholders */
function started(node: string, filled: Record<string, string>) {
  const { command, args, env } = manifest.server.mcp_config;
  const put = (text: string) =>
    text
      .replace("${__dirname}", machine.at("unpacked"))
      .replace(/\$\{user_config\.(\w+)\}/, (placeholder, key: string) => filled[key] ?? placeholder);
  expect(command).toBe("node");
  return {
    command: node,
    args: args.map(put),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, put(value)])),
  };
}

describe("the bundle for MCP hosts", () => {
  test("has a manifest without fault", async () => {
    expect(await succeed(machine.run(mcpb, ["validate", join(root, "manifest.json")]))).toMatch(/valid/i);
  });

  test("holds the program and what describes it, and nothing else", async () => {
    expect((await readdir(machine.at("unpacked"))).sort()).toEqual([
      "LICENSE",
      "dist",
      "manifest.json",
      "package.json",
    ]);
    const built = (folder: string) => readdir(join(folder, "dist"), { recursive: true });
    expect((await built(machine.at("unpacked"))).sort()).toEqual((await built(root)).sort());
  });

  test.each(["22", "24"])("serves under Node %s with every field filled in", async (major) => {
    await using fresh = await openMachine();
    const config = started(nodes[major] ?? "", {
      local_url: fresh.url,
      local_key: "",
      confirm: "always",
      inline_secrets: "deny",
      read_only: "false",
      fly_api_token: "",
      jfrog_url: "",
      jfrog_access_token: "",
    });
    await using host = await hostOf(fresh, config);
    expect(host.serverInfo).toMatchObject({ name: "fly-tokens", version });
    expect((await host.tools()).sort()).toEqual(tools.map(({ name }) => name).sort());
    const status = await host.call("get_status");
    expect((status.data.providers as object[])[0]).toMatchObject({ identity: "admin", url: fresh.url });
    // The form's values are obeyed: a result may show no token.
    expect(await host.call("generate_token", { name: "a" })).toMatchObject({
      isError: true,
      code: "forbidden",
    });
    const kept = await host.call("generate_token", {
      name: "a",
      deliver_to: "file",
      deliver_path: fresh.at("a"),
    });
    expect(kept).toMatchObject({ isError: false, data: { token: { name: "a" } } });
    expect(await fresh.read("a")).toMatch(/^flyt_\w{49}\n?$/);
    expect(host.stderr()).toBe("");
  });

  test("takes a field that nobody filled in for one that is not set", async () => {
    await using fresh = await openMachine();
    const { env, ...config } = started(nodes["24"] ?? "", { local_url: fresh.url });
    expect(Object.values(env)).toContain("${user_config.jfrog_access_token}");
    await using host = await hostOf(fresh, { ...config, env });
    const status = await host.call("get_status");
    expect(status.data.providers).toMatchObject([
      { id: "local", identity: "admin" },
      { id: "flyio", configured: false },
      { id: "jfrog", configured: false },
    ]);
    expect((await host.call("generate_token", { name: "a" })).data.credential?.token).toMatch(/^flyt_/);
  });

  test("offers only what reads when that was ticked", async () => {
    await using fresh = await openMachine();
    await using host = await hostOf(
      fresh,
      started(nodes["24"] ?? "", { local_url: fresh.url, read_only: "true" }),
    );
    const reading = tools.filter(({ effect }) => effect === "read").map(({ name }) => name);
    expect((await host.tools()).sort()).toEqual(reading.sort());
  });

  test("on Node 20, which has no database, says what the local registry lacks and works otherwise", async () => {
    await using fresh = await openMachine();
    await using host = await hostOf(fresh, started(nodes["20"] ?? "", { local_url: fresh.url }));
    expect(await host.tools()).toHaveLength(tools.length);
    const { isError, code, text } = await host.call("generate_token", { name: "a" });
    expect({ isError, code }).toEqual({ isError: true, code: "not_configured" });
    expect(text).toMatch(/needs SQLite, and Node 20\.\d+\.\d+ has none.*Use Node 22\.13 or later/s);
    expect(await host.call("get_status")).toMatchObject({ isError: false });
  });
});
