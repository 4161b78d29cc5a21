/** The commands of the program, as people and scripts use them. */
import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run.ts";
import { version } from "../../src/version.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { bundle, listens, type Machine, openMachine } from "./machine.ts";
import { typist } from "./typist.ts";
import { succeed } from "./wares.ts";

const tokenValue = /flyt_[0-9A-Za-z]{49}/;

/** `fly-tokens call TOOL --json …` */
function call(
  machine: Machine,
  tool: string,
  args?: object,
  env?: Record<string, string>,
): Promise<RunResult> {
  const json = args === undefined ? [] : ["--json", JSON.stringify(args)];
  return machine.flyTokens(["call", tool, ...json], { ...(env && { env }) });
}

/** What a call that succeeds prints. */
async function output<Output>(running: Promise<RunResult>): Promise<Output> {
  return JSON.parse(await succeed(running)) as Output;
}

/** What a call that is refused prints. */
function problem({ stderr }: RunResult): { code: string; message: string; fix: string } {
  return (JSON.parse(stderr) as { error: { code: string; message: string; fix: string } }).error;
}

async function mint(machine: Machine, name: string): Promise<string> {
  const { token } = await output<{ token: { id: string } }>(call(machine, "generate_token", { name }));
  return token.id;
}

interface Required {
  confirmation_required: { plan: string[]; confirmation: string };
}

describe("version, help and mistakes", () => {
  test("version and help say what they should on stdout", async () => {
    await using machine = await openMachine();
    for (const words of [["version"], ["--version"]])
      expect(await machine.flyTokens(words)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    for (const words of [["help"], ["--help"], ["-h"]])
      expect(await succeed(machine.flyTokens(words))).toMatch(/approve HANDLE[\s\S]*FLY_TOKENS_LOCAL_URL/);
  });

  test("whoever asks what a command does gets an answer, and nothing is done", async () => {
    await using machine = await openMachine();
    const before = await machine.tree();
    for (const name of ["http", "registry", "demo", "rotate-due", "caller", "init", "stdio"])
      for (const help of ["--help", "-h"]) {
        const { code, stdout, stderr } = await machine.flyTokens([name, help], { timeout: 10_000 });
        expect([code, stderr]).toEqual([0, ""]);
        expect(stdout).toMatch(new RegExp(`^  ${name} `));
      }
    expect(await machine.tree()).toEqual(before);
  });

  test("a word too many is refused before anything is done, and not repeated", async () => {
    await using machine = await openMachine();
    const before = await machine.tree();
    for (const words of [
      ["call", "get_status"],
      ["caller", "ci"],
      ["approve", "x"],
      ["http"],
      ["registry"],
      ["demo"],
    ]) {
      const { code, stdout, stderr } = await machine.flyTokens([...words, '{"status": "active"}']);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`fly-tokens help ${words[0]}`);
      expect(stderr).not.toContain("active");
    }
    expect(await machine.tree()).toEqual(before);
  });

  test("a command or a flag that does not exist ends with code 2, and stdout stays empty", async () => {
    await using machine = await openMachine();
    for (const words of [["mint"], ["call", "--colour"], ["http", "--port", "x"]]) {
      const { code, stdout, stderr } = await machine.flyTokens(words, {
        env: { FLY_TOKENS_HTTP_TOKEN: "0".repeat(16) },
      });
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^fly-tokens: .+\n$/);
    }
  });
});

describeWith(["npm"], "demo", () => {
  test("plays to its end in half a minute, shows no token, and leaves nothing behind", async () => {
    await using machine = await openMachine();
    const before = await machine.tree();
    const { code, stdout, stderr } = await machine.flyTokens(["demo"], { timeout: 30_000 });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("npm is refused with 401");
    expect(stdout).not.toMatch(tokenValue);
    expect(stderr).toBe("");
    const url = /up at (http:\/\/127\.0\.0\.1:\d+)/.exec(stdout)?.[1] ?? "";
    expect(await listens(url)).toBe(false);
    expect(await machine.tree()).toEqual(before);
  });
});

