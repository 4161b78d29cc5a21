import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, succeed, twineUpload } from "../wares.ts";

const pipfile = `# the shop's
[[source]]
url = "https://public.example/simple"   # everybody's
verify_ssl = true
name = "pypi"

[packages]
fly-hello = "*"
`;

describeWith(["pipenv", "twine", "python3"], "pipenv", () => {
  test("locks with the source in the Pipfile and the token in netrc, until it is revoked; both files are as before in the end", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const uploader = await mint(agent, "read_write");
    await succeed(twineUpload(machine, uploader, "1.0.0"));
    await machine.write("app/Pipfile", pipfile);
    const where = { scope: "project", project_dir: machine.at("app") };
    const id = await setUp(agent, "pipenv", where);
    const index = `${registry.url}/artifactory/api/pypi/pypi/simple`;
    expect(await machine.read("app/Pipfile")).toBe(pipfile.replace("https://public.example/simple", index));

    // In an environment that is active already: where Python comes from pyenv, this pipenv cannot make its own.
    await succeed(machine.run("python3", "-m venv --without-pip venv"));
    const lock = () =>
      machine.run("pipenv", "lock", {
        cwd: machine.at("app"),
        env: {
          VIRTUAL_ENV: machine.at("venv"),
          PATH: [machine.at("venv/bin"), machine.env.PATH].join(delimiter),
          PIPENV_NOSPIN: "1",
        },
      });
    await succeed(lock());
    const locked = await machine.read("app/Pipfile.lock");
    expect(locked).toContain('"fly-hello"');
    expect(locked).toContain(`"url": "${index}"`);
    expect(await check(agent, "pipenv", where)).toContain("pipenv: works");

    await revoke(agent, [id]);
    registry.log.length = 0;
    await fail(lock());
    expect(registry.log.map(({ status }) => status)).toContain(401);
    expect(registry.log.map(({ status }) => status)).not.toContain(200);
    expect(await check(agent, "pipenv", where)).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "pipenv");
    expect(await machine.read("app/Pipfile")).toBe(pipfile);
    expect(await machine.read(".netrc")).toBeNull();
  });
});
