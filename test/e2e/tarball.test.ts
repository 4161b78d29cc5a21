/** The package for npm: packed, installed into an empty folder, and run as people and clients do, by every Node that is promised. */
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { version } from "../../src/version.ts";
import { tools } from "../../tools/index.generated.ts";
import { type Machine, openMachine } from "./machine.ts";
import { hostOf, nodes, npmFlags, type Packed, pack, root, useNode } from "./packages.ts";
import { succeed } from "./wares.ts";

const name = "fly-tokens-mcp";
const bins = ["docker-credential-fly-tokens", "fly-tokens", name];

/** Where it was packed and installed, without a script and without what is optional. */
let shelf: Machine;
let packed: Packed;
beforeAll(async () => {
  shelf = await openMachine();
  packed = await pack(shelf, root);
  await shelf.write("project/package.json", '{ "private": true }');
  const flags = [...npmFlags(), "--ignore-scripts", "--omit=optional", packed.path];
  await succeed(shelf.run("npm", ["install", ...flags], { cwd: shelf.at("project"), timeout: 120_000 }));
});
afterAll(() => shelf[Symbol.asyncDispose]());

describe("the package for npm", () => {
  test("holds the program and what explains it, and nothing else", async () => {
    const built = await readdir(join(root, "dist"), { recursive: true, withFileTypes: true });
    const dist = built
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect(dist.filter((path) => !/^dist\/(main|chunks\/[\w.-]+)\.js(\.LEGAL\.txt)?$/.test(path))).toEqual(
      [],
    );
    expect(packed.names).toEqual(
      [...dist, "CHANGELOG.md", "LICENSE", "README.md", "manifest.json", "package.json"].sort(),
    );
  });

  // The clients of PostgreSQL and of buckets are a fifth of it; nobody else loads them.
  test("is small", () => {
    expect(packed.size).toBeLessThan(1_200_000);
    expect(packed.unpackedSize).toBeLessThan(4_200_000);
  });

  test("names no path of this machine and holds no token", async () => {
    const folder = shelf.at("project/node_modules", name);
    for (const path of packed.names) {
      const text = await readFile(join(folder, path), "latin1");
      expect(
        [root, homedir()].filter((place) => text.includes(`${place}/`)),
        path,
      ).toEqual([]);
      expect(
        text.match(/flyt_\w{49}|\bfm[12]_[\w+/=]{80,}|\bnpm_\w{36}\b|\bgh[pousr]_\w{36}\b/g),
        path,
      ).toBeNull();
    }
  });

  test("is the same to the byte when it is built and packed again somewhere else", async () => {
    await using machine = await openMachine();
    const copy = machine.at("somewhere/else");
    await mkdir(copy, { recursive: true });
    for (const each of ["src", "tools", "prompts", "scripts", "package.json", "tsconfig.json", ".npmrc"])
      await cp(join(root, each), join(copy, each), { recursive: true });
    for (const each of packed.names.filter((path) => !path.includes("/")))
      await cp(join(root, each), join(copy, each));
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    await succeed(machine.run("npm", ["run", "build"], { cwd: copy }));
    const again = await pack(machine, copy);
    expect(again).toEqual({ ...packed, path: again.path });
  });
});

