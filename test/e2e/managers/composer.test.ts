/** Composer installs a private package with the login that the agent wrote, as far as the token lives. */
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { startComposerRepository } from "../servers/composer.ts";
import { fail, succeed } from "../wares.ts";

// Without the public repository, so that nobody else is asked.
const config =
  '{\n    "config": {"sort-packages":  true},\n    "repositories": {\n        "packagist": false\n    }\n}\n';
const auth = '{\r\n    "http-basic": {"other.example": {"username": "bob", "password": "kept"}}\r\n}\r\n';

async function open() {
  const registry = await startRegistry();
  const repository = await startComposerRepository(registry);
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    FLY_TOKENS_LOCAL_ENDPOINTS: `composer=${repository.url}`,
    COMPOSER_ALLOW_SUPERUSER: "1",
    COMPOSER_NO_INTERACTION: "1",
  });
  await machine.write("app/composer.json", "{}\n");
  const app = machine.at("app");
  return {
    machine,
    app,
    log: repository.log,
    host: new URL(repository.url).host,
    url: repository.url,
    composer: (args: string) => machine.run("composer", args, { cwd: app }),
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

describeWith(["composer"], "composer", () => {
  test("requires a package; once the token is revoked it is refused, and undoing gives back the former bytes", async () => {
    await using it = await open();
    const { machine, log, composer, host } = it;
    await using agent = await agentOn(machine);
    await machine.write(".config/composer/config.json", config, 0o644);
    await machine.write(".config/composer/auth.json", auth);

    const id = await setUp(agent, "composer");
    expect(JSON.parse((await machine.read(".config/composer/config.json")) ?? "")).toEqual({
      config: { "sort-packages": true, "secure-http": false },
      repositories: { packagist: false, fly: { type: "composer", url: it.url } },
    });
    expect(await machine.read(".config/composer/auth.json")).toContain(`"${host}": { "username": "admin"`);
    expect(await machine.mode(".config/composer/auth.json")).toBe(0o600);
    log.length = 0;
    await succeed(composer("require acme/hello:1.0.0"));
    expect(await machine.read("app/vendor/acme/hello/hello.php")).toContain("hi from fly");
    expect(log).toContain("GET /artifactory/api/composer/composer/hello.zip Basic 200");
    expect(log.filter((line) => !line.includes(" Basic 200"))).toEqual([]);
    expect(await check(agent, "composer")).toMatch(/^composer: works\n.*read_only/s);

    await revoke(agent, [id]);
    log.length = 0;
    await succeed(composer("clear-cache"));
    await fail(composer("update"));
    expect(log.filter((line) => !line.includes(" Basic 401"))).toEqual([]);
    expect(log).not.toEqual([]);
    expect(await check(agent, "composer")).toMatch(/does not work: the token .+ is revoked/);

    await restore(agent, "composer");
    expect(await machine.read(".config/composer/config.json")).toBe(config);
    expect(await machine.read(".config/composer/auth.json")).toBe(auth);
  });

  test("works in a project whose own file, a list of repositories, gets no token; another login there is told", async () => {
    await using it = await open();
    const { machine, app, composer, host, log } = it;
    await using agent = await agentOn(machine);
    const before = '{\n  "repositories": [\n    { "packagist": false }\n  ]\n}\n';
    await machine.write("app/composer.json", before, 0o644);
    const project = { scope: "project", project_dir: app };
    await setUp(agent, "composer", project);
    expect(await machine.read("app/composer.json")).toBe(
      `{\n  "repositories": [\n    { "packagist": false },\n    { "name": "fly", "type": "composer", "url": "${it.url}" }\n  ]\n}\n`,
    );
    await succeed(composer("require acme/hello:1.0.0"));
    expect(log).toContain("GET /artifactory/api/composer/composer/hello.zip Basic 200");
    expect(await check(agent, "composer", project)).toContain("composer: works");

    const other = JSON.stringify({ "http-basic": { [host]: { username: "x", password: "not-a-token" } } });
    await machine.write("app/auth.json", other);
    await succeed(composer("clear-cache"));
    await fail(composer("update"));
    expect(await check(agent, "composer", project)).toMatch(/app\/auth\.json has a login for/);
  });

  test("comes with the bearer token where the user has one for the host, because that would outrank a login", async () => {
    await using it = await open();
    const { machine, composer, host, log } = it;
    await using agent = await agentOn(machine);
    await machine.write(".config/composer/config.json", config);
    await machine.write(".config/composer/auth.json", JSON.stringify({ bearer: { [host]: "old" } }));
    await setUp(agent, "composer");
    log.length = 0;
    await succeed(composer("require acme/hello:1.0.0"));
    expect(log.filter((line) => !line.includes(" Bearer 200"))).toEqual([]);
  });
});
