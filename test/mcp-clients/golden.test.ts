/** What is written for each client on Linux, file by file; UPDATE_GOLDEN=1 writes them anew. And where, on each platform. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { mcpClients } from "../../src/mcp-clients/index.generated.ts";
import { launch } from "../../src/mcp-clients/launch.ts";
import type { Place } from "../../src/mcp-clients/mcp-client.ts";
import { plan } from "../../src/mcp-clients/plan.ts";

const place: Place = { scope: "user", home: "/home/alice", env: {}, platform: "linux" };
const program = {
  words: ["/usr/bin/node", "/usr/lib/node_modules/fly-tokens-mcp/dist/main.js"],
  version: "1.2.3",
  platform: place.platform,
};

describe.each(mcpClients)("$id", (client) => {
  const golden = join(
    import.meta.dirname,
    "golden",
    `${client.id}.${basename(client.file(place)).split(".").at(-1)}`,
  );

  it("gets what its golden file has", () => {
    const { command, args } = launch(program, client);
    const server = {
      name: "fly-tokens",
      command,
      args,
      settings: {},
      secrets: ["JFROG_ACCESS_TOKEN"],
      main: program.words[1] ?? "",
    };
    const [change] = plan(client, server, place, new Map([[client.file(place), null]]));
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, change?.after ?? "");
    expect(change?.after).toBe(readFileSync(golden, "utf8"));
  });

  it("is shown like that in docs/clients.md", () => {
    const docs = readFileSync(join(import.meta.dirname, "../../docs/clients.md"), "utf8");
    const snippets = [...docs.matchAll(/```\w+\n(.*?)```/gs)].map(([, text]) => text);
    expect(snippets).toContain(readFileSync(golden, "utf8").replaceAll("1.2.3", "VERSION"));
    expect(docs).toContain(`fly-tokens init --client ${client.id}`);
  });
});

describe("where it is", () => {
  const homes = {
    linux: { home: "/home/alice", env: {} },
    darwin: { home: "/Users/alice", env: {} },
    win32: { home: "C:\\Users\\alice", env: { APPDATA: "C:\\Users\\alice\\AppData\\Roaming" } },
  } as const;

  it.each([
    ["claude-code", "linux", "/home/alice/.claude.json"],
    ["claude-code", "darwin", "/Users/alice/.claude.json"],
    ["claude-code", "win32", "C:\\Users\\alice\\.claude.json"],
    ["claude-desktop", "linux", "/home/alice/.config/Claude/claude_desktop_config.json"],
    [
      "claude-desktop",
      "darwin",
      "/Users/alice/Library/Application Support/Claude/claude_desktop_config.json",
    ],
    ["claude-desktop", "win32", "C:\\Users\\alice\\AppData\\Roaming\\Claude\\claude_desktop_config.json"],
    ["cursor", "linux", "/home/alice/.cursor/mcp.json"],
    ["cursor", "darwin", "/Users/alice/.cursor/mcp.json"],
    ["cursor", "win32", "C:\\Users\\alice\\.cursor\\mcp.json"],
    ["vscode", "linux", "/home/alice/.config/Code/User/mcp.json"],
    ["vscode", "darwin", "/Users/alice/Library/Application Support/Code/User/mcp.json"],
    ["vscode", "win32", "C:\\Users\\alice\\AppData\\Roaming\\Code\\User\\mcp.json"],
    ["codex", "linux", "/home/alice/.codex/config.toml"],
    ["codex", "darwin", "/Users/alice/.codex/config.toml"],
    ["codex", "win32", "C:\\Users\\alice\\.codex\\config.toml"],
    ["gemini", "linux", "/home/alice/.gemini/settings.json"],
    ["gemini", "darwin", "/Users/alice/.gemini/settings.json"],
    ["gemini", "win32", "C:\\Users\\alice\\.gemini\\settings.json"],
    ["windsurf", "linux", "/home/alice/.codeium/windsurf/mcp_config.json"],
    ["windsurf", "darwin", "/Users/alice/.codeium/windsurf/mcp_config.json"],
    ["windsurf", "win32", "C:\\Users\\alice\\.codeium\\windsurf\\mcp_config.json"],
    ["zed", "linux", "/home/alice/.config/zed/settings.json"],
    ["zed", "darwin", "/Users/alice/.config/zed/settings.json"],
    ["zed", "win32", "C:\\Users\\alice\\AppData\\Roaming\\Zed\\settings.json"],
  ] as const)("%s on %s: %s", (id, platform, file) => {
    const client = mcpClients.find((one) => one.id === id);
    expect(client?.file({ scope: "user", platform, ...homes[platform] })).toBe(file);
  });

  it.each([
    ["claude-code", { CLAUDE_CONFIG_DIR: "/srv/claude" }, "/srv/claude/.claude.json"],
    ["codex", { CODEX_HOME: "/srv/codex" }, "/srv/codex/config.toml"],
    ["zed", { XDG_CONFIG_HOME: "/srv/config" }, "/srv/config/zed/settings.json"],
    ["zed", { XDG_CONFIG_HOME: "relative" }, "/home/alice/.config/zed/settings.json"],
  ])("%s follows the variable of its own, where that is an absolute path", (id, env, file) => {
    expect(mcpClients.find((one) => one.id === id)?.file({ ...place, env })).toBe(file);
  });
});
