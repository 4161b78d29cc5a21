/** The command, on a home of its own. */
import { chmod, lstat, mkdir, readlink, symlink } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import type { Invocation } from "../../src/commands/command.ts";
import { commands } from "../../src/commands/index.ts";
import { command } from "../../src/commands/init.ts";
import { loadConfig } from "../../src/config.ts";
import { openLog } from "../../src/log.ts";
import { mcpClients } from "../../src/mcp-clients/index.generated.ts";
import { realSeams } from "../../src/seams.ts";
import { type TempHome, tempHome } from "../support/home.ts";

const secret = "canary-0123456789abcdefghijklmnopqrstuvwxyz";

/** Runs `fly-tokens init …` in a home. @returns what it printed */
async function init(home: TempHome, flags: Invocation["flags"], env: Record<string, string> = {}) {
  const seams = {
    ...realSeams(),
    home: home.path,
    cwd: home.at("shop"),
    env,
    platform: "linux" as const,
    program: ["/usr/bin/node", home.at("lib/node_modules/fly-tokens-mcp/dist/main.js")],
  };
  await mkdir(seams.cwd, { recursive: true });
  const config = loadConfig({ ...seams, flags });
  const written: string[] = [];
  const stdout = vi
    .spyOn(process.stdout, "write")
    .mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const code = await command.run({
      commands,
      config,
      seams,
      log: openLog("silent"),
      flags,
      positionals: [],
    });
    expect(code).toBe(0);
  } finally {
    stdout.mockRestore();
  }
  return written.join("");
}

/** Every file but those of our own. */
async function files(home: TempHome): Promise<Record<string, string>> {
  const tree = await home.tree();
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith(".local")));
}

test.each(mcpClients)(
  "$id: set up, set up again, and taken back with the folders that it made",
  async (client) => {
    await using home = await tempHome();
    const env = { JFROG_ACCESS_TOKEN: secret, JFROG_URL: "https://acme.example" };
    await init(home, {});
    const before = await files(home);
    const flags = { client: client.id };

    const dry = await init(home, { ...flags, "dry-run": true }, env);
    expect(await home.tree()).toEqual(before);
    expect(dry).toContain("+");
    expect(dry).toMatch(/fly-tokens-mcp@\d/);

    const said = await init(home, flags, env);
    const after = await files(home);
    expect(after).not.toEqual(before);
    expect(said).toContain("--undo");
    expect(said).toContain("JFROG_URL");
    expect(await init(home, flags, env)).toContain("nothing was changed");
    expect(await files(home)).toEqual(after);
    expect(await init(home, {}, env)).toMatch(new RegExp(`${client.id} .*set up\\n  fly-tokens in /`));

    for (const text of [dry, said, ...Object.values(await home.tree())]) expect(text).not.toContain(secret);

    expect(await init(home, { ...flags, undo: true, "dry-run": true })).toContain("would be taken out");
    expect(await files(home)).toEqual(after);
    await init(home, { ...flags, undo: true });
    expect(await files(home)).toEqual(before);
    await expect(init(home, { ...flags, undo: true })).rejects.toMatchObject({ code: "not_found" });
  },
);

test("a newer entry replaces the older one, and an undo takes back both", async () => {
  await using home = await tempHome();
  const original = '{"mcpServers": {"other": {"command": "x"}}}';
  await home.write(".cursor/mcp.json", original, 0o644);
  await init(home, { client: "cursor" });
  await init(home, { client: "cursor", "read-only": true, provider: "local", policy: "rules.json" });
  const { mcpServers } = JSON.parse((await home.read(".cursor/mcp.json")) ?? "") as {
    mcpServers: Record<string, { args: string[] }>;
  };
  expect(mcpServers["fly-tokens"]?.args.slice(2)).toEqual([
    ...["--provider", "local"],
    "--read-only",
    ...["--policy", home.at("shop/rules.json")],
  ]);
  expect(await home.mode(".cursor/mcp.json")).toBe(0o644);
  await init(home, { client: "cursor", undo: true });
  expect(await home.read(".cursor/mcp.json")).toBe(original);
});

