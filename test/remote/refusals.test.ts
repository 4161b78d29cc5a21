/**
 * Every tool, with every argument that could name something of the machine where the server runs: to a caller on another
 * machine nothing of it is read, written, run or said, and nothing is minted for a call that is refused.
 */
import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProblemCode } from "../../src/problem.ts";
import { tools } from "../../tools/index.generated.ts";
import { expectRefusal } from "../support/answers.ts";
import type { ClientOptions } from "../support/world.ts";
import { betrayedIn, files, openTheirWorld } from "./their-world.ts";

const eras: ClientOptions["era"][] = ["legacy", "modern"];

/** Calls as somebody would make them who is after the operator's machine, by what they end in. */
const calls = (home: string): [string, Record<string, unknown>, ProblemCode | "answered"][] => [
  ["get_status", {}, "answered"],
  ["get_token", { from: "env:CANARY_TOKEN" }, "forbidden"],
  ["get_token", { from: `file:${home}/a-token` }, "forbidden"],
  ["get_token", { from: "file:~/a-token" }, "forbidden"],
  ["get_token", { from: "keychain:canary" }, "forbidden"],
  ["get_token", { id: `file:${home}/a-token`, explain: true }, "forbidden"],
  ["get_token", { id: "env:CANARY_TOKEN", access: { action: "read" } }, "forbidden"],
  ["get_token", { id: `file:${home}/a-token` }, "not_found"],
  ["generate_token", { name: "x", deliver_to: "file", deliver_path: `${home}/new` }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "file" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "env_file" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "keychain" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "kubernetes" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "kubernetes", deliver_path: "pull.yaml" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "reveal_page" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "github_actions", deliver_in: "o/r" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "github_actions" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "fly_secrets", deliver_in: "app" }, "forbidden"],
  ["generate_token", { name: "x", deliver_to: "fly_secrets" }, "forbidden"],
  ["generate_token", { name: "x", deliver_path: `${home}/.npmrc` }, "forbidden"],
  ["generate_token", { name: "x", deliver_name: "X" }, "forbidden"],
  ["generate_token", { name: "x", deliver_git: "ignore" }, "forbidden"],
  ["generate_token", { name: "x", kubernetes: { context: "prod" } }, "forbidden"],
  ["configure_package_manager", { manager: "auto" }, "forbidden"],
  ["configure_package_manager", { manager: "auto", project_dir: `${home}/project` }, "forbidden"],
  ["configure_package_manager", { manager: "npm", project_dir: `${home}/project` }, "forbidden"],
  ["configure_package_manager", { manager: "npm", scope: "project", project_dir: "." }, "forbidden"],
  ["configure_package_manager", { manager: "npm", token_from: "env:CANARY_TOKEN" }, "forbidden"],
  ["configure_package_manager", { manager: "npm", token_from: `file:${home}/a-token` }, "forbidden"],
  ["configure_package_manager", { manager: "npm", token_id: "tok_1" }, "forbidden"],
  ["configure_package_manager", { manager: "npm", secret_style: "helper" }, "invalid_input"],
  ["configure_package_manager", { manager: "npm,pip,docker" }, "answered"],
  ["configure_package_manager", { manager: "npm", scope: "project", verify: true }, "answered"],
  ["configure_package_manager", { manager: "npm", dry_run: true }, "answered"],
  ["rotate_token", { expires_within: "400d" }, "forbidden"],
  ["rotate_token", { id: "tok_1", environment: "production" }, "forbidden"],
  ["rotate_token", { id: "tok_1", deliver_to: "file", deliver_path: `${home}/new` }, "forbidden"],
  ["rotate_token", { id: "tok_1", deliver_to: "inline", deliver_in: "o/r" }, "forbidden"],
  ["rotate_token", { id: "tok_1", deliver_to: "keychain", deliver_name: "x" }, "forbidden"],
  ["rotate_token", { id: "tok_1", deliver_git: "allow" }, "forbidden"],
  ["rotate_token", { id: "tok_1", kubernetes: { namespace: "prod" } }, "forbidden"],
  ["rotate_token", { id: "tok_1" }, "not_found"],
  ["list_tokens", { name: home }, "answered"],
  ["revoke_token", { ids: ["tok_1"] }, "answered"],
  ["delete_token", { ids: ["tok_1"] }, "answered"],
  ["create_environment", { name: "production" }, "answered"],
  ["describe_environment", { name: "production" }, "answered"],
];

/** Which arguments name things of a machine; all others are about tokens, issuers and the caller's own wishes. */
const aboutAMachine =
  /^(from|paths|project_dir|token_id|token_from|explain|access|expires_within|deliver_(path|name|in|git)|kubernetes|restore_id|git_history|include_ignored)$/;

const local = ["check_package_manager", "find_leaks", "restore_package_manager", "restrict_token"];