describe("call", () => {
  test("prints the structured result, and lists the tools and a tool's arguments", async () => {
    await using machine = await openMachine();
    expect(await output(call(machine, "list_tokens"))).toMatchObject({ tokens: [], total: 0 });
    expect(await output(call(machine, "list-tokens", { limit: 1 }))).toMatchObject({ tokens: [] });
    expect(await succeed(machine.flyTokens(["call"]))).toMatch(/^check_package_manager +Check/);
    const help = await succeed(machine.flyTokens(["call", "generate_token", "--help"]));
    expect(help).toMatch(/name +string; required/);
    expect(help).toMatch(/permission +read_only\|read_write; default "read_only"/);
  });

  test("shows a token that was asked for, once, on stdout alone", async () => {
    await using machine = await openMachine();
    const { code, stdout, stderr } = await call(machine, "generate_token", { name: "ci" });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout).credential.token).toMatch(tokenValue);
    expect((await call(machine, "list_tokens")).stdout).not.toMatch(tokenValue);
  });

  test("ends with a code for each class of problem, and says on stderr what to do", async () => {
    await using machine = await openMachine();
    const code = async (...[tool, args]: [string, object?]) => (await call(machine, tool, args)).code;
    expect(await code("mint_token")).toBe(4);
    expect((await machine.flyTokens(["call", "get_token", "--json", "{id}"])).code).toBe(2);
    const unknown = await call(machine, "get_token", { id: "tok_unknown" });
    expect(unknown).toMatchObject({ code: 4, stdout: "" });
    expect(problem(unknown).fix).toContain("list_tokens");
    expect(await code("generate_token", {})).toBe(2);
    expect(await code("create_environment", { name: "one" })).toBe(0);
    expect(await code("create_environment", { name: "one" })).toBe(5);
    await machine.write(".docker/config.json", "{ no JSON");
    expect(await code("configure_package_manager", { manager: "docker" })).toBe(8);
    const denied = await call(
      machine,
      "generate_token",
      { name: "x" },
      { FLY_TOKENS_INLINE_SECRETS: "deny" },
    );
    expect([denied.code, problem(denied).code]).toEqual([3, "forbidden"]);
  });

  test("ends with code 7 when the issuer cannot be reached or does not answer", async () => {
    await using machine = await openMachine();
    const hangsUp: Server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => hangsUp.listen(0, "127.0.0.1", resolve));
    const { port } = hangsUp.address() as { port: number };
    const down = await call(machine, "list_tokens", {}, { FLY_TOKENS_LOCAL_URL: `http://127.0.0.1:${port}` });
    hangsUp.close();
    expect([down.code, problem(down).code]).toEqual([7, "provider_down"]);
  });

  test("asks for agreement with code 6, and does it when a later process brings the confirmation", async () => {
    await using machine = await openMachine();
    const ids = [await mint(machine, "one")];
    const asked = await call(machine, "revoke_token", { ids });
    expect(asked.code).toBe(6);
    const { confirmation_required: required } = JSON.parse(asked.stdout) as Required;
    expect(required.plan[0]).toContain("Revoke one");
    const { confirmation } = required;
    const other = await call(machine, "revoke_token", { ids: ["tok_other"], confirmation });
    expect([other.code, problem(other).code]).toEqual([6, "declined"]);
    const done = await output<{ outcomes: object[] }>(call(machine, "revoke_token", { ids, confirmation }));
    expect(done.outcomes).toMatchObject([{ outcome: "revoked" }]);
    const again = await call(machine, "revoke_token", { ids, confirmation });
    expect([again.code, problem(again).code]).toEqual([6, "declined"]);
  });
});

describeWith(["python3"], "approve", () => {
  async function planned(machine: Machine) {
    const args = { ids: [await mint(machine, "one")] };
    const asked = await call(machine, "revoke_token", args);
    const { confirmation } = (JSON.parse(asked.stdout) as Required).confirmation_required;
    return { args: { ...args, confirmation }, confirmation };
  }

  test("is not for an agent, which has no terminal", async () => {
    await using machine = await openMachine({ FLY_TOKENS_CONFIRM: "always" });
    const { args, confirmation } = await planned(machine);
    const { code, stderr } = await machine.flyTokens(["approve", confirmation], { input: "one\n" });
    expect(code).toBe(3);
    expect(stderr).toContain("terminal");
    const without = await call(machine, "revoke_token", args);
    expect([without.code, problem(without).code]).toEqual([6, "needs_confirmation"]);
    expect((await machine.flyTokens(["approve"])).code).toBe(2);
  });

  test("lets a person agree at a terminal by typing what is asked for, and nothing else", async () => {
    await using machine = await openMachine({ FLY_TOKENS_CONFIRM: "always" });
    const { args, confirmation } = await planned(machine);
    const at = (typed: string) =>
      machine.run("python3", ["-c", typist, typed, process.execPath, bundle, "approve", confirmation]);
    const declined = await at("yes");
    expect([declined.code, declined.stdout.includes("Revoke one")]).toEqual([6, true]);
    expect((await call(machine, "revoke_token", args)).code).toBe(6);
    expect(await succeed(at("one"))).toContain("Approved");
    const { outcomes } = await output<{ outcomes: object[] }>(call(machine, "revoke_token", args));
    expect(outcomes).toMatchObject([{ outcome: "revoked" }]);
  });
});

