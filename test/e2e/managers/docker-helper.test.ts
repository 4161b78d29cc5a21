/** docker, podman and skopeo asking `docker-credential-fly-tokens`, and docker with a helper of the user's own. */
import { expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { bundle, type Machine, openMachine } from "../machine.ts";
import { fail, images, succeed } from "../wares.ts";

const config = ".docker/config.json";
const store = "fly-tokens/data/credentials.json";
const before = '{\n    "auths" : {"other.example":{}},\n    "psFormat": "table {{.Names}}" }\n';

const machineOf = ({ url, adminKey }: TestRegistry) =>
  openMachine({ FLY_TOKENS_LOCAL_URL: url, FLY_TOKENS_LOCAL_KEY: adminKey });

/** The second program of our package, as npm installs it, noting down what it is asked. */
async function installHelper({ write }: Machine): Promise<void> {
  const program = [process.execPath, bundle].map((word) => `'${word}'`).join(" ");
  await write(
    "bin/docker-credential-fly-tokens",
    `#!/bin/sh\necho "$*" >> "$HOME/asked"\nexec ${program} credential-helper docker "$@"\n`,
    0o755,
  );
}

describeWith(["docker", "podman", "skopeo", "umoci"], "docker and podman with our credential helper", () => {
  test("read manifests, push and pull with no secret in their files, until the token is revoked", async () => {
    await using registry = await startRegistry();
    await using machine = await machineOf(registry);
    await using agent = await agentOn(machine);
    await installHelper(machine);
    await machine.write(config, before);
    const { push, pull, inspect } = images(machine);
    const helper = { secret_style: "helper" };
    const writer = await setUp(agent, "docker,podman", { permission: "read_write", ...helper });
    for (const file of [config, ".config/containers/auth.json"]) {
      expect(JSON.parse((await machine.read(file)) ?? "")).toMatchObject({
        credHelpers: { [machine.host]: "fly-tokens" },
      });
      expect(await machine.read(file)).not.toMatch(/flyt_|"auth"/);
    }
    expect(await machine.mode(store)).toBe(0o600);
    await succeed(push("1.0", "docker/hello:1.0"));
    expect(JSON.parse(await succeed(inspect("docker/hello:1.0")))).toMatchObject({ schemaVersion: 2 });
    expect(await succeed(machine.run("podman", `login --get-login ${machine.host}`))).toBe("admin\n");
    expect(await machine.read("asked")).toMatch(/^list\n(?:list\n)*(?:get\n){3,}$/);

    // The store's token is found again: a second set-up mints nothing.
    expect(await setUp(agent, "docker", { permission: "read_write", ...helper })).toBe(writer);
    const reader = await setUp(agent, "docker", helper);
    await succeed(pull("docker/hello:1.0", "second"));
    expect(await fail(push("2.0", "docker/hello:2.0"))).toContain("denied");
    expect(await check(agent, "docker")).toMatch(/^docker: works\n.*read_only/s);
    expect(await machine.read(config)).toContain("credHelpers");

    await revoke(agent, [writer, reader]);
    expect(await fail(inspect("docker/hello:1.0"))).toMatch(/unauthorized/i);
    expect(await check(agent, "docker")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "docker");
    await restore(agent, "docker");
    expect(await machine.read(config)).toBe(before);
    for (const file of [store, ".config/containers/auth.json"]) expect(await machine.read(file)).toBeNull();
  });

  test("go back to a secret in the file, and leave nothing of the helper there", async () => {
    await using registry = await startRegistry();
    await using machine = await machineOf(registry);
    await using agent = await agentOn(machine);
    await installHelper(machine);
    await machine.write(config, before);
    await setUp(agent, "docker", { secret_style: "helper" });
    await setUp(agent, "docker", { secret_style: "value" });
    expect(Object.keys(JSON.parse((await machine.read(config)) ?? ""))).toEqual(["auths", "psFormat"]);
    expect(await fail(images(machine).inspect("docker/hello:1.0"))).toContain("no such manifest");
    await restore(agent, "docker");
    await restore(agent, "docker");
    expect(await machine.read(config)).toBe(before);
  });

  test.each([
    ["is not on PATH", undefined, /docker-credential-fly-tokens` is not on PATH/],
    [
      "does not answer",
      "#!/bin/sh\necho broken >&2\nexit 3\n",
      /docker-credential-fly-tokens list` failed: broken/,
    ],
  ])("are refused where it %s, and nothing is minted", async (_how, program, said) => {
    await using registry = await startRegistry();
    await using machine = await machineOf(registry);
    await using agent = await agentOn(machine);
    await machine.write(config, before);
    if (program) await machine.write("bin/docker-credential-fly-tokens", program, 0o755);
    for (const manager of ["docker", "podman"]) {
      const { isError, text } = await agent.call("configure_package_manager", {
        manager,
        secret_style: "helper",
      });
      expect(isError).toBe(true);
      expect(text).toMatch(said);
    }
    expect((await agent.call("list_tokens")).data.tokens).toEqual([]);
    expect(await machine.read(config)).toBe(before);
  });
});

describeWith(["docker", "skopeo", "umoci"], "docker with a credential helper of the user's", () => {
  const keeper = `#!/bin/sh
kept="$HOME/kept"
case "$1" in
  store) cat > "$kept" ;;
  get) cat > /dev/null; cat "$kept" 2> /dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
  erase) cat > /dev/null; rm -f "$kept" ;;
esac
`;

  test("keeps the token there, asks it before a new one is minted, and says when it is gone", async () => {
    await using registry = await startRegistry();
    await using machine = await machineOf(registry);
    await using agent = await agentOn(machine);
    await machine.write("bin/docker-credential-vault", keeper, 0o755);
    const mine = '{"credsStore":"vault"}';
    await machine.write(config, mine);
    const id = await setUp(agent, "docker", { permission: "read_write" });
    expect(await machine.read("kept")).toContain(machine.host);
    expect(await machine.read(config)).not.toMatch(/flyt_|"auth"/);
    expect(await setUp(agent, "docker", { permission: "read_write" })).toBe(id);
    expect(await check(agent, "docker")).toMatch(
      new RegExp(`^docker: works\n.*token ${id}, read_write, active`, "s"),
    );
    await revoke(agent, [id]);
    expect(await check(agent, "docker")).toMatch(/does not work: the token .+ is revoked/);
    await machine.write("bin/docker-credential-vault", "#!/bin/sh\necho locked >&2\nexit 1\n", 0o755);
    expect(await check(agent, "docker")).toMatch(/docker-credential-vault get` failed: locked/);
    await machine.write("bin/docker-credential-vault", keeper, 0o755);
    await restore(agent, "docker");
    expect([await machine.read(config), await machine.read("kept")]).toEqual([mine, null]);
  });
});
