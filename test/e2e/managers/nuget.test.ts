/** NuGet.exe as mono runs it, with the file that the agent wrote. */
import { access } from "node:fs/promises";
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { startNuget } from "../servers/nuget.ts";
import { fail, succeed } from "../wares.ts";

const file = ".config/NuGet/NuGet.Config";

// As NuGet itself leaves it: byte order mark, CRLF, no last line break.
const before = [
  '\uFEFF<?xml version="1.0" encoding="utf-8"?>',
  "<configuration>",
  "  <!-- mine -->",
  "  <packageSources>",
  '    <add key="Local"   value="packages" />',
  "  </packageSources>",
  "  <packageSourceCredentials />",
  "  <disabledPackageSources></disabledPackageSources>",
  "</configuration>",
].join("\r\n");

async function pack(machine: Machine, version: string): Promise<string> {
  await machine.write(
    "hello.nuspec",
    `<?xml version="1.0"?><package><metadata><id>Fly.Hello</id><version>${version}</version><authors>a</authors><description>d</description></metadata><files><file src="a.txt" target="content" /></files></package>`,
  );
  await machine.write("a.txt", `hello ${version}\n`);
  await succeed(machine.run("nuget", "pack hello.nuspec"));
  return `Fly.Hello.${version}.nupkg`;
}

function client(machine: Machine) {
  const nuget = (args: string) => machine.run("nuget", `${args} -Source fly -NonInteractive`);
  return {
    push: async (version: string) => nuget(`push ${await pack(machine, version)}`),
    install: (to: string) => nuget(`install Fly.Hello -OutputDirectory ${to} -NoCache`),
    has: (to: string, version: string) =>
      access(machine.at(to, `Fly.Hello.${version}`, "content/a.txt")).then(() => true),
  };
}

describeWith(["nuget"], "nuget", () => {
  test("pushes and installs until the token may not, is refused when it is revoked, and all is as before", async () => {
    await using registry = await startRegistry();
    await using server = await startNuget(registry);
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
      FLY_TOKENS_LOCAL_ENDPOINTS: `nuget=${server.v2}`,
    });
    await using agent = await agentOn(machine);
    await machine.write(file, before, 0o600);
    const { push, install, has } = client(machine);

    const writer = await setUp(agent, "nuget", { permission: "read_write" });
    await succeed(push("1.0.0"));
    expect(server.log.at(-1)).toMatch(/^PUT \S+ Basic 201$/);
    const { value } = await registry.mint({ permission: "read_only" });
    const flat = new URL("flat/fly.hello/index.json", server.v3);
    const versions = await fetch(flat, { headers: { authorization: `Bearer ${value}` } });
    expect(await versions.json()).toEqual({ versions: ["1.0.0"] });
    await succeed(install("first"));
    expect(await has("first", "1.0.0")).toBe(true);
    expect(server.log.at(-1)).toMatch(/^GET \S+\/package\/Fly\.Hello\/1\.0\.0 Basic 200$/);

    const reader = await setUp(agent, "nuget");
    await succeed(install("second"));
    expect(await has("second", "1.0.0")).toBe(true);
    await fail(push("2.0.0"));
    expect(server.log.at(-1)).toMatch(/^PUT \S+ Basic 403$/);
    expect(await check(agent, "nuget")).toMatch(/read_only \(it may not publish or push\), active/);

    await revoke(agent, [reader, writer]);
    await fail(install("third"));
    expect(server.log.at(-1)).toMatch(/ 401$/);
    expect(await check(agent, "nuget")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "nuget");
    await restore(agent, "nuget");
    expect(await machine.read(file)).toBe(before);
  });

  test("makes a new file for the user alone, with the public source beside ours, and removes it again", async () => {
    await using registry = await startRegistry();
    await using server = await startNuget(registry);
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
      FLY_TOKENS_LOCAL_ENDPOINTS: `nuget=${server.v2}`,
    });
    await using agent = await agentOn(machine);
    await setUp(agent, "nuget", { permission: "read_write" });
    expect(await machine.mode(file)).toBe(0o600);
    expect(`${await machine.read(file)}`.match(/<add key="(?:fly|https:[^"]+)"/g)).toHaveLength(2);
    await succeed(client(machine).push("1.0.0"));
    await restore(agent, "nuget");
    await expect(access(machine.at(file))).rejects.toThrow("ENOENT");
  });

  test("what NuGet itself writes after us stays when ours is taken back", async () => {
    await using registry = await startRegistry();
    await using server = await startNuget(registry);
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
      FLY_TOKENS_LOCAL_ENDPOINTS: `nuget=${server.v2}`,
    });
    await using agent = await agentOn(machine);
    await machine.write(file, before, 0o600);
    await setUp(agent, "nuget");
    await succeed(
      machine.run("nuget", "sources add -Name later -Source http://127.0.0.1:1/x -NonInteractive"),
    );
    await restore(agent, "nuget");
    const text = await machine.read(file);
    expect(text).toContain('key="later"');
    expect(text).toContain("<!-- mine -->");
    expect(text).not.toMatch(/flyt_|<fly>|key="fly"/);
  });
});

test("dotnet is set up with the service index, its file has what its documentation asks for, and all is as before", async () => {
  await using registry = await startRegistry();
  await using server = await startNuget(registry);
  await using machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    FLY_TOKENS_LOCAL_ENDPOINTS: `nuget=${server.v3}`,
  });
  await using agent = await agentOn(machine);
  const dotnetFile = ".nuget/NuGet/NuGet.Config";
  await machine.write(dotnetFile, before, 0o600);
  const id = await setUp(agent, "dotnet");
  expect(server.log.at(-1)).toBe("GET /artifactory/api/nuget/v3/nuget/index.json Basic 200");
  const text = await machine.read(dotnetFile);
  expect(text).toContain(
    `<add key="fly" value="${server.v3}" protocolVersion="3" allowInsecureConnections="true" />`,
  );
  expect(text).toMatch(
    /<fly>\s*<add key="Username" value="admin" \/>\s*<add key="ClearTextPassword" value="flyt_/,
  );
  expect(await check(agent, "dotnet")).toContain("works");
  await revoke(agent, [id]);
  expect(await check(agent, "dotnet")).toMatch(/does not work: the token .+ is revoked/);
  await restore(agent, "dotnet");
  expect(await machine.read(dotnetFile)).toBe(before);
});
