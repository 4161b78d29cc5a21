import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

const before =
  "# mine\nmachine other.example\n  login me\n  password kept\n\ndefault login anonymous password me";

describeWith(["curl", "git"], "netrc", () => {
  test("lets curl and git in by host alone, until the token is revoked; the file is as before in the end", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const curl = (...args: string[]) =>
      machine.run("curl", [
        "--silent",
        "--show-error",
        "--fail",
        "--netrc",
        ...args,
        `${registry.url}/artifactory/api/generic/app/1.0/a.txt`,
      ]);
    await machine.write(".netrc", before, 0o600);
    await machine.write("a.txt", "content");
    const writer = await setUp(agent, "netrc", { permission: "read_write" });
    await succeed(curl("--upload-file", "a.txt"));
    expect(await succeed(curl())).toBe("content");

    const reader = await setUp(agent, "netrc");
    expect(await succeed(curl())).toBe("content");
    expect(await fail(curl("--upload-file", "a.txt"))).toContain("403");
    registry.log.length = 0;
    await fail(
      machine.run("git", ["ls-remote", `${registry.url}/artifactory/api/generic/app.git`], {
        env: { GIT_TERMINAL_PROMPT: "0" },
      }),
    );
    expect(
      registry.log.filter(({ path }) => String(path).includes("app.git")).map(({ status }) => status),
    ).toEqual([401, 404]);

    await revoke(agent, [reader, writer]);
    expect(await fail(curl())).toContain("401");
    expect(await check(agent, "netrc")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "netrc");
    await restore(agent, "netrc");
    expect(await machine.read(".netrc")).toBe(before);
  });
});
