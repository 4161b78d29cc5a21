import { defineMcpClient } from "./mcp-client.ts";
import { strictJson } from "./notation.ts";
import { atHome, userOnly } from "./place.ts";

export const windsurf = defineMcpClient({
  id: "windsurf",
  title: "Windsurf",
  from: "desktop",
  scopes: ["user"],
  signs: (place) => [atHome(place, ".codeium", "windsurf")],
  file(place) {
    userOnly(place, "Windsurf");
    return atHome(place, ".codeium", "windsurf", "mcp_config.json");
  },
  notation: strictJson,
  table: "mcpServers",
  secrets: { by: "reference", refer: (variable) => `\${env:${variable}}` },
  next: "Refresh the list of MCP servers in Windsurf's Cascade.",
});
