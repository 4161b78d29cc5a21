/** What is handed out: the bundle for MCP hosts, and the package for npm, run by every Node that is promised. */
import { cp, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { version } from "../../src/version.ts";
import { tools } from "../../tools/index.generated.ts";
import { type TempHome, tempHome } from "../support/home.ts";
import { resultOf } from "./agent.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";
import { succeed } from "./wares.ts";
import { frames, wireTo } from "./wire.ts";

const root = join(import.meta.dirname, "../..");
const programs = join(import.meta.dirname, "programs/node_modules");
const nodes = { "this Node": process.execPath, "Node 22": node("node-22"), "Node 24": node("node-24") };

function node(name: string): string {
  return join(programs, name, "bin/node");
}

/** Shakes hands with a server, calls one tool, and ends it. */
async function visit(machine: Machine, node: string, main: string) {
  const program = machine.start(node, [main]);
  const wire = wireTo(program);
  const { result } = await wire.initialize();
  const listed = (await wire.request("tools/list")).result?.tools;
  const { data } = resultOf((await wire.request("tools/call", { name: "get_status" })).result);
  program.child.stdin?.end();
  const code = await program.ended;
  expect(frames(program)).toHaveLength(3);
  const [local] = data.providers as { identity?: string; problem?: string }[];
  return { serverInfo: result?.serverInfo, listed, local, code, stderr: program.stderr() };
}

describe("the bundle for MCP hosts", () => {
  const mcpb = join(programs, ".bin/mcpb");

  test("has a manifest without fault", async () => {
    await using machine = await openMachine();
    expect(await succeed(machine.run(mcpb, ["validate", join(root, "manifest.json")]))).toMatch(/valid/i);
  });

  test("packs, and what is unpacked again serves", async () => {
    await using machine = await openMachine();
    await cp(dirname(bundle), machine.at("to-pack/dist"), { recursive: true });
    await cp(join(root, "manifest.json"), machine.at("to-pack/manifest.json"));
    await succeed(machine.run(mcpb, "pack to-pack fly-tokens.mcpb"));
    await succeed(machine.run(mcpb, "unpack fly-tokens.mcpb unpacked"));
    const { serverInfo, listed, code } = await visit(
      machine,
      node("node-24"),
      machine.at("unpacked/dist/main.js"),
    );
    expect(serverInfo).toMatchObject({ version });
    expect(listed).toHaveLength(tools.length);
    expect(code).toBe(0);
  });
});

describe("the package for npm", () => {
  /** A folder into which it was installed, without the optional database of older Nodes. */
  let installed: TempHome;

  beforeAll(async () => {
    installed = await tempHome();
    await using machine = await openMachine();
    const { cache, registry, cafile } = inject("npm");
    await succeed(machine.run("npm", ["pack", "--pack-destination", machine.path], { cwd: root }));
    await installed.write("package.json", '{ "private": true }');
    const tarball = machine.at(`fly-tokens-mcp-${version}.tgz`);
    const flags = [
      "--omit=optional",
      "--prefer-offline",
      "--no-fund",
      "--cache",
      cache,
      "--registry",
      registry,
      ...(cafile === undefined ? [] : ["--cafile", cafile]),
    ];
    await succeed(
      machine.run("npm", ["install", ...flags, tarball], { cwd: installed.path, timeout: 120_000 }),
    );
    return () => installed[Symbol.asyncDispose]();
  });

  test("holds the program and what explains it, and nothing else", async () => {
    const folder = installed.at("node_modules/fly-tokens-mcp");
    expect((await readdir(folder)).filter((name) => name !== "node_modules").sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "manifest.json",
      "package.json",
    ]);
  });

  test("puts a program on the path", async () => {
    await using machine = await openMachine();
    const program = installed.at("node_modules/.bin/fly-tokens");
    expect(await machine.run(program, "version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test.each(Object.entries(nodes))("serves under %s, with nothing on stderr", async (_, node) => {
    await using machine = await openMachine();
    const main = installed.at("node_modules/fly-tokens-mcp/dist/main.js");
    const { serverInfo, listed, local, code, stderr } = await visit(machine, node, main);
    expect(serverInfo).toMatchObject({ name: "fly-tokens", version });
    expect(listed).toHaveLength(tools.length);
    const { stdout } = await machine.run(node, "--version");
    // Node brings a database of its own since 22; older ones are told what to install.
    if (Number.parseInt(stdout.slice(1), 10) >= 22) expect(local).toMatchObject({ identity: "admin" });
    else expect(local?.problem).toContain("better-sqlite3");
    expect([code, stderr]).toEqual([0, ""]);
  });
});
