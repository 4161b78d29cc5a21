import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type ToolResult, type World, type WorldOptions } from "../support/world.ts";

let world: World;
/** The only folder on PATH. */
let bin: string;
let call: (name: string, args?: Record<string, unknown>) => Promise<ToolResult>;

const open = async (options: WorldOptions = {}) => {
  world = await openWorld({ ...options, env: { PATH: bin, ...options.env } });
  ({ call } = await world.connect());
};
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), "fly-tokens-bin-"));
  await open();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await rm(bin, { recursive: true });
});

/** Programs that are there, and do nothing. */
const install = (...names: string[]) =>
  Promise.all(names.map((name) => writeFile(join(bin, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 })));

const reopen = async (options: WorldOptions) => {
  await world[Symbol.asyncDispose]();
  await open(options);
};
const setUp = async (args: Record<string, unknown>) =>
  answerOf(configurePackageManager, await call("configure_package_manager", args));
async function check(args: Record<string, unknown>) {
  const result = await call("check_package_manager", args);
  expectSameFacts({ ...result, text: result.text }, "status");
  return answerOf(checkPackageManager, result).package_managers;
}

it("finds nothing on a machine without clients, and those that are installed not set up", async () => {
  expect(await check({})).toEqual([]);
  await install("docker", "npm", "pip");
  const all = await check({});
  expect(all.map(({ id, configured }) => [id, configured])).toEqual([
    ["docker", false],
    ["npm", false],
    ["pip", false],
  ]);
});

it.each(["npm", "pip", "docker"])(
  "%s: finds what was set up, whose token it is, and that it works",
  async (manager) => {
    const { token } = await setUp({ manager });
    expect(await check({ manager })).toEqual([
      {
        id: manager,
        configured: true,
        registry: expect.stringContaining(new URL(world.registry.url).host),
        token: {
          id: token?.id,
          status: "active",
          expires_at: token?.expires_at,
          permission: "read_only",
        },
        works: { ok: true, status: 200 },
        shadowed_by: [],
        warnings: expect.any(Array),
      },
    ]);
  },
);

it.each(["npm", "pip", "docker"])(
  "%s: says why it is refused when its token was revoked",
  async (manager) => {
    const { token } = await setUp({ manager });
    await world.registry.call("POST", `/tokens/${token?.id}/revoke`);
    const [found] = await check({ manager });
    expect(found).toMatchObject({
      configured: true,
      token: { id: token?.id, status: "revoked" },
      works: {
        ok: false,
        status: 401,
        cause: expect.stringMatching(/is revoked.*configure_package_manager/),
      },
    });
  },
);

it("says so when it has expired", async () => {
  let clock = new Date("2026-03-01T10:00:00Z");
  await reopen({ now: () => clock });
  await setUp({ manager: "npm", expires: "1h" });
  clock = new Date("2026-03-01T12:00:00Z");
  expect(await check({ manager: "npm" })).toMatchObject([
    { token: { status: "expired" }, works: { ok: false, cause: expect.stringMatching(/is expired/) } },
  ]);
});

it("says so when the token is unknown to the registry, and shows nothing of it", async () => {
  await setUp({ manager: "npm" });
  const host = new URL(world.registry.url).host;
  const foreign = "flyt_of-another-registry-and-not-for-anybody-to-see";
  await writeFile(
    join(world.home, ".npmrc"),
    `registry=http://${host}/artifactory/api/npm/npm/\n//${host}/artifactory/api/npm/npm/:_authToken=${foreign}\n`,
  );
  const [found] = await check({ manager: "npm" });
  expect(found).toMatchObject({ configured: true, works: { ok: false, status: 401 } });
  expect(found).not.toHaveProperty("token");
  expect(world.frames.join()).not.toContain(foreign);
});

it("names what outranks the user's file", async () => {
  await setUp({ manager: "npm" });
  await mkdir(join(world.home, "project"));
  await writeFile(join(world.home, "project/.npmrc"), "registry=https://other.example/\n");
  const [found] = await check({ manager: "npm", scope: "project", project_dir: "~/project" });
  expect(found?.configured).toBe(false);
  await reopen({ env: { npm_config_registry: "https://other.example/" } });
  const [shadowed] = await check({ manager: "npm" });
  expect(shadowed).toMatchObject({
    configured: false,
    registry: "https://other.example/",
    shadowed_by: [expect.stringContaining("npm_config_registry")],
  });
});

it("checks the others when one file cannot be read", async () => {
  await install("docker", "pip");
  await setUp({ manager: "npm" });
  await mkdir(join(world.home, ".docker"));
  await writeFile(join(world.home, ".docker/config.json"), "{");
  const all = await check({});
  expect(all).toMatchObject([
    {
      id: "docker",
      configured: false,
      warnings: [expect.stringMatching(/config\.json does not parse at line 1/)],
    },
    { id: "npm", configured: true, works: { ok: true } },
    { id: "pip" },
  ]);
});

it("checks in a project only those that have a configuration there", async () => {
  await install("docker", "npm", "pip");
  expect((await check({ scope: "project" })).map(({ id }) => id)).toEqual(["npm", "pip"]);
});

it("says that the registry is gone, with what is known from the files", async () => {
  await setUp({ manager: "npm" });
  await world.registry.close();
  expect(await check({ manager: "npm" })).toMatchObject([
    {
      id: "npm",
      configured: true,
      works: { ok: false, cause: expect.stringMatching(/nothing listens there/) },
    },
  ]);
});

describe("refuses", () => {
  it.each<[Record<string, unknown>, string, object]>([
    [{ manager: "brew" }, "not_found", { allowed: expect.arrayContaining(["cargo", "docker", "npm"]) }],
    [{ managers: ["npm"] }, "invalid_input", { did_you_mean: "manager" }],
    [{ scope: "global" }, "invalid_input", { allowed: ["user", "project"] }],
    [{ scope: "project", project_dir: "/tmp/a\nb" }, "invalid_input", {}],
    [{ scope: "project", project_dir: "/tmp/a\0b" }, "invalid_input", {}],
  ])("%j", async (args, code, details) => {
    const result = await call("check_package_manager", args);
    expectRefusal(result, code as "not_found");
    expect(result.error).toMatchObject(details);
  });
});
