/** The server on stdin and stdout, looked at from outside: what it says there, what it leaves alone, and that it ends. */
import { existsSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { startFakeFlyio } from "../fakes/flyio/fake.ts";
import { resultOf } from "./agent.ts";
import { bundle, listens, type Machine, openMachine, type Program } from "./machine.ts";
import { frames, type Wire, wireTo } from "./wire.ts";

function serve(machine: Machine, env?: Record<string, string>): { program: Program; wire: Wire } {
  const program = machine.start(process.execPath, [bundle], env);
  return { program, wire: wireTo(program) };
}

/** Closes stdin and waits for the end. */
function end(program: Program): Program["ended"] {
  program.child.stdin?.end();
  return program.ended;
}

async function call({ request }: Wire, name: string, args: Record<string, unknown> = {}) {
  return resultOf((await request("tools/call", { name, arguments: args })).result);
}

describe("stdout carries nothing but JSON-RPC", () => {
  test("when lines come in that are none", async () => {
    await using machine = await openMachine();
    const { program, wire } = serve(machine);
    for (const line of ["", "hello", "{broken", "[1, 2]", '{"id": 9}', "\u0000\uFEFF{}", '"x"'.repeat(1000)])
      wire.line(line);
    expect(await wire.initialize()).toMatchObject({ result: { serverInfo: { name: "fly-tokens" } } });
    expect((await call(wire, "get_status")).isError).toBe(false);
    expect(await end(program)).toBe(0);
    expect(frames(program).map(({ id }) => id)).toEqual([1, 2]);
  });

  test("when what is asked for does not exist", async () => {
    await using machine = await openMachine();
    const { program, wire } = serve(machine);
    await wire.initialize();
    expect(await wire.request("tools/destroy")).toMatchObject({ error: { code: -32601 } });
    expect(await wire.request("tools/call", { name: "mint" })).toMatchObject({ error: { code: -32602 } });
    expect((await call(wire, "get_token", { id: 7 })).code).toBe("invalid_input");
    expect(await end(program)).toBe(0);
    expect(frames(program)).toHaveLength(4);
  });

  test("when another program has the registry's address", async () => {
    const other = createServer((_, response) => response.end("hello\n")).listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await using machine = await openMachine({ FLY_TOKENS_LOCAL_URL: url });
    const { program, wire } = serve(machine);
    await wire.initialize();
    const { text, code } = await call(wire, "list_tokens");
    expect(code).toBe("conflict");
    expect(text).toContain("FLY_TOKENS_LOCAL_URL");
    expect(JSON.stringify((await call(wire, "get_status")).data.providers)).toContain("Another program");
    expect(await end(program)).toBe(0);
    expect(frames(program)).toHaveLength(3);
  });

  test("when everything is logged, which goes to stderr as JSON", async () => {
    await using machine = await openMachine({ FLY_TOKENS_LOG: "debug" });
    const { program, wire } = serve(machine);
    wire.line("{broken");
    wire.line("[]");
    await wire.initialize();
    await call(wire, "configure_package_manager", { manager: "npm" });
    expect(await end(program)).toBe(0);
    expect(frames(program)).toHaveLength(2);
    for (const line of program.stderr().split("\n").filter(Boolean))
      expect(JSON.parse(line)).toBeTypeOf("object");
  });

  test.each([
    ["cannot be read", "config.json/inner"],
    ["is no JSON", "config.json"],
  ])("when the settings' file %s: it is named on stderr, and the server does not start", async (_, name) => {
    await using machine = await openMachine();
    await machine.write(`fly-tokens/config/${name}`, "not JSON");
    const { program } = serve(machine);
    expect(await end(program)).toBe(3);
    expect(program.stdout()).toBe("");
    expect(program.stderr()).toContain("config.json");
  });
});

describe("initialize and tools/list", () => {
  test("write no file and open no socket", async () => {
    await using machine = await openMachine();
    const before = await machine.tree();
    const { program, wire } = serve(machine);
    await wire.initialize();
    const { result } = await wire.request("tools/list");
    expect(result?.tools).toHaveLength(tools.length);
    await wire.request("prompts/list");
    expect(await sockets(program)).toEqual([]);
    expect(await listens(machine.url)).toBe(false);
    expect(await machine.tree()).toEqual(before);
    expect(await end(program)).toBe(0);
    expect(await machine.tree()).toEqual(before);
    // That this looks in the right place: a tool that is called does both.
    const busy = serve(machine);
    await busy.wire.initialize();
    await call(busy.wire, "list_tokens");
    if (process.platform === "linux") expect(await sockets(busy.program)).not.toEqual([]);
    expect(await machine.tree()).not.toEqual(before);
  });

  test("need no network", async ({ skip }) => {
    await using machine = await openMachine();
    const probe = await machine.run("unshare", "-rn true").catch(() => ({ code: -1 }));
    if (probe.code !== 0) skip("unshare may not make a network namespace here");
    const program = machine.start("unshare", ["-rn", process.execPath, bundle]);
    const wire = wireTo(program);
    await wire.initialize();
    expect((await wire.request("tools/list")).result?.tools).toHaveLength(tools.length);
    expect(await end(program)).toBe(0);
    expect(program.stderr()).toBe("");
  });
});

describe("the end", () => {
  const ways: [string, (program: Program) => void][] = [
    ["stdin ends", ({ child }) => void child.stdin?.end()],
    ["SIGTERM comes", ({ child }) => void child.kill("SIGTERM")],
    ["SIGINT comes", ({ child }) => void child.kill("SIGINT")],
  ];
  test.each(ways)("comes with code 0 when %s, and nothing listens afterwards", async (_, stop) => {
    await using machine = await openMachine();
    const idle = serve(machine).program;
    const { program, wire } = serve(machine);
    await wire.initialize();
    await call(wire, "list_tokens");
    expect(await listens(machine.url)).toBe(true);
    stop(program);
    expect(await program.ended).toBe(0);
    expect(await listens(machine.url)).toBe(false);
    expect(program.stderr()).toBe("");
    await wireTo(idle).initialize();
    stop(idle);
    expect(await idle.ended).toBe(0);
  });

  test("comes when nobody reads its answers any more", async () => {
    await using machine = await openMachine();
    const { program, wire } = serve(machine);
    await wire.initialize();
    program.child.stdout?.destroy();
    wire.line('{"jsonrpc":"2.0","id":9,"method":"tools/list"}');
    expect(await program.ended).toBe(0);
  });

  test("comes when its input is a file that was read to its end", async () => {
    await using machine = await openMachine();
    const clientInfo = { name: "file", version: "1" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    const line = { jsonrpc: "2.0", id: 1, method: "initialize", params };
    await machine.write("in.jsonl", `${JSON.stringify(line)}\n`);
    const { code, stdout } = await machine.run("sh", ["-c", `"${process.execPath}" "${bundle}" < in.jsonl`]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: "fly-tokens" } } });
  });

  test("in the middle of a call leaves no token whose value nobody was shown", async () => {
    await using fake = await startFakeFlyio();
    await using machine = await openMachine({
      FLY_API_TOKEN: fake.users[0]?.token ?? "",
      FLY_API_BASE_URL: fake.url,
    });
    const { program, wire } = serve(machine);
    await wire.initialize();
    fake.faults.next("createLimitedAccessToken", { kind: "slow", milliseconds: 300 });
    void call(wire, "generate_token", { name: "x", flyio: { app: "web" } }).catch(() => {});
    await expect.poll(() => fake.requests.map(({ name }) => name)).toContain("CreateToken");
    expect(await end(program)).toBe(0);
    expect(fake.tokens.map(({ revokedAt }) => revokedAt !== undefined)).toEqual([true]);
  });

  test("comes after what was asked for is done: no token is left without the file that it was made for", async () => {
    await using machine = await openMachine();
    const { program, wire } = serve(machine);
    await wire.initialize();
    // The answer never comes: there is nobody left to read it.
    void call(wire, "configure_package_manager", { manager: "npm" }).catch(() => {});
    expect(await end(program)).toBe(0);
    const { stdout } = await machine.flyTokens([
      "call",
      "check_package_manager",
      "--json",
      '{"manager": "npm"}',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      package_managers: [{ configured: true, works: { ok: true } }],
    });
  });
});

/** The sockets that a process has open besides those of its parent (Linux; elsewhere none are seen). */
async function sockets({ child }: Program): Promise<string[]> {
  const folder = `/proc/${child.pid}/fd`;
  if (!existsSync(folder)) return [];
  const inherited = ["0", "1", "2"];
  const open = (await readdir(folder)).filter((fd) => !inherited.includes(fd));
  const targets = await Promise.all(open.map((fd) => readlink(`${folder}/${fd}`).catch(() => "")));
  return targets.filter((target) => target.startsWith("socket:"));
}
