import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

const auth = "# mine\n[http-basic.other]\nusername = \"bob\"\npassword = 'keep-me'\n";
const pyproject = (name: string, version: string) =>
  `[tool.poetry]\nname = "${name}"\nversion = "${version}"\ndescription = ""\nauthors = []\n\n[tool.poetry.dependencies]\npython = "^3.9"   # as the servers have it\n`;

describeWith(["poetry", "python3"], "poetry", () => {
  test("publishes and resolves with what the agent wrote, is refused when it may not, and finds its files as before in the end", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    await machine.write(".config/pypoetry/auth.toml", auth, 0o600);
    for (const version of ["1.0.0", "2.0.0"]) {
      await machine.write(`hello-${version}/pyproject.toml`, pyproject("fly-hello", version));
      await machine.write(`hello-${version}/fly_hello/__init__.py`, `VERSION = "${version}"\n`);
      await succeed(machine.run("poetry", "build", { cwd: machine.at(`hello-${version}`) }));
    }
    const publish = (version: string) =>
      machine.run("poetry", "publish --no-interaction --repository fly", {
        cwd: machine.at(`hello-${version}`),
      });
    const writer = await setUp(agent, "poetry", { permission: "read_write" });
    await succeed(publish("1.0.0"));
    expect(registry.log.at(-1)).toMatchObject({ method: "POST", status: 200 });

    // The lock file tells that this Poetry does not know `priority` yet.
    await machine.write("app/pyproject.toml", pyproject("app", "1.0.0"));
    const app = { cwd: machine.at("app") };
    await succeed(machine.run("poetry", "lock", app));
    const reader = await setUp(agent, "poetry", { scope: "project", project_dir: machine.at("app") });
    expect(await machine.read("app/pyproject.toml")).toMatch(
      /\n\n\[\[tool\.poetry\.source\]\]\nname = "fly"\nurl = "http:\/\/127\.0\.0\.1:\d+\/artifactory\/api\/pypi\/pypi\/simple"\ndefault = true\n$/,
    );
    registry.log.length = 0;
    await succeed(machine.run("poetry", "add --lock fly-hello", app));
    expect(await machine.read("app/poetry.lock")).toMatch(/name = "fly-hello"\nversion = "1\.0\.0"/);
    expect(registry.log.filter(({ path }) => String(path).includes("fly-hello"))).not.toEqual([]);
    expect(await fail(publish("2.0.0"))).toContain("403");
    expect(await check(agent, "poetry", { scope: "project", project_dir: machine.at("app") })).toContain(
      "poetry: works",
    );

    await revoke(agent, [reader, writer]);
    expect(await fail(publish("2.0.0"))).toContain("401");
    expect(await fail(machine.run("poetry", "lock --no-cache", app))).toMatch(/401|Authorization error/);
    expect(await check(agent, "poetry")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "poetry");
    await restore(agent, "poetry");
    expect(await machine.read("app/pyproject.toml")).toBe(
      `${pyproject("app", "1.0.0")}fly-hello = "^1.0.0"\n`,
    );
    expect(await machine.read(".config/pypoetry/auth.toml")).toBe(auth);
    expect(await machine.read(".config/pypoetry/config.toml")).toBeNull();
  });
});
