import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { getStatus } from "../../tools/get-status.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type WorldOptions } from "../support/world.ts";

async function status(options: WorldOptions = {}) {
  const world = await openWorld(options);
  const { call } = await world.connect();
  return {
    world,
    call,
    async look() {
      const result = await call("get_status");
      return { result, status: answerOf(getStatus, result) };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

it("tells who issues, as whom we come, what the operator allows, and which package managers are set up", async () => {
  await using open = await status({ env: { PATH: "/nowhere" } });
  const { result, status: told } = await open.look();
  expect(told).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    default_provider: "local",
    providers: [
      {
        id: "local",
        configured: true,
        url: open.world.registry.url,
        identity: "admin",
        role: "admin",
        capabilities: ["tokens", "environments", "registries", "identity"],
      },
      {
        id: "flyio",
        configured: false,
        url: "https://api.fly.io",
        capabilities: ["tokens", "registries", "identity", "restrict"],
        problem: "It is not configured. Log in with `fly auth login`, or set FLY_API_TOKEN.",
      },
      {
        id: "jfrog",
        configured: false,
        capabilities: ["tokens", "environments", "registries", "identity"],
        problem:
          "It is not configured. Log in with `fly-tokens login jfrog`, or set JFROG_URL and JFROG_ACCESS_TOKEN.",
      },
    ],
    policy: { inline_secrets: "allow", confirm: "auto", read_only: false },
    package_managers: expect.arrayContaining([
      { id: "npm", installed: false, configured: false },
      { id: "docker", installed: false, configured: false },
    ]),
  });
  expectSameFacts(result, "capabilities");
  expect(open.world.frames.join()).not.toContain(open.world.registry.adminKey);
});

it("tells what the operator does not allow", async () => {
  await using open = await status({
    env: {
      FLY_TOKENS_INLINE_SECRETS: "deny",
      FLY_TOKENS_CONFIRM: "always",
      FLY_TOKENS_READ_ONLY: "1",
      FLY_TOKENS_MAX_EXPIRY: "30d",
    },
  });
  const { result, status: told } = await open.look();
  expect(told.policy).toEqual({
    inline_secrets: "deny",
    confirm: "always",
    read_only: true,
    max_expiry_hours: 720,
  });
  expectSameFacts(result, "capabilities");
  expect(result.text).toContain("read-only");
});

it("finds programs where PATH says, and what is set up", async () => {
  await using open = await status();
  const bin = join(open.world.home, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "npm"), "#!/bin/sh\n");
  await chmod(join(bin, "npm"), 0o755);
  await writeFile(join(bin, "docker"), "not a program");
  await using other = await status({ env: { PATH: `/nowhere:${bin}` } });
  await other.call("configure_package_manager", { manager: "npm" });
  const { status: told } = await other.look();
  expect(told.package_managers).toEqual(
    expect.arrayContaining([
      { id: "npm", installed: true, configured: true },
      { id: "docker", installed: false, configured: false },
    ]),
  );
});

describe("says what is wrong, and how to mend it,", () => {
  it("with a key that nobody has", async () => {
    await using open = await status({ env: { FLY_TOKENS_LOCAL_KEY: "flyk_nobody-has-this-key" } });
    const { result, status: told } = await open.look();
    expect(told.providers[0]).toMatchObject({ problem: expect.stringMatching(/FLY_TOKENS_LOCAL_KEY/) });
    expect(told.providers[0]).not.toHaveProperty("identity");
    expectSameFacts(result, "capabilities");
  });

  it("with a registry that is gone", async () => {
    await using open = await status();
    await open.world.registry.close();
    const { result, status: told } = await open.look();
    expect(told.providers[0]?.problem).toMatch(/Nothing answers at .*FLY_TOKENS_LOCAL_URL/);
    expectSameFacts(result, "capabilities");
  });

  it("with one file, without hiding the rest", async () => {
    await using open = await status();
    await mkdir(join(open.world.home, ".docker"));
    await writeFile(join(open.world.home, ".docker/config.json"), "{ not JSON");
    const { result, status: told } = await open.look();
    const docker = told.package_managers.find(({ id }) => id === "docker");
    expect(docker).toMatchObject({
      configured: false,
      problem: expect.stringMatching(/config\.json.*line 1/),
    });
    // Podman and Helm read docker's file too, and say the same.
    const problems = told.package_managers.flatMap(({ id, problem }) => (problem ? [[id, problem]] : []));
    for (const [id, problem] of problems) {
      expect(["docker", "helm", "podman"]).toContain(id);
      expect(problem).toBe(docker?.problem);
    }
    expectSameFacts(result, "capabilities");
  });
});

it("says as which developer we come", async () => {
  await using open = await status();
  const bob = await open.world.registry.addUser("bob");
  await using theirs = await status({
    env: { FLY_TOKENS_LOCAL_URL: open.world.registry.url, FLY_TOKENS_LOCAL_KEY: bob },
  });
  expect((await theirs.look()).status.providers[0]).toMatchObject({ identity: "bob", role: "developer" });
});

it("takes no arguments", async () => {
  await using open = await status();
  const result = await open.call("get_status", { verbose: true });
  expectRefusal(result, "invalid_input", /verbose/);
  expect(result.error.allowed).toEqual([]);
});
