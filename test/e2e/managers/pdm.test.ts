import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, succeed, wheelScript } from "../wares.ts";

const config = "# mine\ncheck_update = false\n\n[python]\nuse_venv = false   # PEP 582\n";
const pyproject = `# the shop
[project]
name = "fly-hello"
version = "1.0.0"
dependencies = []
requires-python = ">=3.9"

[tool.pdm]
`;

describeWith(["pdm", "twine", "python3"], "pdm", () => {
  test("resolves with what the agent wrote, publishes with the token in its variable, is refused when it may not, and finds its files as before in the end", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const app = machine.at("app");
    const pdm = (args: string, env: Record<string, string> = {}) =>
      machine.run("pdm", args, { cwd: app, env });
    await machine.write(".config/pdm/config.toml", config, 0o644);
    await machine.write("app/pyproject.toml", pyproject);
    await machine.write("wheel.py", wheelScript);
    await succeed(machine.run("mkdir", "app/dist"));
    await succeed(
      machine.run("python3", ["wheel.py", "app/dist/fly_hello-1.0.0-py3-none-any.whl", "fly-hello", "1.0.0"]),
    );

    const user = await setUp(agent, "pdm");
    expect(await machine.read(".config/pdm/config.toml")).toMatch(
      /use_venv = false {3}# PEP 582\n\n\[pypi\]\nurl = "http:\/\/127.+\/simple"\n\n\[repository\.fly\]\nurl = ".+"\nusername = "admin"\n$/,
    );
    const writer = await mint(agent, "read_write");
    const publish = (token: string) =>
      pdm("publish --no-build --repository fly", { PDM_PUBLISH_PASSWORD: token });
    const reader = await mint(agent, "read_only");
    expect(await fail(publish(reader.token))).toContain("403");
    await succeed(publish(writer.token));

    await machine.write(
      "app/pyproject.toml",
      pyproject.replace('"fly-hello"', '"app"').replace("[]", '["fly-hello"]'),
    );
    registry.log.length = 0;
    await succeed(pdm("lock"));
    expect(await machine.read("app/pdm.lock")).toMatch(/name = "fly-hello"\nversion = "1\.0\.0"/);
    expect(registry.log.map(({ path, status }) => `${path} ${status}`)).toContain(
      "/artifactory/api/pypi/pypi/simple/fly-hello/ 200",
    );
    expect(await check(agent, "pdm")).toContain("pdm: works");

    await revoke(agent, [user, writer.id]);
    expect(await fail(pdm("lock"))).toMatch(/CandidateNotFound|Unable to find candidates|credentials/);
    expect(registry.log.at(-1)).toMatchObject({ status: 401 });
    expect(await fail(publish(writer.token))).toContain("401");
    expect(await check(agent, "pdm")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "pdm");
    expect(await machine.read(".config/pdm/config.toml")).toBe(config);
    expect(await machine.read(".netrc")).toBeNull();
  });

  test("resolves in a project whose own file, which everybody has, names the index and no secret", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    await machine.write(".config/pdm/config.toml", config, 0o644);
    await machine.write("app/pyproject.toml", pyproject);
    await setUp(agent, "pdm", { scope: "project", project_dir: machine.at("app") });
    expect(await machine.read("app/pyproject.toml")).toMatch(
      /\[tool\.pdm\]\n\n\[\[tool\.pdm\.source\]\]\nname = "pypi"\nurl = "http:\/\/127.+\/simple"\n$/,
    );
    registry.log.length = 0;
    await fail(machine.run("pdm", "add --no-sync no-such-package", { cwd: machine.at("app") }));
    expect(registry.log.map(({ path, status }) => `${path} ${status}`)).toContain(
      "/artifactory/api/pypi/pypi/simple/no-such-package/ 404",
    );
    await restore(agent, "pdm");
    expect(await machine.read("app/pyproject.toml")).toBe(pyproject);
  });
});
