import { defineMcpClient } from "./mcp-client.ts";
import { strictJson } from "./notation.ts";
import { atHome, inProject } from "./place.ts";

export const cursor = defineMcpClient({
  id: "cursor",
  title: "Cursor",
  from: "desktop",
  scopes: ["user", "project"],
  signs: (place) => [atHome(place, ".cursor")],
  file: (place) =>
    place.scope === "project"
      ? inProject(place, ".cursor", "mcp.json")
      : atHome(place, ".cursor", "mcp.json"),
  notation: strictJson,
  table: "mcpServers",
  secrets: { by: "reference", refer: (variable) => `\${env:${variable}}` },
  next: "Cursor asks whether to start it, or has a switch for it in its settings under MCP.",
});