it("every tool that can be called has its case, and every argument that is about a machine", () => {
  const offered = tools.filter(({ name }) => !local.includes(name));
  const table = calls("");
  expect([...new Set(table.map(([name]) => name))].sort()).toEqual(offered.map(({ name }) => name).sort());
  for (const { name, here = [], input } of offered) {
    if (name === "list_tokens") continue;
    const sensitive = Object.keys(input.shape).filter((key) => aboutAMachine.test(key));
    expect([name, [...(here as string[])].filter((key) => aboutAMachine.test(key)).sort()]).toEqual([
      name,
      sensitive.sort(),
    ]);
    const tried = table.flatMap(([tool, args]) => (tool === name ? Object.keys(args) : []));
    expect([name, sensitive.filter((key) => !tried.includes(key))]).toEqual([name, []]);
  }
  expect(tools.filter(({ here }) => here === true).map(({ name }) => name)).toEqual(local);
});

describe.each(eras)("a caller of the %s era on another machine", (era) => {
  it("gets nothing of the server's machine, whatever it asks for", async () => {
    await using world = await openTheirWorld();
    const { here, there, started } = world;
    const { call } = await there.connect({ era });
    const before = await world.theirs();
    for (const [name, args, end] of calls(here.home)) {
      const result = await call(name, args);
      const label = `${name} ${JSON.stringify(args)}`;
      if (end === "answered")
        expect([label, result.isError, result.text]).toEqual([label, undefined, result.text]);
      else expectRefusal(result, end);
      if (end === "forbidden") expect(result.text, label).toMatch(/machine where this server runs|another/);
    }
    expect(started).toEqual([]);
    expect(await world.theirs()).toEqual(before);
    expect(await world.tokens()).toEqual([]);
    expect(there.faults).toEqual([]);
    expect(there.frames.length).toBeGreaterThan(calls("").length);
    // Nor is it said before the last net, but for what the caller itself has said.
    expect(betrayedIn(there.frames, world)).toEqual([]);
    expect(
      betrayedIn(
        there.said.map((text) => text.replaceAll(`${here.home}/a-token`, "")),
        world,
      ),
    ).toEqual([]);
  });

  it("has none of the operator's files looked at", async ({ skip }) => {
    await using world = await openTheirWorld();
    const { here, there } = world;
    const control = join(here.home, "control");
    await writeFile(control, "x");
    await utimes(control, new Date(0), new Date(1000));
    await readFile(control);
    if ((await stat(control)).atimeMs === 0) skip("this file system does not note when a file was read");
    const { call } = await there.connect({ era });
    for (const [name, args] of calls(here.home)) await call(name, args);
    const looked = await Promise.all(
      Object.keys(files).map(async (name) => [
        name,
        (await stat(join(here.home, name))).atime.getUTCFullYear(),
      ]),
    );
    expect(looked).toEqual(Object.keys(files).map((name) => [name, 2001]));
  });

  it("is not offered what is for this machine alone, and cannot call it", async () => {
    await using world = await openTheirWorld();
    const { client } = await world.there.connect({ era });
    const { tools: listed } = await client.listTools();
    expect(listed.map(({ name }) => name)).toEqual(
      tools.map(({ name }) => name).filter((name) => !local.includes(name)),
    );
    for (const name of local)
      await expect(client.callTool({ name, arguments: {} })).rejects.toMatchObject({ code: -32602 });
    expect(client.getInstructions()).toContain("YOUR_TOKEN");
    expect(client.getInstructions()).not.toMatch(/writes the file|find_leaks|check_package_manager/);
  });

  it("is offered no argument that would be refused, and no prompt that is about the server's machine", async () => {
    await using world = await openTheirWorld();
    const { client } = await world.there.connect({ era });
    const { tools: listed } = await client.listTools();
    for (const { name, inputSchema } of listed) {
      const names = Object.keys((inputSchema as { properties: object }).properties);
      const { here = [] } = tools.find((one) => one.name === name) ?? {};
      expect([name, names.filter((one) => (here as string[]).includes(one) || one === "deliver_to")]).toEqual(
        [name, []],
      );
    }
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["audit-tokens", "deployment-token", "offboard-person"]);
  });
});

it("what the arguments of a call are is decided before they are looked at: a refusal does not tell what is there", async () => {
  await using world = await openTheirWorld();
  const { call } = await world.there.connect({ era: "modern" });
  const { home } = world.here;
  const answers = await Promise.all(
    [`file:${home}/a-token`, `file:${home}/nothing`, "env:CANARY_TOKEN", "env:NOTHING"].map(
      async (token_from) => {
        const { text } = await call("configure_package_manager", { manager: "npm", token_from });
        return text;
      },
    ),
  );
  expect(new Set(answers).size).toBe(1);
});

it("a refusal for the arguments says what it would say at home", async () => {
  await using world = await openTheirWorld();
  const [here, there] = await Promise.all([
    world.here.connect({ era: "modern" }),
    world.there.connect({ era: "modern" }),
  ]);
  const args = { name: "x", permission: "read_onyl" };
  const { error } = await there.call("generate_token", args);
  expect(error).toMatchObject({ argument: "permission", did_you_mean: "read_only" });
  expect(error).toEqual((await here.call("generate_token", args)).error);
});
