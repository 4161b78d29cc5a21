/** The real cargo with the files that an agent wrote, against a sparse registry that asks the local one about each token. */
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { startCargo } from "../servers/cargo.ts";
import { fail, succeed } from "../wares.ts";

const config = `# how we build
[build]
jobs   = 2            # a small machine

[registries.other]
index = "sparse+https://other.example/index/"

# proxies
[http]
timeout = 30
`;
const credentials = '[registries.other]\ntoken = "Bearer keep-me"';

/** rustup's cargo looks for its toolchain in the home of the account, which these tests move. */
const rustup = process.env.RUSTUP_HOME ?? join(userInfo().homedir, ".rustup");

function cargoMachine(
  registry: TestRegistry,
  index: string,
  more: Record<string, string> = {},
): Promise<Machine> {
  return openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    FLY_TOKENS_LOCAL_ENDPOINTS: `cargo=${index}`,
    RUSTUP_HOME: rustup,
    CARGO_TERM_COLOR: "never",
    CARGO_NET_RETRY: "0",
    ...more,
  });
}

async function crate({ at, write }: Machine, name: string, version: string, more = ""): Promise<string> {
  const manifest = `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\ndescription = "x"\nlicense = "MIT"\n`;
  await write(`crates/${name}/Cargo.toml`, manifest + more);
  await write(`crates/${name}/src/lib.rs`, `// ${name} ${version}\n`);
  return at("crates", name);
}

function publish(machine: Machine, folder: string) {
  return machine.run("cargo", "publish --registry fly --no-verify --allow-dirty", { cwd: folder });
}

/** Adds the crate to a new one and fetches it, with nothing left from before. */
async function fetchInto(machine: Machine, name: string) {
  const cwd = await crate(machine, name, "0.1.0");
  const added = await machine.run("cargo", "add --registry fly fly-hello", { cwd });
  return added.code === 0 ? machine.run("cargo", "fetch", { cwd }) : added;
}