test("a newer version keeps the flags that the entry has, unless they are asked for otherwise", async () => {
  await using home = await tempHome();
  for (const [file, client] of [
    [".cursor/mcp.json", "cursor"],
    [".codex/config.toml", "codex"],
  ] as const) {
    await init(home, { client, "read-only": true, provider: "local", policy: "rules.json" });
    const older = (await home.read(file))?.replace(/fly-tokens-mcp@[^"]*/, "fly-tokens-mcp@0.0.1") ?? "";
    await home.write(file, older);
    await init(home, { client, provider: "jfrog" });
    const newer = await home.read(file);
    expect(newer).toMatch(/@0\.[1-9]/);
    expect(newer?.match(/"--[^\]]*"/)?.[0].split(/,\s*/)).toEqual([
      ...['"--provider"', '"jfrog"', '"--read-only"', '"--policy"'],
      JSON.stringify(home.at("shop/rules.json")),
    ]);
    expect(await init(home, { client })).toContain("nothing was changed");
    expect(await init(home, { client, command: "local" })).not.toContain('-"--read-only"');
    expect(await home.read(file)).toMatch(/main\.js",\s*"--provider",\s*"jfrog",\s*"--read-only"/);
  }
});

test("an undo does not speak of what is gone as left alone", async () => {
  await using home = await tempHome();
  await init(home, { client: "cursor" });
  // Somebody took the entry out by hand, and set it up again.
  await home.write(".cursor/mcp.json", '{"mcpServers": {}}\n');
  await init(home, { client: "cursor" });
  const set = (await home.read(".cursor/mcp.json")) ?? "";
  await home.write(".cursor/mcp.json", set.replace('{"mcpServers": {', '{"x": 1, "mcpServers": {'));
  const said = await init(home, { client: "cursor", undo: true });
  expect(said).toContain("was taken out");
  expect(said).not.toContain("Left alone");
  expect(JSON.parse((await home.read(".cursor/mcp.json")) ?? "")).toEqual({ x: 1, mcpServers: {} });
});

test("two names stand side by side, and each is taken out by itself", async () => {
  await using home = await tempHome();
  await init(home, { client: "codex" });
  const first = await home.read(".codex/config.toml");
  await init(home, { client: "codex", name: "work", provider: "flyio" });
  await init(home, { client: "codex", name: "work", undo: true });
  expect(await home.read(".codex/config.toml")).toBe(first);
});

test("settings are written when that is asked for, and never with a secret in them", async () => {
  await using home = await tempHome();
  const env = {
    FLY_TOKENS_PROVIDER: "jfrog",
    FLY_TOKENS_HTTP_PORT: "1",
    FLY_ORG: secret,
    FLY_API_TOKEN: secret,
  };
  const flags = { client: "gemini", "with-settings": true };
  await expect(init(home, flags, env)).rejects.toMatchObject({ code: "unsafe_location" });
  expect(await home.read(".gemini/settings.json")).toBeNull();
  await init(home, flags, { ...env, FLY_ORG: "acme", FLY_TOKENS_HTTP_TOKEN: secret });
  expect(JSON.parse((await home.read(".gemini/settings.json")) ?? "")).toMatchObject({
    mcpServers: {
      "fly-tokens": {
        env: { FLY_TOKENS_PROVIDER: "jfrog", FLY_ORG: "acme", FLY_API_TOKEN: "$FLY_API_TOKEN" },
      },
    },
  });
  expect(await home.read(".gemini/settings.json")).not.toContain("HTTP");
});

test("a project's file is in the working folder, and says that it is shared", async () => {
  await using home = await tempHome();
  const said = await init(home, { client: "claude-code", scope: "project", command: "local" });
  expect(await home.read("shop/.mcp.json")).toContain("/dist/main.js");
  expect(said).toContain("of no use to others");
  await expect(init(home, { client: "windsurf", scope: "project" })).rejects.toMatchObject({
    code: "unsupported",
  });
});

test("symbolic links are followed and kept", async () => {
  await using home = await tempHome();
  await home.write("dotfiles/zed.json", "// mine\n{}\n", 0o640);
  await mkdir(home.at(".config/zed"), { recursive: true });
  await symlink(home.at("dotfiles/zed.json"), home.at(".config/zed/settings.json"));
  await init(home, { client: "zed" });
  expect(await readlink(home.at(".config/zed/settings.json"))).toBe(home.at("dotfiles/zed.json"));
  expect(await home.read("dotfiles/zed.json")).toContain("context_servers");
  expect((await lstat(home.at("dotfiles/zed.json"))).mode & 0o777).toBe(0o640);
  await init(home, { client: "zed", undo: true });
  expect(await home.read("dotfiles/zed.json")).toBe("// mine\n{}\n");
});

test("what cannot be read or written is refused, and stays as it was", async () => {
  await using home = await tempHome();
  await home.write(".cursor/mcp.json", Buffer.from("\uFEFF{}", "utf16le"));
  await expect(init(home, { client: "cursor" })).rejects.toMatchObject({ code: "file_unreadable" });
  await mkdir(home.at(".claude.json"));
  await expect(init(home, { client: "claude-code" })).rejects.toMatchObject({ code: "file_unreadable" });
  await home.write(".gemini/settings.json", '{ "a": ');
  await expect(init(home, { client: "gemini" })).rejects.toMatchObject({ code: "file_unparsable" });
  expect(await home.read(".gemini/settings.json")).toBe('{ "a": ');
  await home.write(".codeium", "a file");
  await expect(init(home, { client: "windsurf" })).rejects.toMatchObject({ code: "file_unreadable" });
  const said = await init(home, {});
  expect(said).toContain("is UTF-16");
  expect(said).toMatch(/does not parse at line 1/);
});

test.skipIf(process.getuid?.() === 0)(
  "a folder that cannot be written, a file that may not be read",
  async () => {
    await using home = await tempHome();
    await home.write(".cursor/mcp.json", "{}", 0o000);
    await expect(init(home, { client: "cursor" })).rejects.toMatchObject({ code: "file_unreadable" });
    await mkdir(home.at(".gemini"), { mode: 0o500 });
    await expect(init(home, { client: "gemini" })).rejects.toMatchObject({ code: "file_unwritable" });
    await chmod(home.at(".gemini"), 0o700);
  },
);

test("an entry that was made by hand is taken out, too; a stranger's is not", async () => {
  await using home = await tempHome();
  const others = '{\n  "mcpServers": {\n    "other": {\n      "command": "x"\n    }\n  }\n}\n';
  const byHand = others.replace(
    '"other"',
    '"fly-tokens": {\n      "command": "npx",\n      "args": ["-y", "fly-tokens-mcp"]\n    },\n    "other"',
  );
  await home.write(".cursor/mcp.json", byHand);
  await init(home, { client: "cursor", undo: true });
  expect(await home.read(".cursor/mcp.json")).toBe(others);
  await expect(init(home, { client: "cursor", name: "other", undo: true })).rejects.toMatchObject({
    code: "conflict",
    did_you_mean: "other-2",
  });
});

test.each<[Invocation["flags"]]>([
  [{ client: "emacs" }],
  [{ client: "cursor", scope: "global" }],
  [{ client: "cursor", command: "bunx" }],
  [{ client: "cursor", name: "a b" }],
  [{ client: "cursor", name: "x[y=z]" }],
  [{ undo: true }],
  [{ "dry-run": true }],
])("%j is refused", async (flags) => {
  await using home = await tempHome();
  await expect(init(home, flags)).rejects.toMatchObject({ code: "invalid_input" });
});
