/** Podman, skopeo and buildah with the `auth.json` that the agent wrote, and what outranks it. */
import { expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { type Agent, agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { fail, images, succeed } from "../wares.ts";

const auths = ".config/containers/auth.json";
const registries = ".config/containers/registries.conf.d/fly-tokens.conf";
const before =
  '{\r\n  "auths": {"other.example":{ "auth": "Ym9iOnRoZWlycw==" }},\r\n  "unknown" : [1,  2]\r\n}';

/** Images are kept in the machine's own folder, for root too. */
async function containersMachine(registry: TestRegistry): Promise<Machine> {
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
  });
  const { at, write, env } = machine;
  await write(
    "storage.conf",
    `[storage]\ndriver = "vfs"\ngraphroot = "${at("storage")}"\nrunroot = "${at("run/storage")}"\n`,
  );
  await write("containers.conf", `[engine]\ntmp_dir = "${at("run/libpod")}"\n`);
  env.CONTAINERS_STORAGE_CONF = at("storage.conf");
  env.CONTAINERS_CONF = at("containers.conf");
  return machine;
}

/** What a refused set-up said. */
async function refused(agent: Agent, args: Record<string, unknown> = {}): Promise<string> {
  const { isError, text } = await agent.call("configure_package_manager", { manager: "podman", ...args });
  expect(isError).toBe(true);
  return text;
}

const statuses = ({ log }: TestRegistry, method: string) =>
  log.filter((line) => line.method === method).map(({ status }) => status);

describeWith(["podman", "skopeo", "buildah", "umoci"], "podman, skopeo and buildah", () => {
  test("push and pull what the token lets them, until it is revoked; undoing gives back the former bytes", async () => {
    await using registry = await startRegistry();
    await using machine = await containersMachine(registry);
    await using agent = await agentOn(machine);
    const { host, run } = machine;
    await machine.write(auths, before);
    const { push, pull } = images(machine);

    const writer = await setUp(agent, "podman", { permission: "read_write" });
    expect(await machine.mode(auths)).toBe(0o600);
    await succeed(push("1.0", "docker/hello:1.0"));
    // Plain http without a switch, as the file of ours for this host says.
    await succeed(run("skopeo", `inspect --raw docker://${host}/docker/hello:1.0`));
    expect(await succeed(run("podman", `login --get-login ${host}`))).toBe("admin\n");
    await succeed(run("podman", `pull --quiet ${host}/docker/hello:1.0`));
    await succeed(run("podman", `push --quiet ${host}/docker/hello:1.0 ${host}/docker/hello:2.0`));
    await succeed(run("buildah", `pull --quiet --policy always ${host}/docker/hello:2.0`));
    await succeed(run("buildah", `push --quiet ${host}/docker/hello:2.0 ${host}/docker/hello:3.0`));
    expect(await succeed(run("podman", `search --list-tags ${host}/docker/hello`))).toMatch(
      /1\.0.*2\.0.*3\.0/s,
    );

    const reader = await setUp(agent, "podman");
    await succeed(pull("docker/hello:3.0", "second"));
    await succeed(run("podman", `pull --quiet ${host}/docker/hello:3.0`));
    registry.log.length = 0;
    const image = `${host}/docker/hello:1.0 ${host}/docker/other:1.0`;
    for (const program of ["podman", "buildah"])
      expect(await fail(run(program, `push --quiet ${image}`))).toContain("denied");
    expect(await fail(push("4.0", "docker/hello:4.0"))).toContain("denied");
    expect([...statuses(registry, "POST"), ...statuses(registry, "PUT")]).not.toContain(201);
    expect(await check(agent, "podman")).toMatch(
      /^podman: works\n.*read_only \(it may not publish or push\), active/s,
    );

    await revoke(agent, [reader, writer]);
    registry.log.length = 0;
    await fail(run("podman", `pull --quiet ${host}/docker/hello:1.0`));
    await fail(run("buildah", `pull --quiet --policy always ${host}/docker/hello:1.0`));
    await fail(pull("docker/hello:1.0", "third"));
    expect(new Set(statuses(registry, "GET"))).toEqual(new Set([401]));
    expect(await check(agent, "podman")).toMatch(/does not work: the token .+ is revoked/);

    await restore(agent, "podman");
    await restore(agent, "podman");
    expect(await machine.read(auths)).toBe(before);
    expect(await machine.read(registries)).toBeNull();
  });

  test("prefer a login in the file that is gone after a reboot, which is refused with its name and can be taken away", async () => {
    await using registry = await startRegistry();
    await using machine = await containersMachine(registry);
    await using agent = await agentOn(machine);
    const { host, run } = machine;
    const old = await mint(agent, "read_write");
    // `podman login` writes there.
    await setUp(agent, "podman");
    await succeed(run("podman", `login -u admin --password-stdin ${host}`, { input: old.token }));
    expect(await machine.read("run/containers/auth.json")).toContain(host);
    await revoke(agent, [old.id]);
    await fail(run("skopeo", `list-tags docker://${host}/docker/hello`));
    expect(await check(agent, "podman")).toMatch(
      /is revoked.*run\/containers\/auth\.json has another login/s,
    );
    expect(await refused(agent, { permission: "read_write" })).toMatch(/401.*podman logout.*was revoked/s);
    await succeed(run("podman", `logout ${host}`));
    expect(await check(agent, "podman")).toMatch(/^podman: works/);
    await setUp(agent, "podman", { permission: "read_write" });
    await succeed(images(machine).push("1.0", "docker/hello:1.0"));
  });

  test("are told of a login for a part of the host, and follow REGISTRY_AUTH_FILE and DOCKER_CONFIG", async () => {
    await using registry = await startRegistry();
    await using machine = await containersMachine(registry);
    const { host, run, at, env } = machine;
    const wrong = Buffer.from("bob:a-password-that-is-wrong").toString("base64");
    await machine.write(auths, `{"auths":{"${host}/docker":{"auth":"${wrong}"}}}`);
    {
      await using agent = await agentOn(machine);
      await setUp(agent, "podman", { permission: "read_write" });
      expect(await check(agent, "podman")).toContain(`has a login of its own for ${host}/docker`);
      expect(await fail(images(machine).push("1.0", "docker/hello:1.0"))).toMatch(/unauthorized/);
    }
    for (const [name, value, file] of [
      ["REGISTRY_AUTH_FILE", at("elsewhere/auth.json"), "elsewhere/auth.json"],
      ["DOCKER_CONFIG", at("docker"), "docker/config.json"],
    ] as const) {
      await machine.write(auths, "{}");
      env[name] = value;
      await using agent = await agentOn(machine);
      await setUp(agent, "podman", { permission: "read_write" });
      expect(await machine.read(file)).toContain(host);
      expect(await machine.read(auths)).toBe("{}");
      await succeed(images(machine).push(name.toLowerCase().replaceAll("_", "-"), "docker/hello:1.0"));
      await succeed(run("podman", `pull --quiet ${host}/docker/hello:1.0`));
      await succeed(run("buildah", `pull --quiet --policy always ${host}/docker/hello:1.0`));
      delete env[name];
    }
  });

  test("are not given a token that no file of theirs would be read for", async () => {
    await using registry = await startRegistry();
    await using machine = await containersMachine(registry);
    await using agent = await agentOn(machine);
    await machine.write(".config/containers/registries.conf", 'credential-helpers = ["secretservice"]\n');
    expect(await refused(agent)).toMatch(/credential-helpers without containers-auth\.json/);
    expect((await agent.call("list_tokens")).data.tokens).toEqual([]);
    expect(await machine.read(auths)).toBeNull();
  });
});