describeWith(["cargo"], "cargo", () => {
  test("publishes, adds and fetches with the files that the agent wrote; they are as before when it is undone", async () => {
    await using registry = await startRegistry();
    await using crates = await startCargo(registry);
    await using machine = await cargoMachine(registry, crates.index);
    await using agent = await agentOn(machine);
    await machine.write(".cargo/config.toml", config);
    await machine.write(".cargo/credentials.toml", credentials, 0o600);

    await setUp(agent, "cargo", { permission: "read_write" });
    expect(await machine.read(".cargo/config.toml")).toBe(
      `${config}\n[registries.fly]\nindex = "sparse+${crates.index}"\ncredential-provider = ["cargo:token"]\n`,
    );
    expect(await machine.mode(".cargo/credentials.toml")).toBe(0o600);
    await succeed(publish(machine, await crate(machine, "fly-hello", "0.1.0")));
    await succeed(fetchInto(machine, "app"));
    expect(crates.log).toContain("PUT /artifactory/api/cargo/cargo/api/v1/crates/new Bearer 200");
    expect(crates.log).toContain(
      "GET /artifactory/api/cargo/cargo/v1/crates/fly-hello/0.1.0/download Bearer 200",
    );
    expect(await check(agent, "cargo")).toMatch(/^cargo: works\n.*read_write, active/s);

    await restore(agent, "cargo");
    expect(await machine.read(".cargo/config.toml")).toBe(config);
    expect(await machine.read(".cargo/credentials.toml")).toBe(credentials);
  });

  test("a read-only token does not publish, a revoked one does not fetch, and the check says why", async () => {
    await using registry = await startRegistry();
    await using crates = await startCargo(registry);
    await using machine = await cargoMachine(registry, crates.index);
    await using agent = await agentOn(machine);
    const writer = await setUp(agent, "cargo", { permission: "read_write" });
    await succeed(publish(machine, await crate(machine, "fly-hello", "0.1.0")));

    const reader = await setUp(agent, "cargo");
    await succeed(fetchInto(machine, "app"));
    expect(await fail(publish(machine, await crate(machine, "fly-hello", "0.2.0")))).toContain("403");
    expect(crates.log.at(-1)).toBe("PUT /artifactory/api/cargo/cargo/api/v1/crates/new Bearer 403");
    expect(await check(agent, "cargo")).toMatch(/read_only \(it may not publish or push\), active/);

    await revoke(agent, [reader, writer]);
    crates.log.length = 0;
    expect(await fail(fetchInto(machine, "again"))).toContain("token rejected for `fly`");
    expect(new Set(crates.log.map((line) => line.split(" ").at(-1)))).toEqual(new Set(["401"]));
    expect(await check(agent, "cargo")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "cargo");
    await restore(agent, "cargo");
    expect(await machine.read(".cargo/config.toml")).toBeNull();
    expect(await machine.read(".cargo/credentials.toml")).toBeNull();
  });

  test("a project's own file gets the registry and no token; what outranks the files is told", async () => {
    await using registry = await startRegistry();
    await using crates = await startCargo(registry);
    await using machine = await cargoMachine(registry, crates.index);
    await using agent = await agentOn(machine);
    const project = await crate(machine, "fly-hello", "0.1.0");
    await machine.write("crates/fly-hello/.cargo/config.toml", "[alias]\nb = 'build'", 0o644);
    const args = { scope: "project", project_dir: project };
    await setUp(agent, "cargo", { ...args, permission: "read_write" });
    expect(await machine.read("crates/fly-hello/.cargo/config.toml")).toBe(
      `[alias]\nb = 'build'\n\n[registries.fly]\nindex = "sparse+${crates.index}"`,
    );
    expect(await machine.read(".cargo/config.toml")).toBe(
      '[registries.fly]\ncredential-provider = ["cargo:token"]\n',
    );
    await succeed(publish(machine, project));
    expect(await check(agent, "cargo", args)).toContain("cargo: works");

    await using other = await agentOn(machine, { env: { CARGO_REGISTRIES_FLY_TOKEN: "Bearer dead" } });
    expect(await check(other, "cargo", args)).toContain("CARGO_REGISTRIES_FLY_TOKEN sets another token");
  });

  test("by reference the token is nowhere in the files, and cargo takes it from its own variable", async () => {
    await using registry = await startRegistry();
    await using crates = await startCargo(registry);
    await using machine = await cargoMachine(registry, crates.index);
    await using agent = await agentOn(machine);
    const { id, token } = await mint(agent, "read_write");
    await setUp(agent, "cargo", { secret_style: "reference", token_id: id });
    expect(await machine.read(".cargo/credentials.toml")).toBeNull();
    const folder = await crate(machine, "fly-hello", "0.1.0");
    const args = "publish --registry fly --no-verify --allow-dirty";
    const env = { CARGO_REGISTRIES_FLY_TOKEN: `Bearer ${token}` };
    await using informed = await agentOn(machine, { env });
    await setUp(informed, "cargo", {
      permission: "read_write",
      secret_style: "reference",
      token_from: "env:CARGO_REGISTRIES_FLY_TOKEN",
    });
    expect(await check(informed, "cargo")).toContain("cargo: works");
    await succeed(machine.run("cargo", args, { cwd: folder, env }));
    expect(await fail(machine.run("cargo", args, { cwd: folder }))).toContain("no token found for `fly`");
    // What has nothing to do with the registry goes on working without the variable.
    await succeed(machine.run("cargo", "fetch --offline", { cwd: await crate(machine, "app", "0.1.0") }));
  });

  test("with the helper no file of cargo's has the token, and cargo asks for it each time", async () => {
    await using registry = await startRegistry();
    await using crates = await startCargo(registry);
    await using machine = await cargoMachine(registry, crates.index);
    await using agent = await agentOn(machine);
    await machine.write(".cargo/config.toml", config);
    const id = await setUp(agent, "cargo", { permission: "read_write", secret_style: "helper" });
    expect(await machine.read(".cargo/config.toml")).toMatch(
      /credential-provider = \["cargo:token-from-stdout", .+, "credential-helper", "cargo", "--store", .+\]\n$/,
    );
    expect(await machine.read(".cargo/credentials.toml")).toBeNull();
    await succeed(publish(machine, await crate(machine, "fly-hello", "0.1.0")));
    await succeed(fetchInto(machine, "app"));
    expect(crates.log).toContain("PUT /artifactory/api/cargo/cargo/api/v1/crates/new Bearer 200");
    await revoke(agent, [id]);
    expect(await fail(fetchInto(machine, "again"))).toContain("token rejected for `fly`");
    expect(await check(agent, "cargo")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "cargo");
    expect(await machine.read(".cargo/config.toml")).toBe(config);
  });

  test("a registry that has the public crates too takes the place of the public one", async () => {
    await using registry = await startRegistry();
    await using crates = await startCargo(registry);
    await using machine = await cargoMachine(registry, crates.index);
    await using agent = await agentOn(machine);
    await setUp(agent, "cargo", { permission: "read_write" });
    await succeed(publish(machine, await crate(machine, "fly-hello", "0.1.0")));
    const file = await machine.read(".cargo/config.toml");
    await machine.write(".cargo/config.toml", `${file}\n[source.crates-io]\nreplace-with = "fly"\n`);
    const cwd = await crate(machine, "app", "0.1.0", '[dependencies]\nfly-hello = "0.1"\n');
    await succeed(machine.run("cargo", "fetch", { cwd }));
    expect(await check(agent, "cargo")).toContain("cargo: works");
  });
});