describe("registry", () => {
  test("is shared by every server of the machine; when it is gone, one of them takes its place with what it knew", async () => {
    await using machine = await openMachine();
    const registry = await machine.registry();
    await using first = await agentOn(machine);
    await using second = await agentOn(machine, { kind: "modern" });
    await first.call("generate_token", { name: "of the first" });
    await second.call("generate_token", { name: "of the second" });
    const names = async (agent: typeof first) => {
      const { data, text } = await agent.call("list_tokens");
      expect(data.tokens, text).toBeDefined();
      return (data.tokens as { name: string }[]).map(({ name }) => name).sort();
    };
    for (const agent of [first, second])
      expect(await names(agent)).toEqual(["of the first", "of the second"]);
    registry.child.kill("SIGKILL");
    await registry.ended;
    expect(await listens(machine.url)).toBe(false);
    await second.call("generate_token", { name: "of the third time" });
    for (const agent of [first, second]) expect(await names(agent)).toHaveLength(3);
  });

  test("says where it is, refuses an address that is taken, and ends with code 0", async () => {
    await using machine = await openMachine();
    const registry = await machine.registry();
    expect(registry.stderr()).toContain(`${machine.url}/artifactory/api/npm/npm/`);
    const second = await machine.flyTokens(["registry"]);
    expect(second.code).toBe(5);
    expect(second.stderr).toContain("FLY_TOKENS_LOCAL_URL");
    registry.child.kill("SIGTERM");
    expect(await registry.ended).toBe(0);
    expect(await listens(machine.url)).toBe(false);
    expect(registry.stdout()).toBe("");
    expect(await readdir(machine.at("fly-tokens/data/registry"))).toContain("registry.db");
  });
});

describe("audit", () => {
  test("shows what was asked for, and notices a line that was changed", async () => {
    await using machine = await openMachine();
    const audit = (...words: string[]) => machine.flyTokens(["audit", ...words]);
    expect(await succeed(audit("verify"))).toMatch(/0 lines/);
    const id = await mint(machine, "ci");
    const shown = await succeed(audit("show", "--since", "1h", "--token", id));
    expect(shown).toMatch(new RegExp(`generate_token +ok +${id}  by fly-tokens call 1\\n$`));
    const [line = ""] = (await succeed(audit("show", "--json", "--limit", "1"))).split("\n");
    expect(JSON.parse(line)).toMatchObject({ tool: "generate_token", ids: [id], outcome: "ok" });
    const { head } = JSON.parse(await succeed(audit("verify", "--json"))) as { head: string };
    expect(await succeed(audit("verify", "--expect", head))).toMatch(/as it was written: 2 lines/);
    expect((await audit("verify", "--expect", "0".repeat(63))).code).toBe(2);
    for (const words of [[], ["mend"], ["show", "--since", "yesterday"], ["show", "--limit", "0"]])
      expect((await audit(...words)).code).toBe(2);

    const [name = ""] = Object.keys(await machine.tree()).filter((one) => one.endsWith("audit.jsonl"));
    const text = (await readFile(machine.at(name), "utf8")).replace(id, `${id}x`);
    await machine.write(name, text);
    const { code, stdout } = await audit("verify");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^WRONG: line 2: .*changed/)]);

    // More than a pipe holds, for a reader who wants one line of it.
    await machine.write(name, text.repeat(500));
    const script = `"$0" "$1" audit show | head -n 1`;
    const piped = await machine.run("sh", ["-c", script, process.execPath, bundle]);
    expect([piped.stdout, piped.stderr]).toEqual([expect.stringMatching(/^\S+ +generate_token.*\n$/), ""]);
  });
});
