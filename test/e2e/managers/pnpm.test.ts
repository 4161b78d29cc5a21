/** pnpm with the files that the agent wrote. */
import { describe, expect, test } from "vitest";
import { check, restore, revoke, setUp } from "../job.ts";
import { fail, succeed } from "../wares.ts";
import { type Client, doesTheJob, openWorld } from "./javascript.ts";

const pnpm: Client = {
  manager: "pnpm",
  command: "pnpm",
  program: "pnpm/pnpm",
  publish: "publish --no-git-checks",
  add: "add",
  refusal: /401 Unauthorized/,
  before: {
    ".npmrc": "; mine\n\nfund = false\n//other.example/:_authToken=kept\n  # end",
    ".config/pnpm/config.yaml": "# mine\nminimumReleaseAge: 0\n",
  },
};
const auth = ".config/pnpm/auth.ini";

describe("pnpm", () => {
  doesTheJob(pnpm);

  test("gets its token where it has a stale one of its own, which outranks the user's .npmrc", async () => {
    await using world = await openWorld(pnpm);
    const { machine, agent, run, asked, registry } = world;
    const key = `//${machine.host}/artifactory/api/npm/npm/:_authToken`;
    const stale = await registry.mint({ name: "stale" });
    await machine.write(auth, `# pnpm login\n${key}=${stale.value}\n`);
    const id = await setUp(agent, "pnpm");
    expect(await machine.read(".npmrc")).not.toContain("flyt_");
    await succeed(run("whoami"));
    expect(asked(id)).toContain("GET -/whoami 200");
    await restore(agent, "pnpm");
    expect(await machine.read(auth)).toBe(`# pnpm login\n${key}=${stale.value}\n`);
    expect(await machine.read(".npmrc")).toBe(pnpm.before[".npmrc"]);
  });

  test("asks our helper for its token, so that no file of its own holds one", async () => {
    await using world = await openWorld(pnpm);
    const { machine, agent, run, asked, project } = world;
    const id = await setUp(agent, "pnpm", { secret_style: "helper", permission: "read_write" });
    expect(`${await machine.read(".npmrc")}${await machine.read(auth)}`).not.toContain("flyt_");
    await succeed(run(pnpm.publish, await project("hello")));
    await succeed(run("add hello", await project("app")));
    expect(asked(id)).toEqual(expect.arrayContaining(["PUT hello 201", "GET hello 200"]));
    // A new token needs no change of pnpm's files.
    const files = [await machine.read(".npmrc"), await machine.read(auth)];
    const next = await setUp(agent, "pnpm");
    expect([await machine.read(".npmrc"), await machine.read(auth)]).toEqual(files);
    await succeed(run("whoami"));
    expect(asked(next)).toContain("GET -/whoami 200");

    await revoke(agent, [next]);
    expect(await fail(run("whoami"))).toContain("401");
    expect(await check(agent, "pnpm")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "pnpm");
    await restore(agent, "pnpm");
    expect(await machine.read(".npmrc")).toBe(pnpm.before[".npmrc"]);
    expect(await machine.read(auth)).toBeNull();
  });

  test.each([
    [".config/pnpm/config.yaml", "registries:\n  default: http://127.0.0.1:9/\n", {}],
    [auth, "", { PNPM_CONFIG_REGISTRY: "http://127.0.0.1:9/" }],
  ])("is told what outranks what would be written: %s, %j, %j", async (file, text, env) => {
    await using world = await openWorld({ ...pnpm, before: { ...pnpm.before, [file]: text } }, env);
    const { registry, agent, run } = world;
    const refused = await agent.call("configure_package_manager", { manager: "pnpm" });
    expect(refused.text).toMatch(/http:\/\/127\.0\.0\.1:9\/, and outranks the user configuration/);
    await agent.call("configure_package_manager", { manager: "pnpm", verify: false });
    registry.log.length = 0;
    await fail(run("whoami"));
    expect(registry.log).toEqual([]);
  });
});
