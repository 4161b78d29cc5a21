import { defineMcpClient } from "./mcp-client.ts";
import { jsonWithComments } from "./notation.ts";
import { inProject, inSettings } from "./place.ts";

/** The default profile's `mcp.json`. Secrets are asked for once, and kept in VS Code's own store. */
export const vscode = defineMcpClient({
  id: "vscode",
  title: "VS Code",
  from: "desktop",
  scopes: ["user", "project"],
  signs: (place) => [inSettings(place, "Code", "User")],
  file: (place) =>
    place.scope === "project"
      ? inProject(place, ".vscode", "mcp.json")
      : inSettings(place, "Code", "User", "mcp.json"),
  notation: jsonWithComments,
  table: "servers",
  extra: { type: "stdio" },
  secrets: { by: "prompt", list: "inputs" },
  next: "Run “MCP: List Servers” in VS Code and start it there.",
});
