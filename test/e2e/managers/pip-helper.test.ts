import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, succeed, twineUpload } from "../wares.ts";

const before = "# mine\n[global]\ntimeout = 60";

describeWith(["pip", "twine", "python3"], "pip with a keyring program of ours", () => {
  test("downloads without a secret in its file, only where that program comes first on PATH, and never with a revoked token", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const uploader = await mint(agent, "read_write");
    await succeed(twineUpload(machine, uploader, "1.0.0"));
    await machine.write(".config/pip/pip.conf", before);
    const id = await setUp(agent, "pip", { secret_style: "helper" });
    const conf = await machine.read(".config/pip/pip.conf");
    expect(conf).toMatch(/index-url = http:\/\/admin@127\.0\.0\.1:\d+\/.+\nkeyring-provider = subprocess/);
    const folder = machine.at("fly-tokens/data/bin");
    expect(await machine.mode("fly-tokens/data/bin/keyring")).toBe(0o700);

    const download = (to: string, PATH: string) =>
      machine.run("pip", `download --no-deps --no-cache-dir --dest ${to} fly-hello`, { env: { PATH } });
    const withOurs = [folder, machine.env.PATH].join(delimiter);
    await fail(download("none", machine.env.PATH ?? ""));
    expect(await succeed(download("first", withOurs))).toContain("Successfully downloaded");
    expect(await check(agent, "pip")).toContain("pip: works");
    await revoke(agent, [id]);
    await fail(download("second", withOurs));
    expect(registry.log.at(-1)).toMatchObject({ status: 401 });
    await restore(agent, "pip");
    expect(await machine.read(".config/pip/pip.conf")).toBe(before);
    expect(await machine.read("fly-tokens/data/bin/keyring")).toBeNull();
  });
});