describe.each(Object.entries(nodes))("installed, under Node %s", (major, node) => {
  /** A machine on which that is `node`, and a folder in which it is installed. */
  async function openWith(): Promise<Machine & { project: string }> {
    const machine = await openMachine();
    await useNode(machine, node);
    const project = machine.at("project");
    await cp(shelf.at("project"), project, { recursive: true, verbatimSymlinks: true });
    return { ...machine, project };
  }
  const npx = (machine: Machine & { project: string }, ...args: string[]) =>
    machine.run("npx", ["--no-install", ...args], { cwd: machine.project });

  test("npx finds its programs", async () => {
    await using machine = await openWith();
    expect(await machine.run("node", ["--version"])).toMatchObject({
      stdout: expect.stringMatching(`^v${major}.`),
    });
    expect(
      (await readdir(join(machine.project, "node_modules/.bin"))).filter((bin) => bins.includes(bin)),
    ).toEqual(bins);
    for (const program of ["fly-tokens", name])
      expect(await npx(machine, program, "--version")).toEqual({
        code: 0,
        stdout: `${version}\n`,
        stderr: "",
      });
    // Docker's helper by its name alone: it has no login yet.
    expect(await npx(machine, "docker-credential-fly-tokens", "list")).toMatchObject({
      code: 0,
      stdout: "{}\n",
    });
  });

  test("a client starts it by npx, lists its tools and calls them", async () => {
    await using machine = await openWith();
    await using host = await hostOf(machine, { command: "npx", args: ["-y", name], cwd: machine.project });
    expect(host.serverInfo).toMatchObject({ name: "fly-tokens", version });
    expect((await host.tools()).sort()).toEqual(tools.map((tool) => tool.name).sort());
    expect((await host.call("get_status")).data).toMatchObject({ version });
    const minted = await host.call("generate_token", { name: "ci" });
    // Node brings a database of its own since 22.13.
    if (major === "20") expect(minted).toMatchObject({ code: "not_configured", text: /better-sqlite3/ });
    else expect(minted.data.credential?.token).toMatch(/^flyt_\w{49}$/);
    expect(host.stderr()).toBe("");
  });

  test("scripts call it by npx", async () => {
    await using machine = await openWith();
    const { code, stdout, stderr } = await npx(machine, "fly-tokens", "call", "list_tokens");
    if (major === "20") {
      expect([code, stdout]).toEqual([3, ""]);
      expect(stderr).toMatch(/Use Node 22\.13 or later, or run `npm install better-sqlite3@12`/);
    } else expect([code, JSON.parse(stdout)]).toMatchObject([0, { tokens: [] }]);
  });
});

// The one of this checkout was built by npm for the Node that runs these tests.
describe.skipIf(process.versions.modules !== "115")("on Node 20, with better-sqlite3 beside it", () => {
  test("the local registry works, too", async () => {
    await using machine = await openMachine();
    await useNode(machine, nodes["20"] ?? "");
    await cp(shelf.at("project"), machine.at("project"), { recursive: true, verbatimSymlinks: true });
    await symlink(
      join(root, "node_modules/better-sqlite3"),
      machine.at("project/node_modules/better-sqlite3"),
    );
    await using host = await hostOf(machine, {
      command: "npx",
      args: ["-y", name],
      cwd: machine.at("project"),
    });
    expect((await host.call("generate_token", { name: "ci" })).data.credential?.token).toMatch(
      /^flyt_\w{49}$/,
    );
  });
});

describe("published to a registry, as clients are told to fetch it", () => {
  test("npx -y NAME@VERSION installs it into an empty cache and serves", async () => {
    const { registry, cafile } = inject("npm");
    await using machine = await openMachine({ FLY_TOKENS_NPM_UPSTREAM: registry });
    await useNode(machine, nodes["24"] ?? "");
    await machine.registry();
    const configure = { manager: "npm", permission: "read_write" };
    await succeed(
      machine.flyTokens(["call", "configure_package_manager", "--json", JSON.stringify(configure)]),
    );
    await succeed(machine.run("npm", ["publish", packed.path]));
    await using host = await hostOf(machine, {
      command: "npx",
      args: ["-y", `${name}@${version}`],
      env: {
        NPM_CONFIG_OMIT: "optional",
        NPM_CONFIG_CACHE: machine.at("npm-cache"),
        ...(cafile !== undefined && { NPM_CONFIG_CAFILE: cafile }),
      },
    });
    expect(host.serverInfo).toMatchObject({ name: "fly-tokens", version });
    expect((await host.call("list_tokens")).data.tokens).toHaveLength(1);
  });
});
