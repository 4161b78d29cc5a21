import { expect, test } from "vitest";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { fail, succeed } from "../wares.ts";
import { buildGem, openStage } from "./gems.ts";

describeWith(["gem"], "gem", () => {
  test("installs and pushes what its token may, is refused once it is revoked, and its files come back", async () => {
    await using stage = await openStage();
    const { machine, server } = stage;
    await using agent = await agentOn(machine);
    // A source of the user's own that needs no network, and is to stay.
    await machine.run("mkdir", "-p mirror/gems");
    await succeed(machine.run("gem", "generate_index --directory mirror"));
    const gemrc = `---\n# mine\n:sources:\n- file://${machine.at("mirror")}/ # offline\n:backtrace: true\ngem: --no-document`;
    const keys = "---\n:rubygems_api_key: keep-me\n";
    await machine.write(".gemrc", gemrc);
    await machine.write(".gem/credentials", keys, 0o600);

    const push = (file: string) => machine.run("gem", ["push", "--host", server.url, file]);
    const install = (to: string) => machine.run("gem", `install fly_hello --remote --install-dir ${to}`);
    const first = await buildGem(machine, "fly_hello", "1.0.0");

    const writer = await setUp(agent, "gem", { permission: "read_write" });
    expect(await machine.read(".gemrc")).toContain(`file://${machine.at("mirror")}/ # offline\n- "http://`);
    expect(await machine.mode(".gem/credentials")).toBe(0o600);
    expect(await succeed(push(first))).toContain("Successfully registered gem: fly_hello-1.0.0");
    await succeed(install("one"));
    expect(server.log.slice(-3)).toEqual([
      "GET /artifactory/api/gems/gems/specs.4.8.gz Basic 200",
      "GET /artifactory/api/gems/gems/quick/Marshal.4.8/fly_hello-1.0.0.gemspec.rz Basic 200",
      "GET /artifactory/api/gems/gems/gems/fly_hello-1.0.0.gem Basic 200",
    ]);
    expect(await check(agent, "gem")).toContain("gem: works");

    const reader = await setUp(agent, "gem");
    await succeed(install("two"));
    await fail(push(await buildGem(machine, "fly_hello", "2.0.0")));
    expect(server.log.at(-1)).toBe("POST /artifactory/api/gems/gems/api/v1/gems Basic 403");

    await revoke(agent, [reader, writer]);
    expect(await fail(install("three"))).toMatch(/401|Could not find a valid gem/);
    expect(server.log.at(-1)).toMatch(/^GET .+ Basic 401$/);
    expect(await check(agent, "gem")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "gem");
    await restore(agent, "gem");
    expect(await machine.read(".gemrc")).toBe(gemrc);
    expect(await machine.read(".gem/credentials")).toBe(keys);
  });

  test("pushes with files that were not there before, and are not afterwards", async () => {
    await using stage = await openStage();
    const { machine, server } = stage;
    await using agent = await agentOn(machine);
    await setUp(agent, "gem", { permission: "read_write" });
    await succeed(
      machine.run("gem", ["push", "--host", server.url, await buildGem(machine, "fly_hello", "1.0.0")]),
    );
    expect(server.log.at(-1)).toBe("POST /artifactory/api/gems/gems/api/v1/gems Basic 200");
    // It shows the login too, which is why the setup warns of it.
    expect(await succeed(machine.run("gem", "sources --list"))).toContain(`@${new URL(server.url).host}/`);
    expect(await machine.mode(".gemrc")).toBe(0o600);
    await restore(agent, "gem");
    for (const file of [".gemrc", ".local/share/gem/credentials"])
      expect(await machine.read(file)).toBeNull();
  });
});
