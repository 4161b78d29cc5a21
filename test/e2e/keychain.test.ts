/** Tokens in the operating system's keychain, with the bundle over stdio, gnome-keyring and npm. */
import { cp, readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Canaries } from "../support/canaries.ts";
import { treeOf } from "../support/home.ts";
import { type Agent, agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { setUp } from "./job.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";
import {
  openSecretService,
  programs,
  type SecretService,
  type SessionOptions,
} from "./servers/secret-service.ts";
import { succeed } from "./wares.ts";
import { frames, wireTo } from "./wire.ts";

interface Scene extends AsyncDisposable {
  machine: Machine;
  service: SecretService;
  agent: Agent;
  deliver(args?: Record<string, unknown>): ReturnType<Agent["call"]>;
  statuses(): Promise<string[]>;
}

async function openScene(options: SessionOptions = {}): Promise<Scene> {
  const service = await openSecretService(options);
  const machine = await openMachine(service.env);
  const agent = await agentOn(machine);
  return {
    machine,
    service,
    agent,
    deliver: (args) =>
      agent.call("generate_token", { name: "Deploy (web)", deliver_to: "keychain", ...args }),
    async statuses() {
      const { tokens } = (await agent.call("list_tokens")).data as { tokens: { status: string }[] };
      return tokens.map(({ status }) => status);
    },
    async [Symbol.asyncDispose]() {
      for (const part of [agent, machine, service]) await part[Symbol.asyncDispose]();
    },
  };
}

/** What every process was started with. */
async function commandLines(): Promise<string> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(lines)).join("\n");
}

