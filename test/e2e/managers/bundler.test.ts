import { expect, test } from "vitest";
import { bundler } from "../../../src/package-managers/bundler.ts";
import { defaultGemSource } from "../../../src/package-managers/public-registries.ts";
import { Secret } from "../../../src/secret.ts";
import { placeOf, textsOf } from "../../package-managers/place.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import type { Machine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";
import { buildGem, openStage } from "./gems.ts";

/** `bundle install` in a project of its own, with nothing fetched before. */
async function install(machine: Machine, project: string, source: string) {
  await machine.write(`${project}/Gemfile`, `source "${source}"\ngem "fly_hello"\n`);
  const env = {
    BUNDLE_PATH: "vendor",
    BUNDLE_USER_CACHE: machine.at(project, "cache"),
    BUNDLE_SILENCE_ROOT_WARNING: "1",
    BUNDLE_RETRY: "0",
  };
  return machine.run("bundle", "install", { cwd: machine.at(project), env });
}

describeWith(["bundle", "gem"], "bundler", () => {
  test("installs with the login that the agent wrote, is refused once it is revoked, and its file comes back", async () => {
    await using stage = await openStage();
    const { machine, server } = stage;
    await using agent = await agentOn(machine);
    const config = '---\nBUNDLE_JOBS: "2"\n\nBUNDLE_OTHER__EXAMPLE: "bob:keep-me" # theirs\n';
    await machine.write(".bundle/config", config, 0o600);
    const writer = await mint(agent, "read_write");
    const push = await buildGem(machine, "fly_hello", "1.0.0");
    await succeed(
      machine.run("gem", ["push", "--host", server.url, push], {
        env: { GEM_HOST_API_KEY: `Bearer ${writer.token}` },
      }),
    );

    const id = await setUp(agent, "bundler");
    await succeed(install(machine, "one", server.url));
    expect(server.log.slice(-3)).toEqual([
      "GET /artifactory/api/gems/gems/versions Basic 200",
      "GET /artifactory/api/gems/gems/info/fly_hello Basic 200",
      "GET /artifactory/api/gems/gems/gems/fly_hello-1.0.0.gem Basic 200",
    ]);
    expect(await check(agent, "bundler")).toContain("bundler: works");
    expect(await succeed(machine.run("bundle", "config get jobs"))).toContain("2");

    await revoke(agent, [id, writer.id]);
    expect(await fail(install(machine, "two", server.url))).toMatch(
      /Bad username or password|[Aa]uthentication/,
    );
    expect(server.log.at(-1)).toMatch(/^GET .+ Basic 401$/);
    expect(await check(agent, "bundler")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "bundler");
    expect(await machine.read(".bundle/config")).toBe(config);
  });

  test("goes to the registry for the public source where the plan makes it a mirror", async () => {
    await using stage = await openStage();
    const { machine, server, registry } = stage;
    const { value } = await registry.mint({ permission: "read_write" });
    await succeed(
      machine.run("gem", ["push", "--host", server.url, await buildGem(machine, "fly_hello", "1.0.0")], {
        env: { GEM_HOST_API_KEY: `Bearer ${value}` },
      }),
    );
    for (const scope of ["user", "project"] as const) {
      const place = placeOf({ scope, home: machine.path, project_dir: machine.at(scope) });
      const target = { url: `${server.url}/`, mirrors: true, username: "alice", secret: new Secret(value) };
      for (const { path, after } of bundler.plan(target, place, textsOf(bundler, place)).changes)
        await machine.write(path.slice(machine.path.length + 1), after ?? "", 0o600);
      server.log.length = 0;
      await succeed(install(machine, scope, defaultGemSource));
      expect(server.log.at(-1)).toBe("GET /artifactory/api/gems/gems/gems/fly_hello-1.0.0.gem Basic 200");
      if (scope === "user") await machine.write(".bundle/config", "");
      else expect(await machine.read("project/.bundle/config")).not.toContain(value);
    }
  });
});
