import { defineMcpClient } from "./mcp-client.ts";
import { strictJson } from "./notation.ts";
import { atHome, below, inProject } from "./place.ts";

/** `~/.claude.json`, or where CLAUDE_CONFIG_DIR leads; in a project `.mcp.json`, which is meant to be committed. */
export const claudeCode = defineMcpClient({
  id: "claude-code",
  title: "Claude Code",
  from: "terminal",
  scopes: ["user", "project"],
  signs: (place) => [below(place, "CLAUDE_CONFIG_DIR", ".claude"), atHome(place, ".claude.json")],
  file: (place) =>
    place.scope === "project"
      ? inProject(place, ".mcp.json")
      : below(place, "CLAUDE_CONFIG_DIR", "", ".claude.json"),
  notation: strictJson,
  table: "mcpServers",
  extra: { type: "stdio" },
  // Without a default, one variable that is not set keeps the whole file from being read.
  secrets: { by: "reference", refer: (variable) => `\${${variable}:-}` },
  next: "Start a new session of Claude Code; /mcp shows the server.",
});