describeWith([...programs, "npm"], "a token in the keychain", () => {
  test("is put there unseen, is read back by its name, and npm works with it", async () => {
    await using scene = await openScene();
    const { agent, deliver, machine, service } = scene;
    const made = await deliver({ permission: "read_write" });
    expect(made.text).toContain("the entry Deploy-web of the keychain (service fly-tokens)");
    expect(made.text).toContain("token_from: keychain:Deploy-web");
    expect(await service.entries()).toEqual(["Deploy-web"]);
    // The command of the receipt, as a person types it.
    const [, command = ""] = /`(secret-tool [^`]+)`/.exec(made.text) ?? [];
    const [program = "", ...args] = command.split(" ");
    const value = await succeed(machine.run(program, args));
    expect(value).toMatch(/^flyt_\w+$/);
    const id = await setUp(agent, "npm", { token_from: "keychain:Deploy-web" });
    expect(id).toBe(made.data.token?.id);
    expect(await machine.read(".npmrc")).toContain(value);
    expect(await succeed(machine.run("npm", "whoami"))).toBe("admin\n");
    expect(await scene.statuses()).toEqual(["active"]);
    expect(inspect(made) + inspect(await agent.call("get_token", { id }))).not.toContain(value);
    expect(agent.complaints).toEqual([]);
  });

  test("is in no frame, argument or log, and in no file but the client's", async () => {
    await using service = await openSecretService();
    await using machine = await openMachine({ ...service.env, FLY_TOKENS_LOG: "debug" });
    const server = machine.start(process.execPath, [bundle]);
    const wire = wireTo(server);
    const maps = () => readFile(`/proc/${server.child.pid}/maps`, "utf8");
    const call = (name: string, args: object) => wire.request("tools/call", { name, arguments: args });
    let running = true;
    const seen: string[] = [];
    const watch = (async () => {
      while (running) seen.push(await commandLines());
    })();
    await wire.initialize();
    await wire.request("tools/list");
    await call("get_status", {});
    expect(await maps()).not.toContain("keyring");
    await call("generate_token", { name: "deploy", deliver_to: "keychain" });
    expect(await maps()).toContain("keyring");
    await call("configure_package_manager", { manager: "npm", token_from: "keychain:deploy" });
    await call("check_package_manager", { manager: "npm" });
    await call("generate_token", { name: "deploy", deliver_to: "keychain" });
    running = false;
    await watch;
    const answers = frames(server).map(({ result }) => result?.isError ?? false);
    expect(answers).toEqual([false, false, false, false, false, false, true]);
    const canaries = new Canaries();
    canaries.add((await service.lookup("deploy")) ?? "");
    for (const text of [server.stdout(), server.stderr(), seen.join("\n"), await service.files()])
      expect(canaries.in(text)).toEqual([]);
    expect(seen.join("\n")).toContain(bundle);
    const holders = Object.entries(await treeOf(machine.path)).filter(
      ([, text]) => canaries.in(text).length > 0,
    );
    expect(holders.map(([name]) => name)).toEqual([".npmrc"]);
  });

  test("replaces no entry of that name", async () => {
    await using scene = await openScene();
    await scene.service.store("Deploy-web", "theirs");
    const refused = await scene.deliver();
    expect([refused.code, refused.text]).toEqual([
      "conflict",
      expect.stringContaining("another deliver_name"),
    ]);
    expect([await scene.service.lookup("Deploy-web"), await scene.statuses()]).toEqual(["theirs", []]);
    expect((await scene.deliver({ deliver_name: "web.2" })).isError).toBe(false);
    expect(await scene.statuses()).toEqual(["active"]);
  });

  test.each<[string, SessionOptions, (service: SecretService) => Promise<void>, string, RegExp]>([
    ["it is locked", {}, (service) => service.lock(), "command_failed", /is locked.*Unlock it/s],
    [
      "nobody keeps it",
      {},
      (service) => service.kill(),
      "unsupported",
      /No Secret Service.*Start gnome-keyring/s,
    ],
    [
      "it has no collection",
      { service: "bare" },
      async () => {},
      "command_failed",
      /no collection.*Create one/s,
    ],
    ["the session is over", {}, (service) => service.killBus(), "unsupported", /No Secret Service/],
  ])("is not made while %s, and the server lives on", async (_what, options, prepare, code, said) => {
    await using scene = await openScene(options);
    await prepare(scene.service);
    for (let time = 0; time < 2; time++) {
      const refused = await scene.deliver();
      expect([refused.code, refused.text]).toEqual([code, expect.stringMatching(said)]);
      expect(refused.text).toContain("deliver_to file");
    }
    expect(await scene.statuses()).toEqual([]);
  });

  test("that is not one is refused, and not repeated", async () => {
    await using scene = await openScene();
    const { agent, service } = scene;
    await service.store("prose", "hunter2 is the password");
    await service.store("bytes", Buffer.from([0xff, 0xfe, 0x41, 0x42]));
    await service.store("empty", "");
    await service.store("stranger", "npm_of-another-registry");
    for (const [name, code] of [
      ["prose", "invalid_input"],
      ["bytes", "command_failed"],
      ["empty", "not_found"],
      ["missing", "not_found"],
      ["stranger", "unauthorized"],
    ]) {
      const args = { manager: "npm", token_from: `keychain:${name}` };
      const refused = await agent.call("configure_package_manager", args);
      expect([name, refused.code]).toEqual([name, code]);
      expect(refused.text).not.toMatch(/hunter2|npm_/);
    }
    expect(await scene.machine.read(".npmrc")).toBeNull();
    expect(await scene.statuses()).toEqual([]);
  });

  test("needs a package that need not be there", async () => {
    await using scene = await openScene();
    const { machine, service } = scene;
    await machine.write("copy/package.json", '{ "type": "module" }');
    await cp(dirname(bundle), machine.at("copy/dist"), { recursive: true });
    const args = JSON.stringify({ name: "deploy", deliver_to: "keychain" });
    const main = machine.at("copy/dist/main.js");
    const { code, stdout, stderr } = await machine.run(process.execPath, [
      main,
      "call",
      "generate_token",
      "--json",
      args,
    ]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/@napi-rs\/keyring, is not installed.*npm install @napi-rs\/keyring@2/s);
    expect([await service.entries(), await scene.statuses()]).toEqual([[], []]);
  });
});
