/** “Set up whatever this project uses”: several real clients with one token, and all of it undone at once. */
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { revoke } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, npmPackage, succeed, wheel } from "../wares.ts";

describeWith(["npm", "pip", "twine", "python3", "curl"], "auto", () => {
  test("finds npm and pip by their files, and takes twine by name; each works with the one token until it is revoked", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const before = { ".npmrc": "; mine\nfund=false\n", ".pypirc": "[pypi]\nusername = __token__\n" };
    for (const [name, text] of Object.entries(before)) await machine.write(name, text);
    await machine.write("shop/package-lock.json", "{}");
    await machine.write("shop/requirements.txt", "");

    const args = { project_dir: "~/shop", permission: "read_write" };
    const found = await agent.call("configure_package_manager", { manager: "auto", ...args });
    expect(found.data.managers).toEqual(["npm", "pip"]);
    const all = await agent.call("configure_package_manager", { manager: "npm,pip,twine", ...args });
    const id = all.data.token?.id ?? "";
    expect(id).toBe(found.data.token?.id);

    await succeed(machine.run("npm", "publish", { cwd: await npmPackage(machine, "hello", "1.0.0") }));
    await succeed(
      machine.run("twine", [
        "upload",
        "--non-interactive",
        "-r",
        "fly",
        await wheel(machine, "fly-hello", "1.0.0"),
      ]),
    );
    await succeed(machine.run("pip", "download --no-deps --no-cache-dir --dest out fly-hello"));
    const used = registry.log.filter(({ path }) => `${path}`.startsWith("/artifactory/"));
    expect(new Set(used.map(({ token }) => token))).toEqual(new Set([id]));

    await revoke(agent, [id]);
    expect(await fail(machine.run("npm", "whoami"))).toContain("E401");
    await fail(machine.run("pip", "download --no-deps --no-cache-dir --dest again fly-hello"));
    for (const manager of ["npm", "pip", "twine"])
      expect((await agent.call("check_package_manager", { manager })).text).toMatch(/is revoked/);
    for (const restore_id of [all.data.restore_id, found.data.restore_id])
      expect((await agent.call("restore_package_manager", { restore_id })).isError).toBe(false);
    for (const [name, text] of Object.entries(before)) expect(await machine.read(name)).toBe(text);
    expect(await machine.read(".config/pip/pip.conf")).toBeNull();
    expect(await machine.read(".netrc")).toBeNull();
  });

  test("changes nothing at all when one of them cannot be set up", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    await machine.write("shop/package-lock.json", "{}");
    await machine.write("shop/requirements.txt", "");
    await machine.write(".netrc", "machine 127.0.0.1 login somebody password else\n");
    // pip falls back to its own file; netrc by itself has nowhere else to go.
    const args = { manager: "npm,pip,netrc", project_dir: "~/shop" };
    const { isError, code } = await agent.call("configure_package_manager", args);
    expect({ isError, code }).toEqual({ isError: true, code: "conflict" });
    expect(await machine.read(".npmrc")).toBeNull();
    expect(await machine.read(".config/pip/pip.conf")).toBeNull();
    expect((await agent.call("list_tokens")).data.tokens).toEqual([]);
  });
});
