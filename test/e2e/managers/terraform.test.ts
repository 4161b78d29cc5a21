/** terraform installs a provider from the mirror: lists with the token as Bearer, the archive with netrc, as far as the token lives. */
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { hcl as format } from "../../../src/formats/hcl.ts";
import { hcl } from "../../package-managers/originals/hcl.ts";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { provider, startTerraformMirror } from "../servers/terraform.ts";
import { fail, succeed } from "../wares.ts";

const settings = `# mine
disable_checkpoint   = true // always

credentials "other.example" {
  token = "kept"
}

provider_installation {
  direct {
    exclude = ["example.com/*/*"] # not there
  }
}
`;
const netrc = "machine other.example login bob password kept";

async function open() {
  const registry = await startRegistry();
  const mirror = await startTerraformMirror(registry, registry.folder);
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    FLY_TOKENS_LOCAL_ENDPOINTS: `terraform=${mirror.url}`,
    NODE_EXTRA_CA_CERTS: mirror.cert,
    SSL_CERT_FILE: mirror.cert,
    CHECKPOINT_DISABLE: "1",
  });
  await machine.write(
    "tf/main.tf",
    `terraform {\n  required_providers {\n    hello = {\n      source  = "${provider}"\n      version = "1.0.0"\n    }\n  }\n}\n`,
  );
  return {
    machine,
    host: new URL(mirror.url).host,
    url: mirror.url,
    /** What the mirror was asked since last time: page, scheme and status. */
    asked: () => mirror.log.splice(0).map((line) => line.replace(/^(\w+) \S*\//, "$1 ")),
    async init(env: Record<string, string> = {}) {
      for (const name of [".terraform", ".terraform.lock.hcl"])
        await rm(machine.at("tf", name), { recursive: true, force: true });
      return machine.run("terraform", "init -no-color", { cwd: machine.at("tf"), env });
    },
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await mirror[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

describeWith(["terraform", "openssl"], "terraform", () => {
  test("installs a provider; once the token is revoked it is refused, and undoing gives back the former bytes", async () => {
    await using it = await open();
    const { machine, asked, init } = it;
    await using agent = await agentOn(machine);
    await machine.write(".terraformrc", settings);
    await machine.write(".netrc", netrc);

    const id = await setUp(agent, "terraform");
    const written = await machine.read(".terraformrc");
    expect(written).toContain(
      `  }\n  network_mirror { url = "${it.url}/" }\n}\n\ncredentials "${it.host}" {\n  token = "`,
    );
    expect(await machine.mode(".terraformrc")).toBe(0o600);
    asked();
    expect(await succeed(init())).toContain(`Installed ${provider} v1.0.0`);
    const seen = asked();
    expect(seen).toContain("GET index.json Bearer 200");
    expect(seen).toContain("GET 1.0.0.json Bearer 200");
    expect(seen).toContain("GET hello.zip Basic 200");
    expect(seen.filter((line) => !line.endsWith(" 200"))).toEqual([]);
    expect(await check(agent, "terraform")).toMatch(/^terraform: works\n.*read_only/s);

    await revoke(agent, [id]);
    asked();
    await fail(init());
    expect(new Set(asked())).toEqual(new Set(["GET index.json Bearer 401"]));
    expect(await check(agent, "terraform")).toMatch(/does not work: the token .+ is revoked/);

    await restore(agent, "terraform");
    expect(await machine.read(".terraformrc")).toBe(settings);
    expect(await machine.read(".netrc")).toBe(netrc);
  });

  test("renews the token where `terraform login` keeps it, and is told of a variable that outranks it", async () => {
    await using it = await open();
    const { machine, asked, init, host } = it;
    await using agent = await agentOn(machine);
    const login = ".terraform.d/credentials.tfrc.json";
    await machine.write(login, JSON.stringify({ credentials: { [host]: { token: "old" } } }));
    await machine.write(".terraformrc", settings);
    await setUp(agent, "terraform");
    expect(await machine.read(".terraformrc")).not.toContain(host.concat('" {'));
    expect(await succeed(init())).toContain("Installed");

    const { token } = await mint(agent, "read_only");
    const variable = `TF_TOKEN_${host}`;
    await using other = await agentOn(machine, { env: { [variable]: `${token}x` } });
    expect(await check(other, "terraform")).toContain(`${variable} holds another token for ${host}`);
    asked();
    await fail(init({ [variable]: `${token}x` }));
    expect(asked()).toContain("GET index.json Bearer 401");
  });

  test("gets the lists but no archive where netrc has no entry, and the check says so", async () => {
    await using it = await open();
    const { machine, asked, init } = it;
    await using agent = await agentOn(machine);
    await machine.write(".terraformrc", settings);
    await setUp(agent, "terraform");
    await rm(machine.at(".netrc"));
    asked();
    await fail(init());
    const seen = asked();
    expect(seen).toContain("GET 1.0.0.json Bearer 200");
    expect(seen.filter((line) => line.includes("hello.zip") && !line.endsWith(" none 401"))).toEqual([]);
    expect(await check(agent, "terraform")).toMatch(/no password for .+ but not their archives/);
  });

  test("reads a file of our own making, which leaves the way to the providers' own registries open", async () => {
    await using it = await open();
    const { machine } = it;
    await using agent = await agentOn(machine);
    await setUp(agent, "terraform");
    expect(await machine.read(".terraformrc")).toMatch(
      /^credentials ".+" \{\n {2}token = ".+"\n\}\n\nprovider_installation \{\n {2}network_mirror \{ url = ".+" \}\n {2}direct \{\}\n\}\n$/,
    );
    expect(await succeed(machine.run("terraform", "version"))).not.toMatch(/problem|Error/);
    await restore(agent, "terraform");
    expect(await machine.read(".terraformrc")).toBe(null);
  });

  test("takes every text that people have, with our values in it", async () => {
    await using machine = await openMachine({ CHECKPOINT_DISABLE: "1" });
    const block = "provider_installation";
    for (const [index, text] of hcl.texts.entries()) {
      const withToken = format.write(text, ['credentials "acme.example"', "token"], '"x"');
      const path = [block, "network_mirror[url=https://acme.example/]"];
      const both = format.write(withToken, path, '{ url = "https://acme.example/" }');
      const file = await machine.write(`${index}.tfrc`, format.write(both, [block, "direct"], "{}"));
      const { stdout, stderr } = await machine.run("terraform", "version", {
        env: { TF_CLI_CONFIG_FILE: file },
      });
      expect(stdout + stderr, text).not.toMatch(/Error parsing|provider_installation/);
    }
    const file = await machine.write("broken.tfrc", hcl.broken);
    const { stdout, stderr } = await machine.run("terraform", "version", {
      env: { TF_CLI_CONFIG_FILE: file },
    });
    expect(stdout + stderr).toMatch(/Error parsing/);
  });
});
