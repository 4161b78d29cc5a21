import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { fail, succeed, wheel } from "../wares.ts";

const before =
  "; who uploads what\n[distutils]\nindex-servers =\n    pypi\n    work\n\n[work]\nrepository: https://work.example/pypi\n\n[pypi]\nusername = __token__\npassword = pypi-keep-me";

describeWith(["twine", "python3"], "twine", () => {
  const upload = async (machine: Machine, version: string, env: Record<string, string> = {}) =>
    machine.run(
      "twine",
      ["upload", "--non-interactive", "-r", "fly", await wheel(machine, "fly-hello", version)],
      {
        env,
      },
    );

  test("uploads with what the agent wrote, is refused with a token that only reads or is revoked, and its file is as before in the end", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    await machine.write(".pypirc", before, 0o600);
    const writer = await setUp(agent, "twine", { permission: "read_write" });
    await succeed(upload(machine, "1.0.0"));
    expect(registry.log.at(-1)).toMatchObject({ method: "POST", status: 200 });
    expect(await machine.read(".pypirc")).toContain("password = pypi-keep-me");

    const reader = await setUp(agent, "twine");
    expect(await fail(upload(machine, "2.0.0"))).toContain("403");
    expect(registry.log.at(-1)).toMatchObject({ method: "POST", status: 403 });
    await revoke(agent, [reader, writer]);
    expect(await fail(upload(machine, "3.0.0"))).toContain("401");
    expect(await check(agent, "twine")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "twine");
    await restore(agent, "twine");
    expect(await machine.read(".pypirc")).toBe(before);
  });

  test("takes the token from the environment where the file is to have none", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const { id, token } = await mint(agent, "read_write");
    await setUp(agent, "twine", { secret_style: "reference", token_id: id });
    expect(await machine.read(".pypirc")).not.toContain(token);
    expect(await fail(upload(machine, "1.0.0"))).toContain("Credential not found for password");
    await succeed(upload(machine, "1.0.0", { TWINE_PASSWORD: token }));
  });
});
