import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { startGuarded } from "../servers/guarded.ts";
import { fail, succeed } from "../wares.ts";

const before =
  "# mine\nmachine other.example\n  login me\n  password kept\n\ndefault login anonymous password me";

describeWith(["curl", "git"], "netrc", () => {
  test("lets curl and git in by host alone, until the token is revoked; the file is as before in the end", async () => {
    await using registry = await startRegistry();
    const files = new Map<string, Buffer>();
    await using store = await startGuarded(registry, ({ method, path, body }) => {
      if (method === "PUT") files.set(path, body);
      return path === "/generic/" || files.has(path) ? { body: files.get(path) ?? "" } : { status: 404 };
    });
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
      FLY_TOKENS_LOCAL_ENDPOINTS: `generic=${store.url}/generic`,
    });
    await using agent = await agentOn(machine);
    const curl = (...args: string[]) =>
      machine.run("curl", [
        "--silent",
        "--show-error",
        "--fail",
        "--netrc",
        ...args,
        `${store.url}/generic/app/1.0/a.txt`,
      ]);
    await machine.write(".netrc", before, 0o600);
    await machine.write("a.txt", "content");
    const writer = await setUp(agent, "netrc", { permission: "read_write" });
    await succeed(curl("--upload-file", "a.txt"));
    expect(await succeed(curl())).toBe("content");

    const reader = await setUp(agent, "netrc");
    expect(await succeed(curl())).toBe("content");
    expect(await fail(curl("--upload-file", "a.txt"))).toContain("403");
    store.log.length = 0;
    await fail(
      machine.run("git", ["ls-remote", `${store.url}/generic/app.git`], {
        env: { GIT_TERMINAL_PROMPT: "0" },
      }),
    );
    expect(store.log.at(-1)).toMatch(/^GET \/generic\/app\.git\/info\/refs\S* Basic 404$/);

    await revoke(agent, [reader, writer]);
    expect(await fail(curl())).toContain("401");
    expect(await check(agent, "netrc")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "netrc");
    await restore(agent, "netrc");
    expect(await machine.read(".netrc")).toBe(before);
  });
});
